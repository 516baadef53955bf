"""Pictures that the server draws: SVG without a script, coloured by the style sheet, legible in print."""

from web.charts.bars import Column, draw_bars
from web.charts.heat import draw_heat
from web.charts.network import Flow, Place, draw_network, shade_of
from web.charts.range import Spread, draw_ranges
from web.charts.rows import Bar, draw_rows

__all__ = [
    "Bar",
    "Column",
    "Flow",
    "Place",
    "Spread",
    "draw_bars",
    "draw_heat",
    "draw_network",
    "draw_ranges",
    "draw_rows",
    "shade_of",
]
