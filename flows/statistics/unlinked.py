"""Riders whom boxes counted and a centre could not link: too late, or without a look that it may compare."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Connection, ScalarSelect, func, select

from flows.database import Database
from flows.database.schema import sighting, unlinkable
from flows.statistics.query import Query
from flows.statistics.sites import Site, asked_part, find_sites, observed_period


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Riders of a camera who were counted and could not be linked.

    Attributes:
        site: Name of the site.
        camera: Camera id.
        reason: One word: ``late``, ``expired`` or ``model``.
        cyclists: How many; None where there are some and fewer than may be told.
    """

    site: str
    camera: str
    reason: str
    cyclists: int | None


def unlinked(database: Database, query: Query) -> tuple[Unlinked, ...]:
    """Count them by camera and reason; empty where no box sends.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return tuple(
            one for site in find_sites(connection, query) for one in _of_site(connection, site, query)
        )


def _of_site(connection: Connection, site: Site, asked: Query) -> Iterator[Unlinked]:
    period = asked_part(observed_period(connection, site), asked, site.zone)
    if period is None:
        return
    names = {
        one.camera_id: one.name for one in site.cameras if not asked.cameras or one.name in asked.cameras
    }
    query = (
        select(_TOLD.c.camera_id, _TOLD.c.reason, func.count())
        .where(
            _TOLD.c.camera_id.in_(list(names)),
            _TOLD.c.moment >= period.start,
            _TOLD.c.moment < period.end,
        )
        .group_by(_TOLD.c.camera_id, _TOLD.c.reason)
    )
    rows = connection.execute(query).all()
    for camera, reason, cyclists in sorted(rows, key=lambda row: (names[row[0]], row[1])):
        told = cyclists if cyclists >= site.min_count else None
        yield Unlinked(site.name, names[camera], reason, told)


def _of_each(column: Column[int]) -> ScalarSelect[int]:
    return select(column).where(sighting.c.sighting_id == unlinkable.c.sighting_id).scalar_subquery()


_TOLD = select(
    _of_each(sighting.c.camera_id).label("camera_id"),
    _of_each(sighting.c.enter_time).label("moment"),
    unlinkable.c.reason,
).subquery()
"""One look-up for each of those few; a join would be read by all sightings of the cameras."""
