"""Alarms that a database tells by itself, whether or not a program is at work."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flows.database import Database, overdue_embeddings
from flows.statistics import Query, Silence, Standing, silences, standings
from flows.statistics.watch import COMPARABLE
from pipeline.alarms.values import Alarm, AlarmKind

FALSE_ALARMS_A_YEAR = 1.0
"""How many false alarms of silent directions a site may bring its people in a year, over all directions."""
_DAYS_A_YEAR = 365.25
_USUALLY = 0.5
"""A camera that watched less than half of the same time of earlier weeks is off at that time."""


def stored_alarms(
    database: Database, query: Query, now: datetime, until: datetime | None = None
) -> tuple[Alarm, ...]:
    """Decide which alarms hold.

    Args:
        database: Open.
        query: Its site and cameras count.
        now: Wall clock, with its zone.
        until: The present of every site; None for the wall clock where a run is at work, else the end of the
            footage, see `flows.statistics.standings`.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    stand = standings(database, query, now, until)
    found = [alarm for one in stand for alarm in _of_camera(one)]
    found += _of_directions(silences(database, query, until))
    found += [
        Alarm(
            AlarmKind.GALLERY_OVERDUE,
            f"{count} embeddings of run {run_id} are older than they may become; run: pipeline db purge",
        )
        for run_id, count in overdue_embeddings(database, now.timestamp()).items()
    ]
    return tuple(found)


def is_silent(standing: Standing) -> bool:
    """Whether a camera saw nothing of the last interval, at a time at which it usually watches."""
    usual = standing.usual_of_interval
    return standing.of_interval == 0 and (usual is None or usual >= _USUALLY)


def _of_camera(standing: Standing) -> Iterator[Alarm]:
    minutes = standing.interval_s / 60
    if is_silent(standing):
        last = standing.last_watched
        told = "never" if last is None else f"last at {last:%Y-%m-%d %H:%M} UTC"
        yield Alarm(
            AlarmKind.CAMERA_SILENT,
            f"camera {standing.camera}: nothing was watched in the last {minutes:.0f} minutes "
            f"up to {standing.until:%Y-%m-%d %H:%M} UTC ({told}); its numbers are empty",
            standing.site,
            standing.camera,
            since=last,
        )
    elif COMPARABLE * standing.of_day < standing.best_of_day:
        yield Alarm(
            AlarmKind.COVERAGE_LOW,
            f"camera {standing.camera}: {standing.of_day:.0%} of the last 24 hours were watched, of another "
            f"camera {standing.best_of_day:.0%}; below a half of that no shares of routes are published",
            standing.site,
            standing.camera,
            since=standing.until - timedelta(days=1),
        )


def _of_directions(found: Sequence[Silence]) -> Iterator[Alarm]:
    """Silences that chance brings too seldom."""
    for one in found:
        directions = sum(other.site == one.site for other in found)
        allowed = FALSE_ALARMS_A_YEAR / (_DAYS_A_YEAR * directions)
        if one.chance >= allowed:
            continue
        yield Alarm(
            AlarmKind.DIRECTION_SILENT,
            f"camera {one.camera}: nobody in direction {one.direction} since "
            f"{one.since:%Y-%m-%d %H:%M} UTC, in {one.watched_s / 3600:.1f} watched hours that "
            f"brought {one.expected:.0f} in each of {one.weeks} earlier weeks; "
            f"by chance that happens on one day in {1 / one.chance:,.0f}",
            one.site,
            one.camera,
            one.direction,
            one.since,
            one.chance,
        )
