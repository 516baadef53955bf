"""Journeys by route and day: what tells a day's statistics about the rest of the year."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, func, select

from flows.database.rollups.quarters import Stretch
from flows.database.rollups.tables import route_count, route_day
from flows.database.rows import insert_rows
from flows.database.schema import site

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnights(first: int, last: int, zone: ZoneInfo) -> list[int]:
    """Find the beginnings of the days that hold a period.

    Args:
        first: First moment of the period, microseconds.
        last: End of the period, microseconds, later than `first`.
        zone: Time zone of the site.

    Returns:
        Increasing; the first is not after `first`, the last not before `last`.
    """
    day = (_EPOCH + timedelta(microseconds=first)).astimezone(zone).date()
    edges: list[int] = []
    while not edges or edges[-1] < last:
        local = datetime(day.year, day.month, day.day, tzinfo=zone)
        edges.append((local.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1))
        day += timedelta(days=1)
    return edges


def refresh_days(connection: Connection, site_id: int, stretches: Sequence[Stretch]) -> None:
    """Add up the journeys of the days that hold some time anew.

    Args:
        connection: In a transaction.
        site_id: The site.
        stretches: Whole quarters, in which journeys by quarter changed.
    """
    known = select(site.c.timezone).where(site.c.site_id == site_id)
    zone = ZoneInfo(connection.execute(known).scalar_one())
    days = {day for start, end in stretches for day in pairwise(midnights(start, end, zone))}
    for start, end in sorted(days):
        this = (route_day.c.site_id == site_id, route_day.c.day == start)
        connection.execute(delete(route_day).where(*this))
        counted = (
            select(route_count.c.route_id, func.sum(route_count.c.cyclists))
            .where(route_count.c.site_id == site_id)
            .where(route_count.c.bin >= start, route_count.c.bin < end)
            .group_by(route_count.c.route_id)
        )
        rows = [
            {"site_id": site_id, "day": start, "route_id": route_id, "cyclists": int(cyclists)}
            for route_id, cyclists in connection.execute(counted)
        ]
        insert_rows(connection, route_day, rows)
