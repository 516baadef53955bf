"""Passages and observed time by camera and quarter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Connection, delete, text

from flows.database.coverage import union
from flows.database.rollups.quarters import QUARTER_US, Stretch, bin_of, name_quarters, whole_quarters
from flows.database.rollups.tables import covered, seen, watched
from flows.database.rows import Parameters, insert_rows

_FORGET = [
    text(f"DELETE FROM {table.name} WHERE camera_id = :camera AND bin >= :start AND bin < :end")
    for table in (seen, covered)
]

_COUNT = text(
    "INSERT INTO seen (camera_id, bin, direction, cyclists) "
    "SELECT camera_id, bin, direction, COUNT(*) FROM (SELECT camera_id, direction, "
    f"enter_time - (enter_time % {QUARTER_US} + {QUARTER_US}) % {QUARTER_US} AS bin "
    "FROM sighting WHERE camera_id = :camera AND enter_time >= :start AND enter_time < :end) AS passed "
    "GROUP BY camera_id, bin, direction"
)


def refresh_camera(connection: Connection, camera_id: int, stretches: Sequence[Stretch]) -> None:
    """Count the passages and the observed time of a camera anew.

    Args:
        connection: In a transaction.
        camera_id: The camera; nothing is left of one that is gone.
        stretches: Whole quarters.
    """
    for start, end in stretches:
        within = {"camera": camera_id, "start": start, "end": end}
        for statement in (*_FORGET, _COUNT):
            connection.execute(statement, within)
        rows = [
            {"camera_id": camera_id, "bin": one, "observed": observed}
            for one, observed in _observed(connection, camera_id, start, end).items()
        ]
        insert_rows(connection, covered, rows)


def refresh_watch(connection: Connection, site_id: int, stretches: Sequence[Stretch]) -> None:
    """Tell anew how long the cameras of a site watched, for every quarter of its observed time.

    Args:
        connection: In a transaction.
        site_id: The site.
        stretches: Whole quarters, in which the observed time of some camera changed.
    """
    first, last = _span(connection, site_id)
    of_site = {"site": site_id}
    before = connection.execute(_TOLD, of_site).one()
    if first is None or last is None:
        connection.execute(delete(watched).where(watched.c.site_id == site_id))
        return
    if before[0] is not None and (before[0] < first or before[1] > last):
        connection.execute(_SHORTEN, {**of_site, "first": first, "last": last})
    whole = (first, last + QUARTER_US)
    new = [whole] if before[0] is None else [(first, before[0]), (before[1] + QUARTER_US, whole[1])]
    wanted = [*stretches, *(one for one in new if one[0] < one[1])]
    clipped = [(max(start, whole[0]), min(end, whole[1])) for start, end in wanted]
    for start, end in whole_quarters(one for one in clipped if one[0] < one[1]):
        _tell_watch(connection, site_id, start, end)


def _span(connection: Connection, site_id: int) -> tuple[int | None, int | None]:
    """First and last quarter of which any camera of a site has footage, watched or not."""
    found = connection.execute(_ENDS, {"site": site_id}).all()
    firsts = [bin_of(moment) for row in found for moment in row[:2] if moment is not None]
    lasts = [bin_of(moment) for row in found for moment in row[2:] if moment is not None]
    return min(firsts, default=None), max(lasts, default=None)


_TOLD = text(
    "SELECT (SELECT MIN(bin) FROM watched WHERE site_id = :site), "
    "(SELECT MAX(bin) FROM watched WHERE site_id = :site)"
)
_SHORTEN = text("DELETE FROM watched WHERE site_id = :site AND (bin < :first OR bin > :last)")
_ENDS = text(
    "SELECT (SELECT MIN(bin) FROM covered WHERE covered.camera_id = camera.camera_id), "
    "(SELECT MIN(start_time) FROM unobserved WHERE unobserved.camera_id = camera.camera_id), "
    "(SELECT MAX(bin) FROM covered WHERE covered.camera_id = camera.camera_id), "
    "(SELECT MAX(end_time) - 1 FROM unobserved WHERE unobserved.camera_id = camera.camera_id) "
    "FROM camera WHERE site_id = :site"
)
_FORGET_WATCH = text("DELETE FROM watched WHERE site_id = :site AND bin >= :start AND bin < :end")
_WATCH = text(
    "SELECT covered.bin, COUNT(*), MIN(observed), MAX(observed) FROM camera "
    "JOIN covered ON covered.camera_id = camera.camera_id "
    "WHERE camera.site_id = :site AND covered.bin >= :start AND covered.bin < :end GROUP BY covered.bin"
)


def _tell_watch(connection: Connection, site_id: int, start: int, end: int) -> None:
    within = {"site": site_id, "start": start, "end": end}
    connection.execute(_FORGET_WATCH, within)
    found = {row[0]: row[1:] for row in connection.execute(_WATCH, within)}
    rows: list[Parameters] = []
    for one in range(start, end, QUARTER_US):
        count, least, most = found.get(one, (0, 0, 0))
        rows.append({"site_id": site_id, "bin": one, "cameras": count, "least": least, "most": most})
    insert_rows(connection, watched, rows)
    name_quarters(connection, [row["bin"] for row in rows])


_COVERAGE = text(
    "SELECT start_time, end_time FROM coverage "
    "WHERE camera_id = :camera AND start_time < :end AND end_time > :start"
)


def _observed(connection: Connection, camera_id: int, start: int, end: int) -> dict[int, int]:
    """Observed microseconds by quarter; those without any are left out."""
    within = {"camera": camera_id, "start": start, "end": end}
    pieces = [(max(row[0], start), min(row[1], end)) for row in connection.execute(_COVERAGE, within)]
    observed: dict[int, int] = defaultdict(int)
    for one, length in _cut(union(pieces, gap=0)):
        observed[one] += length
    return observed


def _cut(pieces: Iterable[Stretch]) -> Iterable[Stretch]:
    """Cut stretches of time at the quarters: the quarter of each part and its length."""
    for start, end in pieces:
        edges = [start, *range(bin_of(start) + QUARTER_US, end, QUARTER_US), end]
        yield from ((bin_of(first), last - first) for first, last in pairwise(edges))
