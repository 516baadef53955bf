"""Rows beside each other, with the interval in which the truth lies where it is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.svg import WIDTH, picture, shortened, tag

_ROW, _END = 28, 86
_NARROWEST, _WIDEST = 120, 330


@dataclass(frozen=True, slots=True)
class Bar:
    """A row.

    Attributes:
        name: To its left.
        value: Its length.
        text: The value as it is written.
        low: Lower end of the 95 % interval; None where unknown.
        high: Upper end.
    """

    name: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None


def draw_rows(title: str, bars: Sequence[Bar]) -> Markup:
    """Draw rows from the longest name to the shortest bar, as they are given.

    Args:
        title: What they show.
        bars: From top to bottom.
    """
    most = max((max(bar.value, bar.high or 0) for bar in bars), default=0) or 1
    longest = max((len(bar.name) for bar in bars), default=0)
    side = min(max(8 * longest + 16, _NARROWEST), _WIDEST)
    scale = (WIDTH - side - _END) / most
    parts = [part for index, bar in enumerate(bars) for part in _row(bar, side, 4 + _ROW * index, scale)]
    return picture(_ROW * len(bars) + 8, "chart rows", title, *parts)


def _row(bar: Bar, side: int, y: float, scale: float) -> Iterator[Markup]:
    whole = tag("title", bar.name)
    yield tag("text", whole, shortened(bar.name, 42), x=side - 8, y=y + 17, class_="value")
    yield tag("rect", x=side, y=y + 3, width=max(bar.value * scale, 1.0), height=_ROW - 8, class_="bar s0")
    end = max(bar.value, bar.high or 0)
    yield tag("text", bar.text, x=side + end * scale + 7, y=y + 17, class_="beside")
    if bar.low is not None and bar.high is not None:
        left, right, middle = side + bar.low * scale, side + bar.high * scale, y + _ROW / 2 - 1
        path = f"M{left:.1f},{middle - 5} v10 M{left:.1f},{middle} H{right:.1f} M{right:.1f},{middle - 5} v10"
        yield tag("path", d=path, class_="whisker")
