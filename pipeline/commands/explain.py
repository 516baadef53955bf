"""``pipeline explain``: why tracks were not counted and riders not linked, per camera and interval."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from tracking.errors import UsageError

if TYPE_CHECKING:
    from pipeline.reasons import Explained

Row: TypeAlias = Mapping[str, str | int | float | None]
"""Column → value."""

_COUNTED = ("camera", "interval_start", "what", "reason", "number", "median_margin")
_SINGLE = ("camera", "start", "end", "what", "reason", "margin", "value", "limit", "unit", "other_camera")
_NOTICE = "For the operator, not for publication: beside published tables this tells what they withhold."
_NUMBERS = frozenset({"number", "median_margin", "margin", "value", "limit"})
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


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(explain)


def explain(
    file: Annotated[
        Path, typer.Argument(help="File that `pipeline run --explain` or `pipeline replay --explain` wrote.")
    ],
    camera: Annotated[
        list[str] | None, typer.Option("--camera", help="Only this one; may be repeated.")
    ] = None,
    interval: Annotated[IntervalName, typer.Option(help="Length of an interval.")] = IntervalName.TOTAL,
    rows: Annotated[
        bool, typer.Option("--rows", help="Every single track and rider instead of their numbers.")
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.TABLE,
) -> None:
    """Say why tracks were not counted, and why riders were not linked, per camera and interval."""
    from pipeline.reasons import read_reasons

    found = read_reasons(file)
    known = sorted({one.camera for one in found})
    for name in camera or ():
        if name not in known:
            raise UsageError(f"--camera: {file} has no row of '{name}'; it has {', '.join(known) or 'none'}")
    chosen = [one for one in found if not camera or one.camera in camera]
    if rows:
        _write(_SINGLE, [single_row(one) for one in chosen], form)
    else:
        _write(_COUNTED, count_reasons(chosen, interval), form)


def count_reasons(found: "Iterable[Explained]", interval: IntervalName) -> list[Row]:
    """Count tracks and sightings by camera, the interval in which they began, and reason.

    Args:
        found: Not counted, or not linked.
        interval: Of the site's local time; an interval is named by its beginning, ``total`` by nothing.

    Returns:
        In order of camera and interval, tracks before sightings, the most frequent reason first; with the
        median of the margins, None where none was measured.
    """
    margins: defaultdict[tuple[str, str, str, str], list[float | None]] = defaultdict(list)
    for one in found:
        margins[one.camera, _beginning(one.start, interval), one.what, one.reason].append(one.margin)
    ordered = sorted(margins, key=lambda key: (key[0], key[1], key[2] == "sighting", -len(margins[key]), key))
    return [
        dict(zip(_COUNTED, (*key, len(margins[key]), _median(margins[key])), strict=True)) for key in ordered
    ]


def single_row(one: "Explained") -> Row:
    """A track or a sighting without its places in the picture."""
    times = {"start": one.start.isoformat(" ", "milliseconds"), "end": one.end.isoformat(" ", "milliseconds")}
    return {name: times[name] if name in times else getattr(one, name) for name in _SINGLE}


def _median(margins: Iterable[float | None]) -> float | None:
    known = [margin for margin in margins if margin is not None]
    return round(median(known), 2) if known else None


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


def _write(columns: Sequence[str], rows: Sequence[Row], form: Form) -> None:
    import json

    if form is Form.JSON:
        typer.echo(json.dumps(rows, indent=2))
    elif form is Form.CSV:
        typer.echo(_csv(columns, rows), nl=False)
    else:
        _show(columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _show(columns: Sequence[str], rows: Iterable[Row]) -> None:
    import sys

    from rich.console import Console

    from pipeline.reasons import MEANINGS
    from pipeline.screen import new_table

    words = [name for name in columns if name not in _NUMBERS]
    numbers = [name for name in columns if name in _NUMBERS]
    table = new_table([*(_heading(name) for name in words), "meaning"], [_heading(name) for name in numbers])
    for row in rows:
        told = [_shown(name, row[name]) for name in words]
        table.add_row(*told, MEANINGS[str(row["reason"])], *(_shown(name, row[name]) for name in numbers))
    table.caption, table.caption_justify = _NOTICE, "left"
    # Nothing is folded where another program reads the lines.
    Console(width=None if sys.stdout.isatty() else 400, highlight=False, markup=False).print(table)


def _heading(column: str) -> str:
    return "interval" if column == "interval_start" else column.replace("_", " ")


def _shown(column: str, value: str | int | float | None) -> str:
    if column == "interval_start":
        return str(value or "total")
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
