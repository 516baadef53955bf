"""Sightings of a run that were linked to no other, and who else was in view around them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from flows.database.connection import Database
from flows.database.schema import camera, coverage, match, run, sighting
from flows.database.times import to_microseconds, to_seconds
from tracking.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class LoneSighting:
    """A rider who was seen by one camera only, as far as is known.

    Attributes:
        sighting_id: Of the database.
        camera: Camera id.
        enter_time: Seconds since the epoch.
        exit_time: Seconds since the epoch.
        frames: Number of boxes.
        embedded: Whether any crop was good enough to compare it with others.
    """

    sighting_id: str
    camera: str
    enter_time: float
    exit_time: float
    frames: int
    embedded: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """Who entered the view of one camera, whatever run counted them; N sightings.

    Attributes:
        times: (N,) entry times, seconds since the epoch, never falling.
        embedded: (N,) whether they could be compared, then.
        watched: Observed stretches (start, end), in order, disjoint within each run.
    """

    times: FloatArray
    embedded: BoolArray
    watched: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """Distances of the links that a run decided.

    Attributes:
        after: Sighting id → distance to the one that follows it.
        before: Sighting id → distance to the one before it.
    """

    after: Mapping[str, float]
    before: Mapping[str, float]


def lone_sightings(database: Database, run_id: str) -> tuple[LoneSighting, ...]:
    """Read the sightings of a run that belong to no link, in order of time."""
    linked = exists().where(_is_end_of_match())
    query = (
        select(sighting, camera.c.name)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(sighting.c.run_id == run_id, ~linked)
        .order_by(sighting.c.enter_time, sighting.c.sighting_id)
    )
    with database.transaction() as connection:
        return tuple(
            LoneSighting(
                row.sighting_id,
                row.name,
                to_seconds(row.enter_time),
                to_seconds(row.exit_time),
                row.frames,
                row.quality > 0,
            )
            for row in connection.execute(query)
        )


def links_of(database: Database, run_id: str) -> Linked:
    """Read the distances of a run's links."""
    query = select(match.c.from_sighting, match.c.to_sighting, match.c.distance)
    with database.transaction() as connection:
        rows = connection.execute(query.where(match.c.run_id == run_id)).all()
    return Linked(
        {row.from_sighting: row.distance for row in rows}, {row.to_sighting: row.distance for row in rows}
    )


def entries_around(database: Database, run_id: str, reach_s: float) -> dict[str, Entries]:
    """Read who entered at each camera of a run's site while the run's riders were under way.

    Args:
        database: The database.
        run_id: Of the database.
        reach_s: How far to look before the first and behind the last sighting of the run, seconds.

    Returns:
        Camera id → entries; every camera of the site is there.
    """
    with database.transaction() as connection:
        site_id = connection.execute(select(run.c.site_id).where(run.c.run_id == run_id)).scalar()
        cameras = connection.execute(
            select(camera.c.camera_id, camera.c.name).where(camera.c.site_id == site_id)
        ).all()
        bounds = select(func.min(sighting.c.enter_time), func.max(sighting.c.enter_time))
        first, last = connection.execute(bounds.where(sighting.c.run_id == run_id)).one()
        reach = to_microseconds(reach_s)
        span = (0, -1) if first is None else (first - reach, last + reach)
        return {row.name: _entries(connection, row.camera_id, *span) for row in cameras}


def _entries(connection: Connection, camera_id: int, first: int, last: int) -> Entries:
    seen = (
        select(sighting.c.enter_time, sighting.c.quality)
        .where(sighting.c.camera_id == camera_id, sighting.c.enter_time.between(first, last))
        .order_by(sighting.c.enter_time)
    )
    rows = connection.execute(seen).all()
    stretches = (
        select(coverage.c.start_time, coverage.c.end_time)
        .where(coverage.c.camera_id == camera_id)
        .where(coverage.c.end_time >= first, coverage.c.start_time <= last)
        .order_by(coverage.c.start_time)
    )
    return Entries(
        np.array([to_seconds(row.enter_time) for row in rows], np.float64),
        np.array([row.quality > 0 for row in rows], bool),
        tuple((to_seconds(start), to_seconds(end)) for start, end in connection.execute(stretches)),
    )


def _is_end_of_match() -> ColumnElement[bool]:
    return or_(match.c.from_sighting == sighting.c.sighting_id, match.c.to_sighting == sighting.c.sighting_id)
