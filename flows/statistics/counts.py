"""Cyclists per camera, direction and interval, with the share of the interval that was observed."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from sqlalchemy import Column, Connection, Select, Table, func, literal, select

from flows.database import Database
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import seen
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
        for index, watched in enumerate(observed.tolist()):
            start, end = int(edges[index]), int(edges[index + 1])
            yield CameraCount(
                site=site.name,
                camera=camera.name,
                direction=direction,
                interval_start=to_moment(start),
                interval_end=to_moment(end),
                cyclists=int(cyclists[index]) if watched else None,
                coverage=watched / (end - start),
            )


def _sightings(
    connection: Connection, camera: Camera, period: Period, edges: IntArray
) -> dict[str, IntArray]:
    """Cyclists per direction ever seen there: (N,) for the N intervals."""
    found: dict[str, IntArray] = {
        direction: np.zeros(len(edges) - 1, np.int64)
        for direction in _directions(connection, camera) or [NO_DIRECTION]
    }
    for query in _queries(camera, period, edges):
        for direction, rows in groupby(connection.execute(query), key=lambda row: row[0]):
            moments, cyclists = np.array([row[1:] for row in rows], np.int64).T
            np.add.at(found[direction], np.searchsorted(edges, moments, side="right") - 1, cyclists)
    return found


def _directions(connection: Connection, camera: Camera) -> list[str]:
    """Directions ever seen, from one to the next: an index leads from each to the one behind it."""
    here = select(func.min(seen.c.direction)).where(seen.c.camera_id == camera.camera_id)
    found: list[str] = []
    behind = here
    while (direction := connection.execute(behind).scalar()) is not None:
        found.append(direction)
        behind = here.where(seen.c.direction > direction)
    return sorted(found)


def _queries(camera: Camera, period: Period, edges: IntArray) -> Iterator[Select[tuple[str, int, int]]]:
    """Direction, moment and number of cyclists: by whole quarters, and one by one in what is cut."""
    whole = Period(-(-period.start // QUARTER_US) * QUARTER_US, period.end // QUARTER_US * QUARTER_US)
    if whole.start >= whole.end or (edges[1:-1] % QUARTER_US).any():
        whole = Period(period.start, period.start)
    quarters = select(seen.c.direction, seen.c.bin, seen.c.cyclists)
    yield _within(quarters, seen, seen.c.bin, camera, whole).order_by(seen.c.direction)
    passages = select(sighting.c.direction, sighting.c.enter_time, literal(1))
    for cut in (Period(period.start, whole.start), Period(whole.end, period.end)):
        if cut.start < cut.end:
            found = _within(passages, sighting, sighting.c.enter_time, camera, cut)
            yield found.order_by(sighting.c.direction)


def _within(
    query: Select[tuple[str, int, int]], table: Table, moment: Column[int], camera: Camera, period: Period
) -> Select[tuple[str, int, int]]:
    return query.where(table.c.camera_id == camera.camera_id, moment >= period.start, moment < period.end)
