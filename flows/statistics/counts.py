"""Cyclists per camera, direction and interval, with the share of the interval that was observed."""

from collections.abc import Iterator

import numpy as np
from sqlalchemy import Connection, select

from flows.database import Database
from flows.database.schema import sighting
from flows.statistics.intervals import row_edges, to_moment
from flows.statistics.query import Query
from flows.statistics.rows import CameraCount, Statistics
from flows.statistics.sites import Camera, Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import observed_pieces, observed_time
from tracking.arrays import IntArray

NO_DIRECTION = "any"
"""Stands for all directions at a camera that never saw a cyclist."""


def camera_counts(database: Database, query: Query) -> Statistics[CameraCount]:
    """Count the cyclists at each camera.

    There is a row for every camera, every direction ever seen there, and every interval between the first and
    the last observed moment of the site; counts of single cameras are never withheld.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        rows = [row for site in find_sites(connection, query) for row in _of_site(connection, site, query)]
    return Statistics(tuple(rows))


def _of_site(connection: Connection, site: Site, query: Query) -> Iterator[CameraCount]:
    period = asked_part(observed_period(connection, site), query, site.zone)
    if period is None:
        return
    edges = row_edges(query, site.interval, (period.start, period.end), site.zone)
    for camera in site.cameras:
        if not query.cameras or camera.name in query.cameras:
            yield from _of_camera(connection, site, camera, period, edges)


def _of_camera(
    connection: Connection, site: Site, camera: Camera, period: Period, edges: IntArray
) -> Iterator[CameraCount]:
    observed = observed_time(observed_pieces(connection, camera, period), edges)
    for direction, cyclists in _sightings(connection, camera, period, edges).items():
        for index, seen in enumerate(observed.tolist()):
            start, end = int(edges[index]), int(edges[index + 1])
            yield CameraCount(
                site=site.name,
                camera=camera.name,
                direction=direction,
                interval_start=to_moment(start),
                interval_end=to_moment(end),
                cyclists=int(cyclists[index]) if seen else None,
                coverage=seen / (end - start),
            )


def _sightings(
    connection: Connection, camera: Camera, period: Period, edges: IntArray
) -> dict[str, IntArray]:
    """Cyclists per direction ever seen there: (N,) for the N intervals."""
    here = sighting.c.camera_id == camera.camera_id
    directions = sorted(connection.execute(select(sighting.c.direction).where(here).distinct()).scalars())
    asked = here & (sighting.c.enter_time >= period.start) & (sighting.c.enter_time < period.end)
    query = select(sighting.c.direction, sighting.c.enter_time).where(asked)
    times: dict[str, list[int]] = {direction: [] for direction in directions or [NO_DIRECTION]}
    for direction, time in connection.execute(query):
        times[direction].append(time)
    return {direction: _histogram(found, edges) for direction, found in times.items()}


def _histogram(times: list[int], edges: IntArray) -> IntArray:
    intervals = np.searchsorted(edges, np.array(times, np.int64), side="right") - 1
    return np.bincount(intervals, minlength=len(edges) - 1)
