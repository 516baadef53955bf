"""Alarms that a database tells by itself, whether or not a program is at work."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flows.database import Database, overdue_embeddings
from flows.statistics import Known, Query, Silence, Standing, silences, standings
from flows.statistics.watch import COMPARABLE
from pipeline.alarms.values import Alarm, AlarmKind

FALSE_ALARMS_A_YEAR = 1.0
"""How many false alarms of silent directions a site may bring its people in a year, over all directions."""
_DAYS_A_YEAR = 365.25
_USUALLY = 0.5
"""A camera that watched less than half of the same time of earlier weeks is off at that time."""


def stored_alarms(
    database: Database,
    query: Query,
    now: datetime,
    until: datetime | None = None,
    known: Known | None = None,
) -> tuple[Alarm, ...]:
    """Decide which alarms hold.

    Args:
        database: Open.
        query: Its site and cameras count.
        now: Wall clock, with its zone.
        until: The present of every site; None for the wall clock where a run is at work, else the end of the
            footage, see `flows.statistics.standings`.
        known: What earlier questions have read of the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    stand = standings(database, query, now, until)
    found = [alarm for one in stand for alarm in _of_camera(one)]
    found += _of_directions(silences(database, query, until, known))
    found += [
        Alarm(
            AlarmKind.GALLERY_OVERDUE,
            f"{count} embeddings of run {run_id} are older than they may become; run: pipeline db purge",
            told={"count": str(count), "run": run_id},
        )
        for run_id, count in overdue_embeddings(database, now.timestamp()).items()
    ]
    return tuple(found)


def is_silent(standing: Standing) -> bool:
    """Whether a camera saw nothing of the last interval, at a time at which it usually watches."""
    usual = standing.usual_of_interval
    return standing.of_interval == 0 and (usual is None or usual >= _USUALLY)


def _of_camera(standing: Standing) -> Iterator[Alarm]:
    if is_silent(standing):
        yield _camera_silent(standing)
    elif COMPARABLE * standing.of_day < standing.best_of_day:
        told = {
            "camera": standing.camera,
            "part": f"{standing.of_day:.0%}",
            "best": f"{standing.best_of_day:.0%}",
        }
        yield Alarm(
            AlarmKind.COVERAGE_LOW,
            f"camera {standing.camera}: {told['part']} of the last 24 hours were watched, of another camera "
            f"{told['best']}; below a half of that no shares of routes are published",
            standing.site,
            standing.camera,
            since=standing.until - timedelta(days=1),
            told=told,
        )


def _camera_silent(standing: Standing) -> Alarm:
    last = standing.last_watched
    told = {
        "camera": standing.camera,
        "minutes": f"{standing.interval_s / 60:.0f}",
        "until": _minute(standing.until),
    }
    if last is not None:
        told["last"] = _minute(last)
    ago = "never" if last is None else f"last at {_minute(last)} UTC"
    return Alarm(
        AlarmKind.CAMERA_SILENT,
        f"camera {standing.camera}: nothing was watched in the last {told['minutes']} minutes up to "
        f"{told['until']} UTC ({ago}); its numbers are empty",
        standing.site,
        standing.camera,
        since=last,
        told=told,
    )


def _of_directions(found: Sequence[Silence]) -> Iterator[Alarm]:
    """Silences that chance brings too seldom."""
    for one in found:
        directions = sum(other.site == one.site for other in found)
        allowed = FALSE_ALARMS_A_YEAR / (_DAYS_A_YEAR * directions)
        if one.chance < allowed:
            yield _direction_silent(one)


def _direction_silent(one: Silence) -> Alarm:
    told = {
        "camera": one.camera,
        "direction": one.direction,
        "since": _minute(one.since),
        "hours": f"{one.watched_s / 3600:.1f}",
        "expected": f"{one.expected:.0f}",
        "weeks": str(one.weeks),
        "days": f"{1 / one.chance:,.0f}",
    }
    return Alarm(
        AlarmKind.DIRECTION_SILENT,
        f"camera {one.camera}: nobody in direction {one.direction} since {told['since']} UTC, in "
        f"{told['hours']} watched hours that brought {told['expected']} in each of {one.weeks} earlier "
        f"weeks; by chance that happens on one day in {told['days']}",
        one.site,
        one.camera,
        one.direction,
        one.since,
        one.chance,
        told,
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
