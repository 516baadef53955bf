"""How much of each interval a camera was watching."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from flows.database.coverage import union
from flows.database.review import marked_time
from flows.database.schema import coverage
from flows.statistics.sites import Period, Site
from tracking.arrays import IntArray

COMPARABLE = 2
"""Shares are told where no camera was watched less than this part (a half) of what another was."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Observed time of the cameras of a site.

    Attributes:
        edges: (N + 1,) boundaries of the intervals, microseconds.
        observed: (N,) microseconds by camera, without what somebody marked.
        marked: (N,) microseconds by camera that were observed, and marked.
        ever: Cameras that were observed at any time, within the intervals or not.
    """

    edges: IntArray
    observed: dict[str, IntArray]
    marked: dict[str, IntArray]
    ever: tuple[str, ...]

    def least(self, cameras: Collection[str], row: int) -> float:
        """Observed part, 0..1, of the camera that was watched least in an interval."""
        seen = min((int(self.observed[camera][row]) for camera in cameras), default=0)
        return seen / int(self.edges[row + 1] - self.edges[row])

    def of_route(self, cameras: Collection[str], row: int) -> float:
        """Coverage of a route; of one camera alone that of the site, as every other could have missed it."""
        return self.least(cameras if len(cameras) > 1 else self.ever, row)

    def spoilt(self, cameras: Collection[str], row: int) -> bool:
        """Whether all that one of the cameras observed in an interval is marked: nothing of it is told."""
        return any(self.marked[one][row] and not self.observed[one][row] for one in cameras)

    def comparable(self, row: int) -> bool:
        """Whether all cameras were watched for about the same time, so that shares mean something."""
        if any(self.marked[camera][row] for camera in self.ever):
            return False
        seen = [int(self.observed[camera][row]) for camera in self.ever]
        return COMPARABLE * min(seen, default=0) >= max(seen, default=0)

    def lacking(self, cameras: Collection[str]) -> Iterator[int]:
        """Intervals in which one of the cameras was not watched all the time."""
        least = np.min([self.observed[camera] for camera in cameras], axis=0)
        return iter(np.flatnonzero(least < np.diff(self.edges)).tolist())


def watch_of(connection: Connection, site: Site, edges: IntArray) -> Watch:
    """Measure the observed time of every camera of a site.

    Args:
        connection: To the database.
        site: The site.
        edges: (N + 1,) boundaries of the intervals.
    """
    period = Period(int(edges[0]), int(edges[-1]))
    here = select(coverage.c.camera_id).distinct()
    ever = set(connection.execute(here).scalars())
    pieces, every = valid_pieces(connection, site, period), observed_pieces(connection, site, period)
    valid = {one.name: observed_time(pieces[one.camera_id], edges) for one in site.cameras}
    return Watch(
        edges,
        valid,
        {one.name: observed_time(every[one.camera_id], edges) - valid[one.name] for one in site.cameras},
        tuple(one.name for one in site.cameras if one.camera_id in ever),
    )


def observed_time(pieces: list[tuple[int, int]], edges: IntArray) -> IntArray:
    """Measure how much of each interval was observed.

    Args:
        pieces: Observed stretches (start, end), microseconds; sorted, apart from each other.
        edges: (N + 1,) boundaries of the intervals.

    Returns:
        (N,) microseconds.
    """
    if not pieces:
        return np.zeros(len(edges) - 1, np.int64)
    starts, ends = np.array(pieces, np.int64).T
    before = np.concatenate([[0], np.cumsum(ends - starts)])
    piece = np.searchsorted(starts, edges, side="right") - 1
    inside = np.where(piece < 0, 0, np.minimum(edges, ends[piece]) - starts[piece])
    return np.diff(before[np.maximum(piece, 0)] + inside)


def observed_pieces(connection: Connection, site: Site, period: Period) -> dict[int, list[tuple[int, int]]]:
    """Read the observed stretches (start, end) of each camera in a period; sorted, apart from each other."""
    query = select(coverage.c.camera_id, coverage.c.start_time, coverage.c.end_time).where(
        coverage.c.camera_id.in_([one.camera_id for one in site.cameras]),
        coverage.c.start_time < period.end,
        coverage.c.end_time > period.start,
    )
    clipped: dict[int, list[tuple[int, int]]] = {one.camera_id: [] for one in site.cameras}
    for camera_id, start, end in connection.execute(query):
        clipped[camera_id].append((max(start, period.start), min(end, period.end)))
    return {camera_id: union(pieces, gap=0) for camera_id, pieces in clipped.items()}


def valid_pieces(connection: Connection, site: Site, period: Period) -> dict[int, list[tuple[int, int]]]:
    """The observed stretches of each camera in a period that nobody has marked; sorted, apart."""
    pieces = observed_pieces(connection, site, period)
    marks = marks_of(connection, site, period)
    return {camera_id: without(own, marks[camera_id]) for camera_id, own in pieces.items()}


def marks_of(connection: Connection, site: Site, period: Period) -> dict[int, list[tuple[int, int]]]:
    """Time that somebody marked, by camera; sorted, apart from each other."""
    found = marked_time(connection, [one.camera_id for one in site.cameras], period.start, period.end)
    return {
        one.camera_id: union([(start, end) for start, end, _ in found.get(one.camera_id, ())], gap=0)
        for one in site.cameras
    }


def without(pieces: list[tuple[int, int]], cut: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces without what is cut out of them; both sorted and apart from each other, as is the answer."""
    left: list[tuple[int, int]] = []
    for start, end in pieces:
        here = [(max(begin, start), min(until, end)) for begin, until in cut if until > start and begin < end]
        edges = [start, *(moment for one in here for moment in one), end]
        left += [one for one in zip(edges[::2], edges[1::2], strict=True) if one[0] < one[1]]
    return left
