"""The travel times that a site's links were measured at, for whoever learns what is usual."""

from sqlalchemy import select

from flows.database.connection import Database
from flows.database.schema import camera, match, run, sighting
from flows.database.times import to_microseconds, to_seconds
from flows.values import Travelled


def travelled(database: Database, run_id: str, since: float, until: float) -> list[Travelled]:
    """Read the matches of a run's site, of all its runs, by the moment at which the later sighting entered.

    Args:
        database: The database.
        run_id: One run of the site.
        since: Seconds since the epoch.
        until: Seconds since the epoch, exclusive.
    """
    here, there = sighting.alias("here"), sighting.alias("there")
    start, end = camera.alias("start"), camera.alias("destination")
    own = select(run.c.site_id).where(run.c.run_id == run_id).scalar_subquery()
    query = (
        select(
            match.c.to_sighting,
            start.c.name.label("from_camera"),
            end.c.name.label("to_camera"),
            there.c.enter_time,
            match.c.travel,
            match.c.distance,
            here.c.direction.label("from_direction"),
            there.c.direction.label("to_direction"),
        )
        .select_from(end)
        .join(there, there.c.camera_id == end.c.camera_id)
        .join(match, match.c.to_sighting == there.c.sighting_id)
        .join(here, here.c.sighting_id == match.c.from_sighting)
        .join(start, start.c.camera_id == here.c.camera_id)
        .where(end.c.site_id == own)
        .where(there.c.enter_time >= to_microseconds(since), there.c.enter_time < to_microseconds(until))
    )
    with database.transaction() as connection:
        return [
            Travelled(
                arrival=row.to_sighting,
                from_camera=row.from_camera,
                to_camera=row.to_camera,
                moment=to_seconds(row.enter_time),
                travel_s=to_seconds(row.travel),
                distance=row.distance,
                from_direction=row.from_direction,
                to_direction=row.to_direction,
            )
            for row in connection.execute(query)
        ]
