"""``pipeline explain``: why tracks were not counted, per camera and interval."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracking.errors import UsageError

if TYPE_CHECKING:
    from pipeline.stages.uncounted import UncountedTrack

_COLUMNS = ("camera", "interval_start", "reason", "tracks")
_MINUTES = {"15min": 15, "1h": 60}


class Form(StrEnum):
    """How the rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class IntervalName(StrEnum):
    """Length of an interval."""

    QUARTER = "15min"
    HOUR = "1h"
    DAY = "1d"
    TOTAL = "total"


Row = tuple[str, str, str, int]
"""Camera, beginning of the interval, reason, number of tracks."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(explain)


def explain(
    file: Annotated[Path, typer.Argument(help="File that `pipeline run --explain` wrote.")],
    camera: Annotated[
        list[str] | None, typer.Option("--camera", help="Only this one; may be repeated.")
    ] = None,
    interval: Annotated[IntervalName, typer.Option(help="Length of an interval.")] = IntervalName.TOTAL,
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.TABLE,
) -> None:
    """Count the reasons for which tracks were not counted, per camera and interval."""
    import json

    from pipeline.stages.uncounted import read_uncounted

    tracks = read_uncounted(file)
    known = sorted({one.camera for one in tracks})
    for name in camera or ():
        if name not in known:
            raise UsageError(
                f"--camera: {file} has no track of '{name}'; it has {', '.join(known) or 'none'}"
            )
    rows = count_reasons([one for one in tracks if not camera or one.camera in camera], interval)
    if form is Form.JSON:
        typer.echo(json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows], indent=2))
    elif form is Form.CSV:
        typer.echo(_csv(rows), nl=False)
    else:
        _show(rows)


def count_reasons(tracks: "Iterable[UncountedTrack]", interval: IntervalName) -> list[Row]:
    """Count tracks by camera, the interval in which they began, and reason.

    Args:
        tracks: Not counted.
        interval: Of the site's local time; an interval is named by its beginning, ``total`` by nothing.

    Returns:
        In order of camera and interval, the most frequent reason first.
    """
    counts = Counter((one.camera, _beginning(one.start, interval), one.reason) for one in tracks)
    rows = [(*key, number) for key, number in counts.items()]
    return sorted(rows, key=lambda row: (row[0], row[1], -row[3], row[2]))


def _beginning(moment: datetime, interval: IntervalName) -> str:
    if interval is IntervalName.TOTAL:
        return ""
    if interval is IntervalName.DAY:
        return moment.date().isoformat()
    minutes = 60 * moment.hour + moment.minute
    minutes -= minutes % _MINUTES[interval.value]
    # The offset stays: in the hour that comes twice it tells the two apart.
    begun = datetime.combine(moment.date(), time(minutes // 60, minutes % 60), moment.tzinfo)
    return begun.isoformat(" ", "seconds")


def _csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def _show(rows: Iterable[Row]) -> None:
    import sys

    from rich.console import Console

    from pipeline.screen import new_table
    from tracking.riders import Reason

    table = new_table(["camera", "interval", "reason", "meaning"], ["tracks"])
    for camera, begun, reason, number in rows:
        table.add_row(camera, begun or "total", reason, Reason[reason.upper()].value, str(number))
    # Nothing is folded where another program reads the lines.
    Console(width=None if sys.stdout.isatty() else 400, highlight=False, markup=False).print(table)
