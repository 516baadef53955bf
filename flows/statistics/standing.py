"""How well each camera of a site has watched lately."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from flows.database import Database
from flows.database.schema import coverage, run
from flows.database.states import UNFINISHED
from flows.database.times import MICROSECONDS
from flows.statistics.intervals import from_moment, to_moment
from flows.statistics.query import Interval, Query
from flows.statistics.sites import Camera, Period, Site, find_sites, observed_period
from flows.statistics.watch import observed_pieces

DAY_US = 86_400 * MICROSECONDS
_WEEK_US = 7 * DAY_US
WEEKS_BACK = 4
"""Weeks whose same time says whether a camera usually watches."""
UPLOAD_US = 2 * 3600 * MICROSECONDS
"""Files of a camera that is followed may come so much later than what they show; matching waits no longer."""
_AT_WORK_US = 600 * MICROSECONDS
"""A run that wrote something so recently is at work."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A camera of late.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        until: The present of the site, UTC.
        interval_s: Length of the site's published interval, a day at most.
        last_watched: End of what was observed, UTC; None where nothing was.
        of_interval: Observed part of the last interval, 0..1.
        usual_of_interval: The same at that time of earlier weeks; None where there are none.
        of_day: Observed part of the last 24 hours.
        best_of_day: The same of the camera of the site that watched most.
    """

    site: str
    camera: str
    until: datetime
    interval_s: float
    last_watched: datetime | None
    of_interval: float
    usual_of_interval: float | None
    of_day: float
    best_of_day: float


def standings(
    database: Database, query: Query, now: datetime, until: datetime | None = None
) -> tuple[Standing, ...]:
    """Measure every camera of a query.

    Args:
        database: Open.
        query: Its site and cameras count.
        now: Wall clock. The present of a site where a live run is at work; two hours before it is that of one
            where files are followed. Of any other it is the end of its footage.
        until: Takes the place of the present of every site; None for what is said above.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return tuple(
            standing
            for site in find_sites(connection, query)
            if (end := _present(connection, site, now, until)) is not None
            for standing in _of_site(connection, site, query, end)
        )


def _present(connection: Connection, site: Site, now: datetime, until: datetime | None) -> int | None:
    period = observed_period(connection, site)
    if period is None:
        return None
    if until is not None:
        return from_moment(until, site.zone)
    clock = from_moment(now, site.zone)
    at_work = select(run.c.live).where(
        run.c.site_id == site.site_id, run.c.state == UNFINISHED, run.c.touched > clock - _AT_WORK_US
    )
    ends = [clock if live else clock - UPLOAD_US for live in connection.execute(at_work).scalars()]
    return max([period.end, *ends])


def _of_site(connection: Connection, site: Site, query: Query, end: int) -> Iterator[Standing]:
    length = round(min(site.interval.longest_s, Interval.DAY.longest_s)) * MICROSECONDS
    last = _parts(connection, site, Period(end - length, end))
    day = _parts(connection, site, Period(end - DAY_US, end))
    weeks = [
        _parts(connection, site, Period(end - length - week * _WEEK_US, end - week * _WEEK_US))
        for week in range(1, WEEKS_BACK + 1)
    ]
    best = max(day.values(), default=0.0)
    for camera in site.cameras:
        if query.cameras and camera.name not in query.cameras:
            continue
        first, watched = _span(connection, camera)
        known = [
            parts[camera.camera_id]
            for week, parts in enumerate(weeks, 1)
            if first is not None and first <= end - length - week * _WEEK_US
        ]
        yield Standing(
            site.name,
            camera.name,
            to_moment(end),
            length / MICROSECONDS,
            None if watched is None else to_moment(watched),
            last[camera.camera_id],
            sum(known) / len(known) if known else None,
            day[camera.camera_id],
            best,
        )


def _parts(connection: Connection, site: Site, period: Period) -> dict[int, float]:
    """Observed part of a period, by camera."""
    pieces = observed_pieces(connection, site, period)
    whole = period.end - period.start
    return {camera: sum(end - start for start, end in own) / whole for camera, own in pieces.items()}


def _span(connection: Connection, camera: Camera) -> tuple[int | None, int | None]:
    query = select(func.min(coverage.c.start_time), func.max(coverage.c.end_time))
    first, last = connection.execute(query.where(coverage.c.camera_id == camera.camera_id)).one()
    return first, last
