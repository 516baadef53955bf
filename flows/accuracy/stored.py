"""Reads what a run has left in the database."""

from dataclasses import dataclass

from sqlalchemy import select

from flows.accuracy.passages import Passages
from flows.accuracy.spans import Spans
from flows.database import Database
from flows.database.schema import camera, coverage, journey_stop, sighting, site
from tracking.errors import UsageError

_US = 1e6


@dataclass(frozen=True, slots=True)
class Stored:
    """The sightings of one site, chained to journeys, and what its cameras observed.

    Attributes:
        site: Its name.
        passages: Sightings; one that belongs to no journey yet is a journey of its own.
        observed: Observed time of each camera, in the order of ``passages.cameras``.
    """

    site: str
    passages: Passages
    observed: tuple[Spans, ...]


def read_stored(database: Database, name: str | None = None) -> Stored:
    """Read one site.

    Args:
        database: Where a run has written.
        name: The site; may be left out where there is only one.

    Raises:
        UsageError: There is no such site, or there are several and none was named.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        sites = {row.name: row.site_id for row in connection.execute(select(site))}
        name = _chosen(name, sorted(sites))
        cameras = connection.execute(select(camera).where(camera.c.site_id == sites[name])).all()
        names = {row.camera_id: row.name for row in cameras}
        observed = connection.execute(
            select(coverage.c.camera_id, coverage.c.start_time, coverage.c.end_time)
        ).all()
        columns = (
            sighting.c.camera_id,
            sighting.c.enter_time,
            sighting.c.exit_time,
            sighting.c.direction,
            sighting.c.sighting_id,
            journey_stop.c.journey_id,
            journey_stop.c.stop,
        )
        joined = sighting.outerjoin(journey_stop, journey_stop.c.sighting_id == sighting.c.sighting_id)
        found = connection.execute(select(*columns).select_from(joined)).all()
    passages = Passages.of(
        [
            (names[at], enter / _US, leave / _US, heading, journey or f"alone {own}", stop or 0)
            for at, enter, leave, heading, own, journey, stop in found
            if at in names
        ],
        tuple(sorted(names.values())),
    )
    spans = tuple(
        Spans.of([(row.start_time / _US, row.end_time / _US) for row in observed if row.camera_id == number])
        for number, _ in sorted(names.items(), key=lambda item: item[1])
    )
    return Stored(name, passages, spans)


def _chosen(name: str | None, sites: list[str]) -> str:
    if name is None and len(sites) == 1:
        return sites[0]
    if not sites:
        raise UsageError("--database: holds no site yet; fill it with `pipeline run` first")
    if name is None:
        raise UsageError(f"--site: the database holds several sites; choose one of {', '.join(sites)}")
    if name not in sites:
        raise UsageError(f"--site: the database has no '{name}'; it has {', '.join(sites)}")
    return name
