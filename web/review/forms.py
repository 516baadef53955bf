"""Reading the forms by which people judge."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flows.database.review import REASONS, Mark, Said
from tracking.errors import UsageError
from web.review.desk import Presses
from web.setup.forms import Fields, first
from web.words import Words


def presses_in(fields: Fields, words: Words) -> Presses:
    """The keys of a minute: a JSON list of direction and seconds.

    Raises:
        UsageError: It is something else.
    """
    try:
        return [(str(way), float(seconds)) for way, seconds in json.loads(first(fields, "presses", "[]"))]
    except (ValueError, TypeError) as error:
        raise UsageError(words("unreadable_keys")) from error


def mark_in(fields: Fields, site: str, zone: ZoneInfo, said: Said, words: Words) -> Mark:
    """The time that somebody marks.

    Raises:
        UsageError: A moment is missing, or the reason says nothing.
    """
    reason, note = first(fields, "reason"), first(fields, "note")
    if reason not in REASONS or (reason == "other" and not note):
        raise UsageError(words("reason_needed"))
    start, end = (moment_in(fields, name, zone, words) for name in ("start", "end"))
    return Mark(site, first(fields, "camera"), start, end, reason, note, said)


def moment_in(fields: Fields, name: str, zone: ZoneInfo, words: Words) -> float:
    """A local moment of a form, seconds since the epoch.

    Raises:
        UsageError: It is none.
    """
    text = first(fields, name)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()
    except ValueError as error:
        raise UsageError(words("no_moment", text=text[:40])) from error


def day_in(fields: Fields, name: str, zone: ZoneInfo, words: Words) -> float | None:
    """The beginning of a local day of a form, seconds since the epoch; None where nothing is said.

    Raises:
        UsageError: It is no date.
    """
    text = first(fields, name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(words("no_date", text=text[:40])) from error
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
