"""A spot check for the person who counted: what was right, and by which factor counts are corrected."""

import sys

from rich.console import Console

from flows.accuracy import GOOD_GEH
from flows.checks import Band, Comparison, geh_band, precision_band, recall_band
from flows.database.review import CheckedCamera
from flows.statistics import ErrorRates
from pipeline.reports.words import UNKNOWN
from pipeline.screen import new_table


def print_check(found: Comparison, console: Console | None = None) -> None:
    """Print hand counts beside those of the program, each number with its 95 % interval.

    Args:
        found: What was compared.
        console: Where to; the screen by default.
    """
    console = console or Console(width=None if sys.stdout.isatty() else 400, highlight=False)
    columns = ("minutes", "by hand", "counted", "factor", "GEH", "precision", "recall")
    table = new_table(["camera"], columns, "Spot check, with 95 % intervals")
    for one in (*found.cameras, found.whole):
        table.add_row(one.camera or "all together", *_cells(one))
    console.print(table)
    console.print(
        "The factor is what a count is multiplied with; GEH (of hourly volumes) below "
        f"{GOOD_GEH:g} is a good count."
    )
    if any(one.matched is None for one in found.cameras):
        console.print(
            "Precision and recall need the time of each passage (column `times`); "
            "numbers alone tell the factor."
        )


def _cells(one: CheckedCamera) -> tuple[str, ...]:
    rates = ErrorRates(one.correct, one.wrong, one.lost)
    factor = Band(one.factor, one.factor_low, one.factor_high)
    geh = geh_band(rates, one.hand, one.counted, one.watched_s / 3600)
    minutes = f"{one.watched_s / 60:.0f}"
    cells = (minutes, str(one.hand), str(one.counted), _text(factor, "{:.3f}"), _text(geh, "{:.1f}"))
    if one.matched is None:
        return (*cells, UNKNOWN, UNKNOWN)
    precision = precision_band(rates, one.matched, one.counted)
    recall = recall_band(rates, one.matched, one.hand)
    return (*cells, _text(precision, "{:.1%}"), _text(recall, "{:.1%}"))


def _text(band: Band, form: str) -> str:
    return f"{form.format(band.value)} ({form.format(band.low)}–{form.format(band.high)})"
