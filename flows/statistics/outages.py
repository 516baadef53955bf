"""When a camera did not watch, and why: what the footage or a person said, or that there was none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from flows.database import Database
from flows.database.coverage import union
from flows.database.review import marked_time
from flows.database.schema import unobserved
from flows.database.times import MICROSECONDS
from flows.statistics.intervals import to_moment
from flows.statistics.query import Query
from flows.statistics.sites import Camera, Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import valid_pieces

NO_FOOTAGE = "no_footage"
"""The reason where no recording says another."""

_SHORTEST_US = MICROSECONDS
"""Shorter gaps lie between two frames or two files and are no outage."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of time in which a camera was not watched.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        start: UTC.
        end: UTC.
        reason: One word, such as ``frozen``.
    """

    site: str
    camera: str
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Observed:
    """From the first to the last moment of a site's footage.

    Attributes:
        start: UTC.
        end: UTC.
    """

    start: datetime
    end: datetime


def observed_times(database: Database) -> dict[str, Observed]:
    """The time that each site's footage spans; a site without footage is left out.

    Raises:
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        found = {site.name: observed_period(connection, site) for site in find_sites(connection, Query())}
    return {
        name: Observed(to_moment(period.start), to_moment(period.end))
        for name, period in found.items()
        if period is not None
    }


def outages(database: Database, query: Query) -> tuple[Outage, ...]:
    """List when the cameras of a query did not watch, within the time that their site's footage spans.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return tuple(
            outage
            for site in find_sites(connection, query)
            if (period := asked_part(observed_period(connection, site), query, site.zone)) is not None
            for outage in _of_site(connection, site, query, period)
        )


def _of_site(connection: Connection, site: Site, query: Query, period: Period) -> Iterator[Outage]:
    pieces = valid_pieces(connection, site, period)
    for camera in site.cameras:
        if query.cameras and camera.name not in query.cameras:
            continue
        told = _told(connection, camera, period)
        for start, end in _gaps(pieces[camera.camera_id], period):
            for begin, until, reason in _reasons(start, end, told):
                if until - begin >= _SHORTEST_US:
                    yield Outage(site.name, camera.name, to_moment(begin), to_moment(until), reason)


def _told(connection: Connection, camera: Camera, period: Period) -> list[tuple[int, int, str]]:
    """What the footage and people said, by reason; stretches that touch are one."""
    query = select(unobserved.c.start_time, unobserved.c.end_time, unobserved.c.reason).where(
        unobserved.c.camera_id == camera.camera_id,
        unobserved.c.start_time < period.end,
        unobserved.c.end_time > period.start,
    )
    by_reason: dict[str, list[tuple[int, int]]] = {}
    marks = marked_time(connection, [camera.camera_id], period.start, period.end).get(camera.camera_id, [])
    for start, end, reason in (*connection.execute(query), *marks):
        by_reason.setdefault(reason, []).append((start, end))
    return sorted(
        (start, end, reason) for reason, ones in by_reason.items() for start, end in union(ones, gap=0)
    )


def _gaps(pieces: list[tuple[int, int]], period: Period) -> Iterator[tuple[int, int]]:
    """What lies between the observed stretches."""
    begin = period.start
    for start, end in pieces:
        if start > begin:
            yield begin, start
        begin = max(begin, end)
    if begin < period.end:
        yield begin, period.end


def _reasons(start: int, end: int, told: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Cut a gap where the reason changes; where two are told, the one that began first holds."""
    begin = start
    for left, right, reason in told:
        if right <= begin or left >= end:
            continue
        if left > begin:
            yield begin, left, NO_FOOTAGE
            begin = left
        yield begin, min(right, end), reason
        begin = min(right, end)
        if begin == end:
            return
    if begin < end:
        yield begin, end, NO_FOOTAGE
