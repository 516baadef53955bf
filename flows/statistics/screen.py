"""Statistics for people to read: local times, rounded numbers."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from flows.statistics.export import column_names
from flows.statistics.rows import AnyRow

UNKNOWN = "-"
"""Stands for a value that is not known or not shown."""

_WIDTH = 400
_DECIMALS = {"coverage": 3, "share": 3, "p15_s": 1, "median_s": 1, "p85_s": 1, "mean_s": 1} | dict.fromkeys(
    ("expected", "low", "high"), 1
)


def to_table(rows: Sequence[AnyRow], kind: type[AnyRow], zones: Mapping[str, ZoneInfo]) -> str:
    """Draw a table.

    Args:
        rows: Of one table.
        kind: Kind of the rows.
        zones: Time zone of each site; the times are shown in it.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in column_names(kind):
        numeric = name in _DECIMALS or name in ("cyclists", "n")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(_text(name, getattr(row, name), zones[row.site]) for name in column_names(kind)))
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
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.{_DECIMALS[name]}f}"
    return str(value)
