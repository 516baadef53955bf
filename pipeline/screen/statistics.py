"""Statistics for people to read: local times, rounded numbers."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console

from flows.statistics.export import column_names
from flows.statistics.rows import AnyRow
from pipeline.screen.tables import new_table

UNKNOWN = "-"
"""Stands for a value that is not known or not shown."""

_WIDTH = 400
_DECIMALS = {"coverage": 3, "share": 3, "p15_s": 1, "median_s": 1, "p85_s": 1, "mean_s": 1} | dict.fromkeys(
    ("expected", "low", "high"), 1
)
_NUMBERS = {*_DECIMALS, "cyclists", "n"}


def statistics_table(rows: Sequence[AnyRow], kind: type[AnyRow], zones: Mapping[str, ZoneInfo]) -> str:
    """Draw a table.

    Args:
        rows: Of one table.
        kind: Kind of the rows.
        zones: Time zone of each site; the times are shown in it.
    """
    words = [name for name in column_names(kind) if name not in _NUMBERS]
    numbers = [name for name in column_names(kind) if name in _NUMBERS]
    table = new_table(words, numbers)
    for row in rows:
        table.add_row(*(_text(name, getattr(row, name), zones[row.site]) for name in (*words, *numbers)))
    text = io.StringIO()
    Console(file=text, width=_WIDTH, markup=False, highlight=False).print(table)
    lines = [*text.getvalue().splitlines(), f"times: {_clock({row.site for row in rows}, zones)}"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _clock(sites: set[str], zones: Mapping[str, ZoneInfo]) -> str:
    names = {zones[site].key for site in sites}
    return names.pop() if len(names) == 1 else "local time of each site"


def _text(name: str, value: object, zone: ZoneInfo) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return _local(value, zone)
    if isinstance(value, float):
        return f"{value:.{_DECIMALS[name]}f}"
    return str(value)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    """Local time, with its offset only where the clock shows the same time twice."""
    local = moment.astimezone(zone)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    text = local.strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}{local.isoformat()[-6:]}" if twice else text
