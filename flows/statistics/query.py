"""What may be asked: interval length, period, site, cameras, and the smallest cell to publish."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import inf

from tracking.errors import UsageError

MIN_COUNT = 5
"""Cells of fewer cyclists are withheld where neither the query nor the site says otherwise."""


class Interval(StrEnum):
    """Length of the rows' intervals."""

    QUARTER = "15min"
    HOUR = "1h"
    DAY = "1d"
    TOTAL = "total"

    @property
    def longest_s(self) -> float:
        """Seconds of an interval, where no clock changes; infinite for the whole time."""
        return {"15min": 900.0, "1h": 3600.0, "1d": 86400.0, "total": inf}[self.value]


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the statistics.

    Attributes:
        interval: Length of the rows' intervals; hours and days are those of the site's time zone. None: what
            each site has asked for.
        start: First moment that counts; without zone it is local time of the site. None: from the beginning.
        end: First moment that does not count any more. None: to the end.
        site: Only this site.
        cameras: Only rows that concern one of these cameras; empty for all.
        min_count: Cells of fewer cyclists are withheld (not in counts of a single camera); 1 shows all.
            None: what each site has asked for.
    """

    interval: Interval | None = None
    start: datetime | None = None
    end: datetime | None = None
    site: str | None = None
    cameras: tuple[str, ...] = ()
    min_count: int | None = None


def parse_moment(text: str, option: str) -> datetime:
    """Read a date or a time as people write them.

    Args:
        text: ISO 8601, such as ``2019-10-02``, ``2019-10-02 08:00`` or ``2019-10-02T06:00:00Z``.
        option: Name of the option, for the message.

    Raises:
        UsageError: It is neither.
    """
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{option}: '{text}' is no date or time; write 2019-10-02 or 2019-10-02T08:00 (local time of "
            "the site) or 2019-10-02T06:00Z"
        ) from error
