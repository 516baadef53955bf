"""Which days are complete: watched, over, and with every journey closed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import Connection, exists, func, select

from flows.database import Database
from flows.database.coverage import union
from flows.database.rollups.days import midnights
from flows.database.rollups.tables import touched_journeys, touched_time
from flows.database.schema import camera, journey_stop, run, sighting
from flows.database.states import UNFINISHED
from flows.database.times import to_seconds
from flows.statistics.query import Query
from flows.statistics.sites import Period, Site, asked_part, find_sites, observed_period
from flows.statistics.watch import marks_of, observed_pieces

LEAST_COVERAGE = 0.95
"""So much of a day every camera has to be watched, or marked by somebody who says why not."""


class Lack(StrEnum):
    """What a day may lack; the value is a sentence with places for what is told of it."""

    ENDS = "the footage ends before the day does"
    UNWATCHED = "camera {camera} was watched for {part} of it, and nobody has marked why"
    UNCLOSED = "{number} passages are in no journey yet"
    AT_WORK = "run {run} is not finished and has not come to its end"
    STALE = "its sums are not up to date; run: pipeline db upgrade"


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why a day cannot be published.

    Attributes:
        kind: What is the matter.
        told: Name of a place in its sentence → what stands there.
    """

    kind: Lack
    told: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The sentence."""
        return self.kind.value.format(**self.told)


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """A local day of a site.

    Attributes:
        start: Its midnight, seconds since the epoch.
        end: The next midnight.
        lacking: What it lacks; a day that lacks nothing may be published.
    """

    start: float
    end: float
    lacking: tuple[Lacking, ...]

    @property
    def complete(self) -> bool:
        """Whether it may be published."""
        return not self.lacking


def offered_days(
    database: Database, query: Query, least_coverage: float = LEAST_COVERAGE
) -> tuple[OfferedDay, ...]:
    """Look at every day of a period of one site.

    Args:
        database: Where runs have written.
        query: Its site and period count.
        least_coverage: Part of a day that every camera has to be watched, or marked, 0..1.

    Raises:
        UsageError: The query names a site that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        (site,) = find_sites(connection, query)
        whole = observed_period(connection, site)
        part = asked_part(whole, query, site.zone)
        if whole is None or part is None:
            return ()
        stale = _stale(connection)
        edges = midnights(part.start, part.end, site.zone)
        return tuple(
            OfferedDay(
                to_seconds(start),
                to_seconds(end),
                (*stale, *_lacking(connection, site, Period(start, end), whole, least_coverage)),
            )
            for start, end in pairwise(int(edge) for edge in edges)
        )


def _lacking(
    connection: Connection, site: Site, day: Period, whole: Period, least_coverage: float
) -> Iterator[Lacking]:
    if day.end > whole.end:
        yield Lacking(Lack.ENDS)
    pieces, marks = observed_pieces(connection, site, day), marks_of(connection, site, day)
    for one in site.cameras:
        explained = union([*pieces[one.camera_id], *marks[one.camera_id]], gap=0)
        part = sum(end - start for start, end in explained) / (day.end - day.start)
        if part < least_coverage:
            yield Lacking(Lack.UNWATCHED, {"camera": one.name, "part": f"{part:.1%}"})
    unclosed = _unclosed(connection, site, day)
    if unclosed:
        yield Lacking(Lack.UNCLOSED, {"number": str(unclosed)})
    yield from _at_work(connection, site, day)


def _stale(connection: Connection) -> list[Lacking]:
    """Counts by quarters that do not hold what the passages say: a transaction that did not end well."""
    waiting = select(exists(select(touched_time))), select(exists(select(touched_journeys)))
    if any(connection.execute(one).scalar() for one in waiting):
        return [Lacking(Lack.STALE)]
    return []


def _unclosed(connection: Connection, site: Site, day: Period) -> int:
    query = (
        select(func.count())
        .select_from(sighting)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .outerjoin(journey_stop, journey_stop.c.sighting_id == sighting.c.sighting_id)
        .where(camera.c.site_id == site.site_id, journey_stop.c.sighting_id.is_(None))
        .where(sighting.c.enter_time >= day.start, sighting.c.enter_time < day.end)
    )
    return int(connection.execute(query).scalar_one())


def _at_work(connection: Connection, site: Site, day: Period) -> Iterator[Lacking]:
    """Runs that may still change the day."""
    query = select(run.c.run_id, run.c.watermark).where(
        run.c.site_id == site.site_id, run.c.state == UNFINISHED
    )
    for run_id, watermark in connection.execute(query):
        if watermark is None or watermark < day.end:
            yield Lacking(Lack.AT_WORK, {"run": run_id[:8]})
