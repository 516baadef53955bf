"""The figures of a day, as text that is the same for the same numbers."""

import json
from dataclasses import dataclass, replace
from typing import Any

from flows.database import Database
from flows.statistics import (
    Interval,
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
    """What would be published of a day: counts by hour, corrected counts and the O-D matrix of the day.

    Small cells are withheld as the site has asked; where the site publishes no hours, the counts are those of
    the day.

    Args:
        database: Where runs have written.
        site: The site.
        start: Midnight, seconds since the epoch.
        end: The next midnight.

    Returns:
        JSON with sorted keys, one number a key.
    """
    begin, until = (to_moment(round(moment * 1e6)) for moment in (start, end))
    day = Query(Interval.DAY, begin, until, site.name, min_count=site.min_count)
    hourly = site.interval.longest_s <= Interval.HOUR.longest_s
    by_hour = replace(day, interval=Interval.HOUR if hourly else Interval.DAY)
    told: dict[str, Any] = {}
    for row in camera_counts(database, by_hour).rows:
        told[f"counts {row.camera} {row.direction} {utc_text(row.interval_start)}"] = row.cyclists
    for each in corrected_counts(database, day, together=True).rows:
        if each.expected is not None:
            told[f"corrected {each.camera} (check {each.checks})"] = round(each.expected, _DIGITS)
    for cell in od_matrix(database, day).rows:
        told[f"od {cell.origin}>{cell.destination}"] = cell.cyclists
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def differences(published: str, today: str) -> tuple[Difference, ...]:
    """What differs between two texts of `figures_of`, by name."""
    old, new = json.loads(published), json.loads(today)
    return tuple(
        Difference(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    )
