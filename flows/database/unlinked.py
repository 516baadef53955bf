"""Riders who left one run's time and might have come into another's."""

from collections.abc import Collection

from sqlalchemy import exists, func, select

from flows.database.connection import Database
from flows.database.schema import camera, match, sighting, site
from flows.database.times import to_microseconds


def riders_leaving(
    database: Database, site_name: str, camera_name: str, start: float, end: float, without: Collection[str]
) -> int:
    """Count the sightings of a camera that began in a stretch of time and were followed by no other.

    Args:
        database: The database.
        site_name: Name of the site.
        camera_name: Id of the camera.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
        without: Runs that do not count.
    """
    query = (
        select(func.count())
        .select_from(sighting)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .join(site, site.c.site_id == camera.c.site_id)
        .where(site.c.name == site_name, camera.c.name == camera_name)
        .where(sighting.c.enter_time >= to_microseconds(start), sighting.c.enter_time < to_microseconds(end))
        .where(sighting.c.run_id.not_in(sorted(without)))
        .where(~exists().where(match.c.from_sighting == sighting.c.sighting_id))
    )
    with database.transaction() as connection:
        return int(connection.execute(query).scalar_one())
