"""What runs have left in the database, in a few numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from flows.database.connection import Database
from flows.database.schema import camera, coverage, journey, journey_stop, run, sighting, site


@dataclass(frozen=True, slots=True)
class RunTally:
    """The size of the results of one run or several.

    Attributes:
        sightings: Camera id → sightings; cameras without any are left out.
        observed_s: Camera id → seconds of footage really seen.
        journeys: Journeys, those of one camera included.
        linked_journeys: Journeys seen by at least two cameras.
    """

    sightings: Mapping[str, int]
    observed_s: Mapping[str, float]
    journeys: int
    linked_journeys: int


def tally_runs(database: Database, run_ids: Collection[str]) -> RunTally:
    """Count what some runs of one site have stored together."""
    chosen = sorted(run_ids)
    seen = (
        select(camera.c.name, func.count())
        .join(sighting, sighting.c.camera_id == camera.c.camera_id)
        .where(sighting.c.run_id.in_(chosen))
        .group_by(camera.c.name)
    )
    observed = (
        select(camera.c.name, func.sum(coverage.c.end_time - coverage.c.start_time))
        .join(coverage, coverage.c.camera_id == camera.c.camera_id)
        .where(coverage.c.run_id.in_(chosen))
        .group_by(camera.c.name)
    )
    stops = (
        select(func.count().label("stops"))
        .select_from(journey_stop)
        .join(journey, journey.c.journey_id == journey_stop.c.journey_id)
        .where(journey.c.run_id.in_(chosen))
        .group_by(journey_stop.c.journey_id)
        .subquery()
    )
    lengths = select(func.count(), func.count().filter(stops.c.stops > 1)).select_from(stops)
    with database.transaction() as connection:
        sightings = {str(name): int(count) for name, count in connection.execute(seen)}
        seconds = {str(name): float(total) / 1e6 for name, total in connection.execute(observed)}
        journeys, linked = connection.execute(lengths).one()
    return RunTally(sightings, seconds, int(journeys), int(linked))


def runs_of(database: Database, name: str) -> tuple[str, ...]:
    """Ids of all runs of a site."""
    query = select(run.c.run_id).join(site, site.c.site_id == run.c.site_id).where(site.c.name == name)
    with database.transaction() as connection:
        return tuple(connection.execute(query).scalars())
