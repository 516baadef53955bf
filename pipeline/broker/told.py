"""What a broker is told: counts of single cameras in whole intervals, and nothing else."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote

from flows.database import Database
from flows.statistics import CameraCount, Interval, Query, Site, camera_counts, read_sites
from flows.statistics.whole import whole_until
from tracking.errors import UsageError

FORMAT = 1
_ORDER = (Interval.QUARTER, Interval.HOUR, Interval.DAY)


@dataclass(frozen=True, slots=True)
class Message:
    """One count.

    Attributes:
        topic: Where it goes.
        payload: JSON.
        end: Of the interval, UTC.
    """

    topic: str
    payload: str
    end: datetime


class Counts:
    """Says what a broker has not heard yet.

    Args:
        database: Open; only read.
        site: The site; None for the only one.
        prefix: Beginning of all topics.
        interval: Length of the intervals; None: as the site publishes.

    Attributes:
        status: Topic that says whether somebody publishes.

    Raises:
        UsageError: The site is not there or not the only one, publishes no such intervals, or the prefix
            cannot begin a topic.
        DatabaseError: The database could not be read.
    """

    def __init__(
        self,
        database: Database,
        site: str | None = None,
        prefix: str = "fietsflow",
        interval: str | None = None,
    ) -> None:
        self._database = database
        self._site = _only(database, site)
        self._interval = _allowed(self._site, interval)
        if not prefix.strip("/") or any(one in prefix for one in "+#\0") or prefix.startswith("$"):
            raise UsageError(f"--topic: '{prefix}' cannot begin a topic; give one without + # $")
        self._prefix = f"{prefix.strip('/')}/{_level(self._site.name)}"
        self._told: dict[str, Message] = {}

    @property
    def status(self) -> str:
        """Topic that says whether somebody publishes."""
        return f"{self._prefix}/status"

    def fresh(self) -> list[Message]:
        """What is to be said now, in order of time: intervals that became whole, or whose numbers changed.

        Of each camera and direction that is the newest interval alone at first, and every newer one then, as
        far back as two days.
        """
        whole = whole_until(self._database, self._site)
        if whole is None:
            return []
        rows = [row for row in self._rows(whole.until) if whole.holds(row.interval_end)]
        found = sorted((self._message(row) for row in rows), key=lambda one: (one.end, one.topic))
        newest = {one.topic: one for one in found}
        return [one for one in found if self._is_news(one, newest[one.topic])]

    def done(self, message: Message) -> None:
        """A broker has it."""
        self._told[message.topic] = message

    def say_again(self) -> None:
        """A broker may have lost what it held: the newest of each topic is news again."""
        self._told = {topic: replace(one, payload="") for topic, one in self._told.items()}

    def _is_news(self, one: Message, newest: Message) -> bool:
        before = self._told.get(one.topic)
        if before is None or one.end <= before.end:
            return one is newest and (before is None or before.payload != one.payload)
        return True

    def _rows(self, until: datetime) -> tuple[CameraCount, ...]:
        """Rows of the last days; midnight begins an interval of every length."""
        day = datetime.combine(until.astimezone(self._site.zone).date(), time.min)
        asked = Query(self._interval, day - timedelta(days=2), None, self._site.name)
        return camera_counts(self._database, asked).rows

    def _message(self, row: CameraCount) -> Message:
        told = {
            "format": FORMAT,
            "site": row.site,
            "camera": row.camera,
            "direction": row.direction,
            "interval_start": _text(row.interval_start),
            "interval_end": _text(row.interval_end),
            "cyclists": row.cyclists,
            "coverage": round(row.coverage, 4),
        }
        topic = f"{self._prefix}/counts/{_level(row.camera)}/{_level(row.direction)}"
        return Message(topic, json.dumps(told, ensure_ascii=False), row.interval_end)


def _only(database: Database, name: str | None) -> Site:
    sites = read_sites(database, Query(site=name))
    if len(sites) != 1:
        raise UsageError(f"database {database.name} holds {len(sites)} sites; name one with --site")
    return sites[0]


def _allowed(site: Site, interval: str | None) -> Interval:
    """The length of intervals, never shorter than the site publishes."""
    if site.interval not in _ORDER:
        raise UsageError(f"site {site.name} publishes no intervals (publication.interval: {site.interval})")
    if interval is None:
        return site.interval
    names = [one.value for one in _ORDER]
    if interval not in names:
        raise UsageError(f"--interval: '{interval}' is not known; give {', '.join(names)}")
    wanted = Interval(interval)
    if _ORDER.index(wanted) < _ORDER.index(site.interval):
        raise UsageError(
            f"--interval: site {site.name} publishes intervals of {site.interval} or longer "
            f"(publication.interval), not of {interval}"
        )
    return wanted


def _level(name: str) -> str:
    """A name as one level of a topic: / + # would be more than one, or a wish for many."""
    return quote(name, safe=" ()&,;=@!'*~:|")


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
