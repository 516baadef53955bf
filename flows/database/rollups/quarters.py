"""Quarters of an hour: the intervals of the roll-ups and of the views."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from flows.database.coverage import union
from flows.database.rollups.tables import quarter
from flows.database.rows import insert_rows
from flows.database.times import MICROSECONDS

QUARTER_US = 900 * MICROSECONDS
"""Length of a quarter; they begin at :00, :15, :30 and :45 UTC."""

Stretch = tuple[int, int]
"""From a moment to another, microseconds; the end is outside."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole_quarters(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Widen stretches of time to whole quarters and join those that touch; sorted."""
    widened = [(bin_of(start), -(-end // QUARTER_US) * QUARTER_US) for start, end in stretches]
    return union(widened, gap=0)


def bin_of(moment: int) -> int:
    """The beginning of the quarter that holds a moment."""
    return moment // QUARTER_US * QUARTER_US


def parts(stretches: Sequence[Stretch], quarters: int) -> Iterator[Stretch]:
    """Cut stretches into parts of at most so many quarters."""
    for start, end in stretches:
        for begin in range(start, end, quarters * QUARTER_US):
            yield begin, min(begin + quarters * QUARTER_US, end)


def name_quarters(connection: Connection, bins: Sequence[int]) -> None:
    """Write the quarters that have no row yet, as the views tell them.

    Args:
        connection: In a transaction.
        bins: Sorted.
    """
    if not bins:
        return
    known = set(connection.execute(_KNOWN, {"first": bins[0], "last": bins[-1]}).scalars())
    rows = [
        {"bin": one, "interval_start": _text(one), "interval_end": _text(one + QUARTER_US)}
        for one in bins
        if one not in known
    ]
    insert_rows(connection, quarter, rows)


_KNOWN = select(quarter.c.bin).where(quarter.c.bin >= bindparam("first"), quarter.c.bin <= bindparam("last"))


def _text(moment: int) -> str:
    return f"{_EPOCH + timedelta(microseconds=moment):%Y-%m-%d %H:%M:%S}"
