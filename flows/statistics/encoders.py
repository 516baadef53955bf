"""Which encoders told the cyclists of a period apart."""

from sqlalchemy import Connection, select

from flows.database import Database
from flows.database.schema import sighting
from flows.statistics.query import Query
from flows.statistics.sites import Camera, Period, asked_part, find_sites, observed_period


def encoders_of(database: Database, query: Query) -> tuple[str, ...]:
    """Name the encoders of the first and the last passage of each camera in a period.

    They do not change while a run lasts; one that came and went within the period is not seen.

    Returns:
        Names and heads of checksums, such as ``cyclist_encoder-5ecc4c48``, each once.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    found: set[str] = set()
    with database.transaction() as connection:
        for site in find_sites(connection, query):
            period = asked_part(observed_period(connection, site), query, site.zone)
            if period is not None:
                for camera in site.cameras:
                    found |= _at_ends(connection, camera, period)
    return tuple(sorted(found))


def _at_ends(connection: Connection, camera: Camera, period: Period) -> set[str]:
    time = sighting.c.enter_time
    here = (
        select(sighting.c.model_id)
        .where(sighting.c.camera_id == camera.camera_id, time >= period.start, time < period.end)
        .limit(1)
    )
    ends = (connection.execute(here.order_by(order)).scalar() for order in (time.asc(), time.desc()))
    return {one for one in ends if one is not None}
