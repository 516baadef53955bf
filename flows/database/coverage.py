"""Observed time, kept as few intervals that do not touch."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, delete, insert, select, update

from flows.database.schema import coverage
from flows.database.times import to_microseconds

JOIN_GAP_US = 1_000
"""Intervals this close are one: time stamps of neighbouring frames are rounded by containers to 1 ms."""


def merge_coverage(
    connection: Connection, run_id: str, camera_id: int, observed: Sequence[tuple[float, float]]
) -> None:
    """Add observed intervals (start, end), seconds; those that touch what is there become one with it."""
    added = [(to_microseconds(start), to_microseconds(end)) for start, end in observed]
    added = [(start, end) for start, end in added if start < end]
    if not added:
        return
    first, last = min(start for start, _ in added), max(end for _, end in added)
    near = and_(
        coverage.c.run_id == run_id,
        coverage.c.camera_id == camera_id,
        coverage.c.start_time <= last + JOIN_GAP_US,
        coverage.c.end_time >= first - JOIN_GAP_US,
    )
    query = select(coverage.c.start_time, coverage.c.end_time).where(near)
    known = [(start, end) for start, end in connection.execute(query)]
    before, after = dict(known), dict(union(added + known))
    own = and_(coverage.c.run_id == run_id, coverage.c.camera_id == camera_id)
    if gone := sorted(before.keys() - after.keys()):
        connection.execute(delete(coverage).where(own, coverage.c.start_time.in_(gone)))
    for start, end in after.items():
        this = and_(own, coverage.c.start_time == start)
        if start not in before:
            new = {"run_id": run_id, "camera_id": camera_id, "start_time": start, "end_time": end}
            connection.execute(insert(coverage), [new])
        elif before[start] != end:
            # A stretch that grows is changed, not written anew: only what it grew by is counted again.
            connection.execute(update(coverage).where(this).values(end_time=end))


def union(intervals: Iterable[tuple[int, int]], gap: int = JOIN_GAP_US) -> list[tuple[int, int]]:
    """Join intervals that overlap or lie within `gap` of each other; sorted."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1] + gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
