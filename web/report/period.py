"""The period of a report, and those that it is compared with."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tracking.errors import UsageError
from web.view import LONGEST_DAYS, Days
from web.words import Words

_YEAR = 364
"""Days of a year that begins with the same weekday."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period of whole days.

    Attributes:
        days: Its days.
        month: Whether it is one month of the calendar.
    """

    days: Days
    month: bool

    @property
    def before(self) -> "Span":
        """The month before; of other periods as many days before, beginning with the same weekday."""
        if self.month:
            return month_of(self.days.first - timedelta(days=1))
        return Span(self.days.moved(-7 * -(-self.days.length // 7)), month=False)

    @property
    def year_before(self) -> "Span":
        """The same month of the year before; of other periods the same weekdays a year before."""
        if self.month:
            return month_of(self.days.first.replace(year=self.days.first.year - 1))
        return Span(self.days.moved(-_YEAR), month=False)

    def name(self, words: Words) -> str:
        """How it is called: ``October 2026``, or its first and last day."""
        if self.month:
            month = words("month_names").split()[self.days.first.month - 1]
            return f"{month} {self.days.first.year}"
        last = self.days.end - timedelta(days=1)
        first = words.date(self.days.first)
        return first if last == self.days.first else f"{first} – {words.date(last)}"


def month_of(day: date) -> Span:
    """The month of the calendar that holds a day."""
    first = day.replace(day=1)
    return Span(Days(first, (first + timedelta(days=31)).replace(day=1)), month=True)


def read_span(month: str | None, start: str | None, end: str | None) -> Span:
    """Read the period that a report was asked for.

    Args:
        month: Such as ``2026-05``.
        start: First day.
        end: First day that is not reported any more.

    Raises:
        UsageError: It is none, or both a month and days were given.
    """
    if month is not None:
        if start is not None or end is not None:
            raise UsageError("--month is a whole month; leave out --from and --to, or --month")
        return month_of(_month(month))
    if start is None or end is None:
        raise UsageError("a report is of a period: give --month 2026-05, or both --from and --to")
    days = Days(_day(start, "--from"), _day(end, "--to"))
    if not days.first < days.end:
        raise UsageError(f"--from {start} must be earlier than --to {end}, which is not included")
    if days.length > LONGEST_DAYS:
        raise UsageError(f"--from, --to: a period may have {LONGEST_DAYS} days at most")
    return Span(days, month=month_of(days.first).days == days)


def _month(text: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}", text.strip()):
        try:
            return _checked(date.fromisoformat(f"{text.strip()}-01"))
        except ValueError:
            pass
    raise UsageError(f"--month: '{text}' is no month; write 2026-05")


def _day(text: str, option: str) -> date:
    try:
        return _checked(date.fromisoformat(text.strip()))
    except ValueError:
        raise UsageError(f"{option}: '{text}' is no day; write 2026-05-01") from None


def _checked(day: date) -> date:
    """A day that has a year before and one behind it."""
    if not 1970 < day.year < 2200:
        raise ValueError(day)
    return day
