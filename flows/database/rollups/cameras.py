"""Passages and observed time by camera and quarter."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from flows.database.coverage import union
from flows.database.rollups.quarters import QUARTER_US, Stretch, bin_of, name_quarters, whole_quarters
from flows.database.rollups.tables import covered, seen, watched
from flows.database.rows import Parameters
from flows.database.schema import camera, coverage

_COUNT = text(
    "INSERT INTO seen (camera_id, bin, direction, cyclists) "
    "SELECT camera_id, bin, direction, COUNT(*) FROM "
    f"(SELECT camera_id, direction, enter_time - ((enter_time) % {QUARTER_US} + {QUARTER_US}) % {QUARTER_US} "
    "AS bin FROM sighting WHERE camera_id = :camera AND enter_time >= :start AND enter_time < :end) AS passed "
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
        for table in (seen, covered):
            connection.execute(
                delete(table).where(
                    table.c.camera_id == camera_id, table.c.bin >= start, table.c.bin < end
                )
            )
        connection.execute(_COUNT, {"camera": camera_id, "start": start, "end": end})
        rows = [
            {"camera_id": camera_id, "bin": one, "observed": observed}
            for one, observed in _observed(connection, camera_id, start, end).items()
        ]
        if rows:
            connection.execute(insert(covered), rows)


def refresh_watch(connection: Connection, site_id: int, stretches: Sequence[Stretch]) -> None:
    """Tell anew how long the cameras of a site watched, for every quarter of its observed time.

    Args:
        connection: In a transaction.
        site_id: The site.
        stretches: Whole quarters, in which the observed time of some camera changed.
    """
    first, last = _span(connection, site_id)
    of_site = watched.c.site_id == site_id
    before = connection.execute(
        select(func.min(watched.c.bin), func.max(watched.c.bin)).where(of_site)
    ).one()
    if first is None or last is None:
        connection.execute(delete(watched).where(of_site))
        return
    if before[0] is not None and (before[0] < first or before[1] > last):
        connection.execute(delete(watched).where(of_site, (watched.c.bin < first) | (watched.c.bin > last)))
    whole = (first, last + QUARTER_US)
    new = [whole] if before[0] is None else [(first, before[0]), (before[1] + QUARTER_US, whole[1])]
    wanted = [*stretches, *(one for one in new if one[0] < one[1])]
    clipped = [(max(start, whole[0]), min(end, whole[1])) for start, end in wanted]
    for start, end in whole_quarters(one for one in clipped if one[0] < one[1]):
        _tell_watch(connection, site_id, start, end)


def _span(connection: Connection, site_id: int) -> tuple[int | None, int | None]:
    """First and last quarter in which any camera of a site watched."""
    ends = [
        select(each(covered.c.bin))
        .where(covered.c.camera_id == camera.c.camera_id)
        .correlate(camera)
        .scalar_subquery()
        for each in (func.min, func.max)
    ]
    found = connection.execute(select(*ends).where(camera.c.site_id == site_id)).all()
    firsts = [row[0] for row in found if row[0] is not None]
    lasts = [row[1] for row in found if row[1] is not None]
    return min(firsts, default=None), max(lasts, default=None)


_WATCH = text(
    "SELECT covered.bin, COUNT(*), MIN(observed), MAX(observed) FROM covered "
    "WHERE camera_id IN :cameras AND covered.bin >= :start AND covered.bin < :end GROUP BY covered.bin"
).bindparams(bindparam("cameras", expanding=True))


def _tell_watch(connection: Connection, site_id: int, start: int, end: int) -> None:
    here = (watched.c.site_id == site_id, watched.c.bin >= start, watched.c.bin < end)
    connection.execute(delete(watched).where(*here))
    cameras = connection.execute(select(camera.c.camera_id).where(camera.c.site_id == site_id)).scalars()
    within = {"cameras": list(cameras), "start": start, "end": end}
    found = {row[0]: row[1:] for row in connection.execute(_WATCH, within)}
    rows: list[Parameters] = []
    for one in range(start, end, QUARTER_US):
        count, least, most = found.get(one, (0, 0, 0))
        rows.append({"site_id": site_id, "bin": one, "cameras": count, "least": least, "most": most})
    connection.execute(insert(watched), rows)
    name_quarters(connection, [row["bin"] for row in rows])


def _observed(connection: Connection, camera_id: int, start: int, end: int) -> dict[int, int]:
    """Observed microseconds by quarter; those without any are left out."""
    query = select(coverage.c.start_time, coverage.c.end_time).where(
        coverage.c.camera_id == camera_id, coverage.c.start_time < end, coverage.c.end_time > start
    )
    pieces = [(max(row.start_time, start), min(row.end_time, end)) for row in connection.execute(query)]
    observed: dict[int, int] = defaultdict(int)
    for one, length in _cut(union(pieces, gap=0)):
        observed[one] += length
    return observed


def _cut(pieces: Iterable[Stretch]) -> Iterable[Stretch]:
    """Cut stretches of time at the quarters: the quarter of each part and its length."""
    for start, end in pieces:
        edges = [start, *range(bin_of(start) + QUARTER_US, end, QUARTER_US), end]
        yield from ((bin_of(first), last - first) for first, last in pairwise(edges))
