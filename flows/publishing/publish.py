"""Publishes days, and says what the database would publish of them today."""

from dataclasses import dataclass

from flows.database import Database
from flows.database.review import Publishing, Said, keep_publishing, read_publishings
from flows.publishing.days import OfferedDay
from flows.publishing.figures import Difference, differences, figures_by_day, figures_of
from flows.statistics import Known, Site
from flows.statistics.intervals import to_moment
from tracking.errors import UsageError


class RefusalError(UsageError):
    """A day that is not published, with the reason."""


@dataclass(frozen=True, slots=True)
class Published:
    """A day that was published.

    Attributes:
        latest: As it was published last.
        times: How often.
        changed: What the database says otherwise today; none where it says the same.
    """

    latest: Publishing
    times: int
    changed: tuple[Difference, ...]


def publish_day(
    database: Database,
    site: Site,
    day: OfferedDay,
    said: Said,
    reason: str | None = None,
) -> Publishing | None:
    """Publish a day: its figures are kept as they are now.

    Args:
        database: Open for writing.
        site: The site.
        day: As it is offered.
        said: Who publishes, when.
        reason: Why other numbers than before are published.

    Returns:
        What was published; None where the same numbers are published already.

    Raises:
        RefusalError: The day is not complete, or other numbers were published and no reason is given.
        DatabaseError: The database fails.
    """
    name = to_moment(round(day.start * 1e6)).astimezone(site.zone).date().isoformat()
    if not day.complete:
        raise RefusalError(f"{name} is not complete: {'; '.join(map(str, day.lacking))}")
    earlier = read_publishings(database, site.name, day.start, day.end)
    figures = figures_of(database, site, day.start, day.end)
    if earlier and earlier[-1].figures == figures:
        return None
    if earlier and not (reason or "").strip():
        number = len(differences(earlier[-1].figures, figures))
        raise RefusalError(
            f"{name} was published with other numbers ({number} differ); look at them with --difference, and "
            "publish them anew with --reason TEXT"
        )
    new = Publishing(
        site.name, day.start, day.end, said, site.min_count, figures, reason if earlier else None
    )
    keep_publishing(database, new)
    return new


def published_days(
    database: Database,
    site: Site,
    start: float | None = None,
    end: float | None = None,
    known: Known | None = None,
) -> tuple[Published, ...]:
    """Every day that was published, with what the database says otherwise today.

    Args:
        database: Open.
        site: The site.
        start: Only days from this moment on, seconds since the epoch.
        end: Only days before this moment.
        known: What earlier questions have read of the same state of the database.
    """
    by_day: dict[float, list[Publishing]] = {}
    for one in read_publishings(database, site.name, start, end):
        by_day.setdefault(one.start, []).append(one)
    today = figures_by_day(database, site, [(own[-1].start, own[-1].end) for own in by_day.values()], known)
    return tuple(
        Published(own[-1], len(own), differences(own[-1].figures, today[start]))
        for start, own in by_day.items()
    )
