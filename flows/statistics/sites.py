"""The sites of a database, their cameras, and what of their time was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, Table, func, select, union_all

from flows.database import Database
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import trips
from flows.database.schema import camera, coverage, journey_stop, sighting, site, unobserved
from flows.statistics.intervals import from_moment
from flows.statistics.query import MIN_COUNT, Interval, Query
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of a site.

    Attributes:
        camera_id: Key in the database.
        name: Id in the site file.
        location: Latitude and longitude, degrees; None where unknown.
    """

    camera_id: int
    name: str
    location: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Site:
    """A site.

    Attributes:
        site_id: Key in the database.
        name: Its name.
        zone: Its time zone.
        cameras: By name.
        min_count: Cells of fewer cyclists are withheld: as the query says, else as the site has asked.
        interval: Length of the rows' intervals, likewise.
    """

    site_id: int
    name: str
    zone: ZoneInfo
    cameras: tuple[Camera, ...]
    min_count: int = MIN_COUNT
    interval: Interval = Interval.QUARTER


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, microseconds since the epoch; `end` is outside.

    Attributes:
        start: First moment.
        end: First moment after it.
    """

    start: int
    end: int


def find_sites(connection: Connection, query: Query) -> tuple[Site, ...]:
    """Read the sites that the query is about, by name.

    Raises:
        UsageError: The query names a site or a camera that the database does not hold, or an empty period.
    """
    rows = connection.execute(select(site).order_by(site.c.site_id)).all()
    sites = [_site(connection, row, query) for row in rows]
    sites.sort(key=lambda one: one.name)
    if query.site is not None:
        _require("--site", query.site, [one.name for one in sites])
        sites = [one for one in sites if one.name == query.site]
    for name in query.cameras:
        _require("--camera", name, sorted({each.name for one in sites for each in one.cameras}))
    for one in sites:
        _require_order(query, one.zone)
    return tuple(sites)


def read_sites(database: Database, query: Query | None = None) -> tuple[Site, ...]:
    """Read the sites that a query is about, by name; without one every site of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return find_sites(connection, query or Query())


def withholding(sites: Iterable[Site]) -> bool:
    """Whether small cells of any of the sites are to be withheld."""
    return any(site.min_count > 1 for site in sites)


def observed_period(connection: Connection, of: Site) -> Period | None:
    """From the first to the last moment of a site's footage, watched or not; None where there is none."""
    told = union_all(*(_stretches(table, of) for table in (coverage, unobserved))).subquery()
    query = select(func.min(told.c.start_time), func.max(told.c.end_time))
    start, end = connection.execute(query).one()
    return None if start is None else Period(start, end)


def _stretches(table: Table, of: Site) -> Select[tuple[int, int]]:
    return (
        select(table.c.start_time, table.c.end_time)
        .join(camera, camera.c.camera_id == table.c.camera_id)
        .where(camera.c.site_id == of.site_id)
    )


def journeys_period(connection: Connection, of: Site) -> Period | None:
    """The observed period, widened to hold the beginning of every journey."""
    begun = _begun(connection, of)
    observed = observed_period(connection, of)
    if begun is None or observed is None:
        return begun or observed
    return Period(min(begun.start, observed.start), max(begun.end, observed.end))


def _begun(connection: Connection, of: Site) -> Period | None:
    """From the beginning of the first journey to that of the last; None where there is none."""
    ends = select(func.min(trips.c.bin), func.max(trips.c.bin)).where(trips.c.site_id == of.site_id)
    first, last = connection.execute(ends).one()
    if first is None:
        return None
    enter_times = (
        select(func.min(sighting.c.enter_time), func.max(sighting.c.enter_time))
        .join(journey_stop, journey_stop.c.sighting_id == sighting.c.sighting_id)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(camera.c.site_id == of.site_id, journey_stop.c.stop == 0)
    )
    start, end = (
        connection.execute(
            enter_times.where(sighting.c.enter_time >= one, sighting.c.enter_time < one + QUARTER_US)
        ).one()
        for one in (first, last)
    )
    return Period(start[0], end[1] + 1)


def asked_part(period: Period | None, query: Query, zone: ZoneInfo) -> Period | None:
    """The part of a period that the query asks for; None where nothing is left."""
    if period is None:
        return None
    start = period.start if query.start is None else max(period.start, from_moment(query.start, zone))
    end = period.end if query.end is None else min(period.end, from_moment(query.end, zone))
    return Period(start, end) if start < end else None


def _site(connection: Connection, row: Row[Any], query: Query) -> Site:
    return Site(
        site_id=row.site_id,
        name=row.name,
        zone=ZoneInfo(row.timezone),
        cameras=_cameras(connection, row.site_id),
        min_count=query.min_count or row.min_count or MIN_COUNT,
        interval=query.interval or Interval(row.interval or Interval.QUARTER),
    )


def _cameras(connection: Connection, site_id: int) -> tuple[Camera, ...]:
    rows = connection.execute(select(camera).where(camera.c.site_id == site_id)).all()
    cameras = [
        Camera(row.camera_id, row.name, None if row.latitude is None else (row.latitude, row.longitude))
        for row in rows
    ]
    return tuple(sorted(cameras, key=lambda one: one.name))


def _require(option: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise UsageError(f"{option}: the database has no '{name}'; it has {', '.join(known) or 'none yet'}")


def _require_order(query: Query, zone: ZoneInfo) -> None:
    if query.start is None or query.end is None:
        return
    if from_moment(query.start, zone) >= from_moment(query.end, zone):
        raise UsageError(f"--from {query.start} must be earlier than --to {query.end}")
