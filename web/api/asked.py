"""What a program asks for, checked before the database is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.statistics import Interval, Query, Site, on_quarters, parse_moment
from tracking.errors import UsageError
from web.answers import Answers

MOST_INTERVALS = 10_000
"""A longer answer must be asked for in parts: the period, not the page, decides what it costs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the sites that it is about."""

    query: Query
    sites: tuple[Site, ...]


def read_question(
    answers: Answers,
    site: str | None,
    start: str | None,
    end: str | None,
    interval: Interval | None,
    cameras: list[str],
) -> Asked:
    """Turn parameters into a question that the server may answer.

    An interval is no shorter than the site publishes. Where small cells are withheld, a period begins and
    ends with a quarter of an hour, so that no two answers can be subtracted.

    Raises:
        UsageError: A parameter is wrong; the sentence says which.
    """
    sites = tuple(one for one in answers.sites() if site is None or one.name == site)
    if site is not None and not sites:
        raise UsageError(f"site: there is no '{site}' here")
    known = {camera.name for one in sites for camera in one.cameras}
    for name in cameras:
        if name not in known:
            raise UsageError(f"camera: there is no '{name}' here")
    lengths = [one.interval for one in sites] or [Interval.QUARTER]
    floor = max(lengths, key=lambda one: one.longest_s)
    length = max(interval or floor, floor, key=lambda one: one.longest_s)
    query = Query(
        interval=length,
        start=_moment(start, "from"),
        end=_moment(end, "to"),
        site=site,
        cameras=tuple(cameras),
    )
    for one in sites:
        _check(query, one, answers)
    return Asked(query, sites)


def _moment(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    if not text.strip():
        # Whoever sends an empty variable would take the whole for a part.
        raise UsageError(f"{name}: is empty; leave it out, or write 2026-05-01")
    moment = parse_moment(text, name)
    if not 1970 < moment.year < 2200:
        raise UsageError(f"{name}: {text} is not between 1971 and 2199")
    return moment


def _check(query: Query, site: Site, answers: Answers) -> None:
    """Refuse what would cost too much, or could give a small cell away."""
    start, end = (
        None if moment is None else moment if moment.tzinfo else moment.replace(tzinfo=site.zone)
        for moment in (query.start, query.end)
    )
    if start is not None and end is not None and start >= end:
        raise UsageError("from: must be earlier than to")
    if site.min_count > 1 and not on_quarters(query, site.zone):
        raise UsageError("from, to: begin and end with a quarter of an hour, such as 08:00 or 08:15")
    observed = answers.observed().get(site.name)
    if observed is None or query.interval is None:
        return
    begin = observed.start if start is None else max(start, observed.start)
    until = observed.end if end is None else min(end, observed.end)
    if (until - begin) / timedelta(seconds=1) / query.interval.longest_s > MOST_INTERVALS:
        raise UsageError(
            f"from, to, interval: more than {MOST_INTERVALS} intervals; "
            "ask for a shorter period or longer intervals"
        )
