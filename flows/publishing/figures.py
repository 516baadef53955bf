"""The figures of a day, as text that is the same for the same numbers."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flows.database import Database
from flows.statistics import (
    Interval,
    Known,
    Query,
    Site,
    camera_counts,
    corrected_counts,
    od_matrix,
    utc_text,
)
from flows.statistics.intervals import to_moment

_DIGITS = 1
"""Of numbers that are expected, not counted."""

MOST_DAYS = 62
"""Days of one question."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that was published, and what the database says today.

    Attributes:
        what: Which number, such as ``counts A left 2026-05-01 06:00:00``.
        published: As it was published; None where it was not.
        today: As it would be published today; None where it would not.
    """

    what: str
    published: float | None
    today: float | None


def figures_of(database: Database, site: Site, start: float, end: float) -> str:
    """What would be published of a day; see `figures_by_day`.

    Args:
        database: Where runs have written.
        site: The site.
        start: Midnight, seconds since the epoch.
        end: The next midnight.
    """
    return figures_by_day(database, site, [(start, end)])[start]


def figures_by_day(
    database: Database, site: Site, days: Sequence[tuple[float, float]], known: Known | None = None
) -> dict[float, str]:
    """What would be published of days: counts by hour, corrected counts and the O-D matrix of the day.

    Days that follow each other are one question: what may be told of a day does not depend on how many are
    asked for, and deciding it for fourteen costs little more than for one.

    Small cells are withheld as the site has asked; where the site publishes no hours, the counts are those of
    the day.

    Args:
        database: Where runs have written.
        site: The site.
        days: Midnight and the next one, seconds since the epoch, in order of time.
        known: What earlier questions have read of the same state of the database.

    Returns:
        Midnight → JSON with sorted keys, one number a key.
    """
    known = known or Known()
    told: dict[float, dict[str, Any]] = {start: {} for start, _ in days}
    for some in _stretches(days):
        _tell(database, site, some, known, told)
    return {start: json.dumps(one, sort_keys=True, ensure_ascii=False) for start, one in told.items()}


def _stretches(days: Sequence[tuple[float, float]]) -> Iterator[Sequence[tuple[float, float]]]:
    """Days that follow each other, but not more than one question should answer."""
    begin = 0
    for place in range(1, len(days) + 1):
        if place == len(days) or days[place][0] != days[place - 1][1] or place - begin == MOST_DAYS:
            yield days[begin:place]
            begin = place


def _tell(
    database: Database,
    site: Site,
    days: Sequence[tuple[float, float]],
    known: Known,
    told: dict[float, dict[str, Any]],
) -> None:
    """Add the numbers of days that follow each other."""
    starts = [start for start, _ in days]

    def of(moment: datetime) -> dict[str, Any]:
        return told[starts[bisect_right(starts, moment.timestamp()) - 1]]

    begin, until = (to_moment(round(moment * 1e6)) for moment in (days[0][0], days[-1][1]))
    by_day = Query(Interval.DAY, begin, until, site.name, min_count=site.min_count)
    hourly = site.interval.longest_s <= Interval.HOUR.longest_s
    by_hour = replace(by_day, interval=Interval.HOUR if hourly else Interval.DAY)
    for row in camera_counts(database, by_hour, known).rows:
        name = f"counts {row.camera} {row.direction} {utc_text(row.interval_start)}"
        of(row.interval_start)[name] = row.cyclists
    for each in corrected_counts(database, by_day, known, together=True).rows:
        if each.expected is not None:
            name = f"corrected {each.camera} (check {each.checks})"
            of(each.interval_start)[name] = round(each.expected, _DIGITS)
    for cell in od_matrix(database, by_day, known).rows:
        of(cell.interval_start)[f"od {cell.origin}>{cell.destination}"] = cell.cyclists


def differences(published: str, today: str) -> tuple[Difference, ...]:
    """What differs between two texts of `figures_of`, by name."""
    old, new = json.loads(published), json.loads(today)
    return tuple(
        Difference(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )
