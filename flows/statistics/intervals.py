"""Cuts time into quarters, hours and days as the people of the site count them."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from flows.database.rollups.days import midnights
from flows.database.times import MICROSECONDS
from flows.statistics.query import Interval, Query
from tracking.arrays import IntArray

_QUARTER_US = 900 * MICROSECONDS
_HOUR_US = 3600 * MICROSECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=100_000)
def to_moment(microseconds: int) -> datetime:
    """The moment behind microseconds since the epoch, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def from_moment(moment: datetime, zone: ZoneInfo) -> int:
    """Microseconds since the epoch; a moment without zone is local time of `zone`."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return (aware.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def interval_edges(interval: Interval, first: int, last: int, zone: ZoneInfo) -> IntArray:
    """Find the boundaries of the intervals that hold a period.

    Quarters begin at :00, :15, :30 and :45; hours on the full hour and days at midnight of the zone, so that
    a day on which the clock changes has 23 or 25 hours. ``total`` is the period itself.

    Args:
        interval: Length of the intervals.
        first: First moment of the period, microseconds.
        last: End of the period, microseconds, later than `first`.
        zone: Time zone of the site.

    Returns:
        (N + 1,) int64 increasing; the first edge is not after `first`, the last not before `last`.
    """
    if interval is Interval.TOTAL:
        return np.array([first, last], np.int64)
    if interval is Interval.DAY:
        return np.array(midnights(first, last, zone), np.int64)
    if interval is Interval.HOUR:
        offset = to_moment(first).astimezone(zone).utcoffset() or timedelta()
        return _regular(first, last, _HOUR_US, offset // timedelta(microseconds=1))
    return _regular(first, last, _QUARTER_US, 0)


def on_quarters(query: Query, zone: ZoneInfo) -> bool:
    """Whether the asked period begins and ends with a quarter, or with the observed time."""
    bounds = [moment for moment in (query.start, query.end) if moment is not None]
    return all(from_moment(moment, zone) % _QUARTER_US == 0 for moment in bounds)


def row_edges(query: Query, interval: Interval, part: tuple[int, int], zone: ZoneInfo) -> IntArray:
    """Find the boundaries of the rows: whole intervals, cut where the query cuts them.

    Args:
        query: What is asked.
        interval: Length of the intervals.
        part: Beginning and end of the part of the observed period that is asked for, microseconds.
        zone: Time zone of the site.

    Returns:
        (N + 1,) int64 increasing.
    """
    edges = interval_edges(interval, *part, zone)
    if query.start is not None:
        edges[0] = max(edges[0], from_moment(query.start, zone))
    if query.end is not None:
        edges[-1] = min(edges[-1], from_moment(query.end, zone))
    return edges


def _regular(first: int, last: int, step: int, offset: int) -> IntArray:
    start = (first + offset) // step * step - offset
    count = -((start - last) // step)
    return start + step * np.arange(count + 1, dtype=np.int64)
