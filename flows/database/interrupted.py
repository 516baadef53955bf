"""What a run had in hand when it was last saved."""

from collections.abc import Mapping

from sqlalchemy import Connection, exists, select

from flows.database.records import OpenSightings
from flows.database.rows import match_of, sighting_of
from flows.database.schema import camera, journey_stop, match, run, sighting
from flows.database.times import to_seconds


def read_open_sightings(
    connection: Connection, run_id: str, embeddings: Mapping[str, bytes]
) -> OpenSightings:
    """Read the sightings in no stored journey, and the links between them.

    Args:
        connection: In a transaction.
        run_id: Of the database.
        embeddings: Sighting id → embedding, as far as they are left.
    """
    in_journey = exists().where(journey_stop.c.sighting_id == sighting.c.sighting_id)
    opened = (
        select(sighting, camera.c.name)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(sighting.c.run_id == run_id, ~in_journey)
    )
    in_stored_journey = exists().where(journey_stop.c.sighting_id == match.c.from_sighting)
    links = select(match).where(match.c.run_id == run_id, ~in_stored_journey)
    found = [sighting_of(row, embeddings) for row in connection.execute(opened)]
    found.sort(key=lambda one: (one.enter_time, one.sighting_id))
    position = {one.sighting_id: index for index, one in enumerate(found)}
    stored = [match_of(row) for row in connection.execute(links)]
    watermark = connection.execute(select(run.c.watermark).where(run.c.run_id == run_id)).scalar()
    among = [one for one in stored if one.from_sighting in position and one.to_sighting in position]
    among.sort(key=lambda one: (position[one.from_sighting], position[one.to_sighting]))
    moment = None if watermark is None else to_seconds(watermark)
    return OpenSightings(tuple(found), tuple(among), moment)
