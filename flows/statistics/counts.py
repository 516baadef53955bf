"""Cyclists per camera, direction and interval, with the share of the interval that was observed."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import Connection, select, text

from flows.database import Database
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import seen
from flows.database.schema import sighting
from flows.statistics.intervals import row_edges, to_moment
from flows.statistics.known import Known
from flows.statistics.quarters import read_quarters
from flows.statistics.query import Query
from flows.statistics.rows import CameraCount, Statistics
from flows.statistics.sites import Camera, Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import marks_of, observed_time, valid_pieces
from tracking.arrays import IntArray

NO_DIRECTION = "any"
"""Stands for all directions at a camera that never saw a cyclist."""


BLOCK_US = 8 * 96 * QUARTER_US
"""Quarters are read in blocks of about a week: what one question has read serves the next."""

Seen: TypeAlias = Mapping[tuple[Any, ...], tuple[IntArray, IntArray]]
"""Camera and direction → (N,) moments in order, (N,) cyclists."""


def camera_counts(database: Database, query: Query, known: Known | None = None) -> Statistics[CameraCount]:
    """Count the cyclists at each camera.

    There is a row for every camera, every direction ever seen there, and every interval between the first and
    the last observed moment of the site; counts of single cameras are never withheld.

    Args:
        database: Open.
        query: What is asked.
        known: What earlier questions have read of the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    known = known or Known()
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        rows = [row for site in sites for row in _of_site(connection, site, query, known)]
    return Statistics(tuple(rows))


def _of_site(connection: Connection, site: Site, query: Query, known: Known) -> Iterator[CameraCount]:
    period = asked_part(observed_period(connection, site), query, site.zone)
    if period is None:
        return
    edges = row_edges(query, site.interval, (period.start, period.end), site.zone)
    pieces = valid_pieces(connection, site, period)
    cameras = [one for one in site.cameras if not query.cameras or one.name in query.cameras]
    found = _sightings(connection, cameras, period, edges, known)
    _take_marked(connection, site, period, edges, found)
    for camera in cameras:
        observed = observed_time(pieces[camera.camera_id], edges).tolist()
        for direction, cyclists in found[camera.camera_id].items():
            yield from _rows(site.name, camera.name, direction, edges.tolist(), observed, cyclists.tolist())


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
    connection: Connection, cameras: Sequence[Camera], period: Period, edges: IntArray, known: Known
) -> dict[int, dict[str, IntArray]]:
    """Cyclists per camera and direction ever seen there: (N,) for the N intervals."""
    found: dict[int, dict[str, IntArray]] = {
        one.camera_id: {
            direction: np.zeros(len(edges) - 1, np.int64)
            for direction in _directions(connection, one, known) or [NO_DIRECTION]
        }
        for one in cameras
    }
    for some in _parts(connection, tuple(one.camera_id for one in cameras), period, edges, known):
        for (camera_id, direction), here in some.items():
            found[camera_id][direction] += _binned(here, edges)
    return found


def _binned(seen: tuple[IntArray, IntArray], edges: IntArray) -> IntArray:
    """Cyclists of each interval."""
    moments, cyclists = seen
    places = np.searchsorted(edges, moments, side="right") - 1
    # Sums of so few cyclists are whole as floating point, too.
    return np.bincount(places, cyclists, len(edges) - 1).astype(np.int64)


def _take_marked(
    connection: Connection, site: Site, period: Period, edges: IntArray, found: dict[int, dict[str, IntArray]]
) -> None:
    """Take those in marked time away again."""
    for camera_id, marks in marks_of(connection, site, period).items():
        for start, end in marks if camera_id in found else ():
            for (_, direction), here in _one_by_one(connection, (camera_id,), Period(start, end)).items():
                found[camera_id][direction] -= _binned(here, edges)


def _directions(connection: Connection, camera: Camera, known: Known) -> list[str]:
    key = ("directions", camera.camera_id)
    return known.of(key, lambda: read_directions(connection, camera), len)


def read_directions(connection: Connection, camera: Camera) -> list[str]:
    """Directions ever seen, from one to the next: an index leads from each to the one behind it."""
    found: list[str] = []
    behind = connection.execute(_FIRST, {"camera": camera.camera_id}).scalar()
    while behind is not None:
        found.append(behind)
        behind = connection.execute(_NEXT, {"camera": camera.camera_id, "behind": behind}).scalar()
    return sorted(found)


_FIRST = text("SELECT MIN(direction) FROM seen WHERE camera_id = :camera")
_NEXT = text("SELECT MIN(direction) FROM seen WHERE camera_id = :camera AND direction > :behind")


def _parts(
    connection: Connection, cameras: tuple[int, ...], period: Period, edges: IntArray, known: Known
) -> Iterator[Seen]:
    """What was seen in a period: by whole quarters, and one by one in what is cut."""
    whole = Period(-(-period.start // QUARTER_US) * QUARTER_US, period.end // QUARTER_US * QUARTER_US)
    if whole.start >= whole.end or (edges[1:-1] % QUARTER_US).any():
        whole = Period(period.start, period.start)
    for block in range(whole.start // BLOCK_US, -(-whole.end // BLOCK_US)):
        time = Period(block * BLOCK_US, (block + 1) * BLOCK_US)
        read = partial(read_quarters, connection, seen.c.cyclists, cameras, time, seen.c.direction)
        some = known.of(("seen", cameras, block), read, _size)
        yield {ends: _within(one, whole) for ends, one in some.items()}
    for cut in (Period(period.start, whole.start), Period(whole.end, period.end)):
        if cut.start < cut.end:
            yield _one_by_one(connection, cameras, cut)


def _one_by_one(connection: Connection, cameras: tuple[int, ...], period: Period) -> Seen:
    query = select(sighting.c.camera_id, sighting.c.direction, sighting.c.enter_time).where(
        sighting.c.camera_id.in_(cameras),
        sighting.c.enter_time >= period.start,
        sighting.c.enter_time < period.end,
    )
    found: dict[tuple[int, str], list[int]] = {}
    for camera_id, direction, moment in connection.execute(query.order_by(sighting.c.enter_time)):
        found.setdefault((camera_id, direction), []).append(moment)
    return {ends: (np.array(one, np.int64), np.ones(len(one), np.int64)) for ends, one in found.items()}


def _within(of: tuple[IntArray, IntArray], period: Period) -> tuple[IntArray, IntArray]:
    """The part in a period."""
    moments, cyclists = of
    part = slice(*np.searchsorted(moments, (period.start, period.end)).tolist())
    return moments[part], cyclists[part]


def _size(some: Seen) -> int:
    """Pieces of about a hundred bytes."""
    return sum(len(moments) for moments, _ in some.values()) // 6 + 1
