"""Cyclists per camera, direction and interval, with the share of the interval that was observed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
from sqlalchemy import Column, ColumnElement, Connection, Select, Table, literal, select, text

from flows.database import Database
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import seen
from flows.database.schema import sighting
from flows.statistics.intervals import row_edges, to_moment
from flows.statistics.query import Query
from flows.statistics.rows import CameraCount, Statistics
from flows.statistics.sites import Camera, Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import marks_of, observed_time, valid_pieces
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
    pieces = valid_pieces(connection, site, period)
    found = _sightings(connection, site, period, edges)
    for camera in site.cameras:
        if not query.cameras or camera.name in query.cameras:
            observed = observed_time(pieces[camera.camera_id], edges).tolist()
            for direction, cyclists in found[camera.camera_id].items():
                yield from _rows(
                    site.name, camera.name, direction, edges.tolist(), observed, cyclists.tolist()
                )


def _rows(
    site: str, camera: str, direction: str, edges: list[int], observed: list[int], cyclists: list[int]
) -> Iterator[CameraCount]:
    for (start, end), watched, passed in zip(pairwise(edges), observed, cyclists, strict=True):
        yield CameraCount(
            site=site,
            camera=camera,
            direction=direction,
            interval_start=to_moment(start),
            interval_end=to_moment(end),
            cyclists=passed if watched else None,
            coverage=watched / (end - start),
        )


def _sightings(
    connection: Connection, site: Site, period: Period, edges: IntArray
) -> dict[int, dict[str, IntArray]]:
    """Cyclists per camera and direction ever seen there: (N,) for the N intervals."""
    found: dict[int, dict[str, IntArray]] = {
        camera.camera_id: {
            direction: np.zeros(len(edges) - 1, np.int64)
            for direction in _directions(connection, camera) or [NO_DIRECTION]
        }
        for camera in site.cameras
    }
    for query in (*_queries(site, period, edges), *_marked(connection, site, period)):
        for (camera_id, direction), rows in groupby(connection.execute(query), key=itemgetter(0, 1)):
            moments, cyclists = np.array([row[2:] for row in rows], np.int64).T
            places = np.searchsorted(edges, moments, side="right") - 1
            np.add.at(found[camera_id][direction], places, cyclists)
    return found


def _directions(connection: Connection, camera: Camera) -> list[str]:
    """Directions ever seen, from one to the next: an index leads from each to the one behind it."""
    found: list[str] = []
    behind = connection.execute(_FIRST, {"camera": camera.camera_id}).scalar()
    while behind is not None:
        found.append(behind)
        behind = connection.execute(_NEXT, {"camera": camera.camera_id, "behind": behind}).scalar()
    return sorted(found)


_FIRST = text("SELECT MIN(direction) FROM seen WHERE camera_id = :camera")
_NEXT = text("SELECT MIN(direction) FROM seen WHERE camera_id = :camera AND direction > :behind")


def _queries(site: Site, period: Period, edges: IntArray) -> Iterator[Select[tuple[int, str, int, int]]]:
    """Camera, direction, moment and number: by whole quarters, and one by one in what is cut."""
    whole = Period(-(-period.start // QUARTER_US) * QUARTER_US, period.end // QUARTER_US * QUARTER_US)
    if whole.start >= whole.end or (edges[1:-1] % QUARTER_US).any():
        whole = Period(period.start, period.start)
    yield _within(seen, seen.c.bin, seen.c.cyclists, site, whole)
    for cut in (Period(period.start, whole.start), Period(whole.end, period.end)):
        if cut.start < cut.end:
            yield _within(sighting, sighting.c.enter_time, literal(1), site, cut)


def _marked(
    connection: Connection, site: Site, period: Period
) -> Iterator[Select[tuple[int, str, int, int]]]:
    """Those in marked time, to be taken away again."""
    marks = marks_of(connection, site, period)
    for camera in site.cameras:
        own = replace(site, cameras=(camera,))
        for start, end in marks[camera.camera_id]:
            yield _within(sighting, sighting.c.enter_time, literal(-1), own, Period(start, end))


def _within(
    table: Table, moment: Column[int], cyclists: ColumnElement[int], site: Site, period: Period
) -> Select[tuple[int, str, int, int]]:
    here = table.c.camera_id.in_([camera.camera_id for camera in site.cameras])
    return (
        select(table.c.camera_id, table.c.direction, moment, cyclists)
        .where(here, moment >= period.start, moment < period.end)
        .order_by(table.c.camera_id, table.c.direction)
    )
