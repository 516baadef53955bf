"""Takes counted time out of the database: what a camera saw in it, and the journeys that went through it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, case, delete, exists, func, insert, select, update

from flows.database.counted import CountedTime
from flows.database.mending import mend_journeys
from flows.database.rows import sighting_row
from flows.database.schema import camera, coverage, footage, journey_stop, run, sighting, site
from flows.database.schema import unobserved as unobserved_table
from flows.database.states import UNFINISHED
from flows.database.times import to_microseconds
from flows.values import Sighting


def remove_time(connection: Connection, site_id: int, spans: Sequence[CountedTime]) -> None:
    """Delete what cameras of a site saw in some stretches of time.

    Passages belong to the moment at which they began. Journeys lose the stops that are deleted; what is left
    of one before and behind such a stop becomes a journey of its own.

    Args:
        connection: In a transaction.
        site_id: The site.
        spans: Cameras and stretches of time; a camera that is not known saw nothing.
    """
    named = select(camera.c.name, camera.c.camera_id).where(camera.c.site_id == site_id)
    ids = {row.name: row.camera_id for row in connection.execute(named)}
    for span in spans:
        if span.camera not in ids:
            continue
        start, end = to_microseconds(span.start), to_microseconds(span.end)
        _remove_sightings(connection, ids[span.camera], start, end)
        for table in (coverage, unobserved_table):
            clip_rows(connection, table, ids[span.camera], start, end)
        _clip_footage(connection, ids[span.camera], start, end)


def remove_sightings(connection: Connection, sighting_ids: Sequence[str]) -> None:
    """Delete some sightings, and mend the journeys that went through them."""
    if sighting_ids:
        _remove(connection, sighting.c.sighting_id.in_(sorted(sighting_ids)))


def update_sightings(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Change sightings of an earlier run; whose they are, and their journeys, stay.

    So does their quality, where the earlier run could tell one: it had crops that are gone by now.
    """
    for one in sightings:
        row = sighting_row("", 0, one)
        values = {name: row[name] for name in ("exit_time", "direction", "frames", "stationary_s")}
        known = sighting.c.quality > 0
        values["quality"] = case((known, sighting.c.quality), else_=row["quality"])
        connection.execute(update(sighting).where(sighting.c.sighting_id == one.sighting_id).values(values))


def remove_unwatched(connection: Connection, run_id: str) -> dict[str, int]:
    """Delete the sightings of a run that began in time that was not watched, and mend their journeys.

    Args:
        connection: In a transaction.
        run_id: The run, at its end: what of its time was watched is known.

    Returns:
        Camera id → number of sightings; cameras without any are left out.
    """
    unwatched = and_(
        sighting.c.run_id == run_id,
        exists().where(_holds(unobserved_table)),
        ~exists().where(_holds(coverage)),
    )
    query = (
        select(camera.c.name, func.count())
        .join(sighting, sighting.c.camera_id == camera.c.camera_id)
        .where(unwatched)
        .group_by(camera.c.name)
    )
    found = {str(name): int(count) for name, count in connection.execute(query)}
    if found:
        _remove(connection, unwatched)
    return found


def _holds(table: Table) -> Any:
    """Whether a stretch of time holds the beginning of a sighting at its camera."""
    return and_(
        table.c.camera_id == sighting.c.camera_id,
        table.c.start_time <= sighting.c.enter_time,
        table.c.end_time > sighting.c.enter_time,
    )


def remove_empty_runs(connection: Connection, site_id: int) -> None:
    """Delete the finished runs of a site of which nothing is left."""
    hanging = [exists().where(table.c.run_id == run.c.run_id) for table in (footage, sighting, coverage)]
    empty = and_(run.c.site_id == site_id, run.c.state != UNFINISHED, *(~one for one in hanging))
    connection.execute(delete(run).where(empty))


def remove_empty_cameras(connection: Connection, site_id: int, names: Sequence[str]) -> None:
    """Delete those of some cameras of a site of which nothing is left."""
    hanging = [
        exists().where(table.c.camera_id == camera.c.camera_id) for table in (footage, sighting, coverage)
    ]
    empty = and_(camera.c.site_id == site_id, camera.c.name.in_(sorted(names)), *(~one for one in hanging))
    connection.execute(delete(camera).where(empty))


def site_id_of(connection: Connection, name: str) -> int | None:
    """Number of a site; None where it is not known."""
    return connection.execute(select(site.c.site_id).where(site.c.name == name)).scalar_one_or_none()


def _remove_sightings(connection: Connection, camera_id: int, start: int, end: int) -> None:
    _remove(
        connection,
        and_(sighting.c.camera_id == camera_id, sighting.c.enter_time >= start, sighting.c.enter_time < end),
    )


def _remove(connection: Connection, condition: Any) -> None:
    touched = (
        select(journey_stop.c.journey_id)
        .join(sighting, sighting.c.sighting_id == journey_stop.c.sighting_id)
        .where(condition)
        .distinct()
    )
    journeys = list(connection.execute(touched).scalars())
    # Links and stops leave with their sightings.
    connection.execute(delete(sighting).where(condition))
    mend_journeys(connection, journeys)


def clip_rows(connection: Connection, table: Table, camera_id: int, start: int, end: int) -> None:
    """Cut a stretch of time out of the intervals of a camera."""
    for row in overlapping(connection, table, camera_id, start, end):
        connection.execute(delete(table).where(_same_key(table, row)))
        pieces = [(row.start_time, min(row.end_time, start)), (max(row.start_time, end), row.end_time)]
        values = dict(row._mapping)
        for first, last in pieces:
            if first < last:
                connection.execute(insert(table).values(values | {"start_time": first, "end_time": last}))


def _clip_footage(connection: Connection, camera_id: int, start: int, end: int) -> None:
    """Take back that sources were counted where they lie in a stretch of time."""
    for row in overlapping(connection, footage, camera_id, start, end):
        before, behind = row.start_time < start, end < row.end_time
        values = dict(row._mapping)
        if not before and not behind:
            connection.execute(delete(footage).where(_same_key(footage, row)))
            continue
        left = {"end_time": start} if before else {"start_time": end}
        this = _same_key(footage, row)
        connection.execute(update(footage).where(this).values({**left, "complete": False}))
        if before and behind:
            rest = {"start_time": end, "digest": f"{row.digest}#{end}", "frames": 0, "complete": False}
            connection.execute(insert(footage).values(values | rest))


def overlapping(
    connection: Connection, table: Table, camera_id: int, start: int, end: int
) -> Sequence[Row[Any]]:
    """Read the intervals of a camera that reach into a stretch of time."""
    query = select(table).where(
        table.c.camera_id == camera_id, table.c.start_time < end, table.c.end_time > start
    )
    return connection.execute(query).all()


def _same_key(table: Table, row: Row[Any]) -> Any:
    return and_(*(column == row._mapping[column.name] for column in table.primary_key))
