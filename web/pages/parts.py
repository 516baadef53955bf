"""What several pages have in common."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from flows.statistics import Interval
from web.exhibits import Cell, Choice
from web.sums import Count
from web.view import View, whole_days
from web.words import Words

WHOLE = 0.995
"""From this coverage on an interval counts as watched whole."""


def number_cell(words: Words, value: float | None, digits: int = 0) -> Cell:
    """A number; where nobody watched, that."""
    if value is None:
        return Cell(words("not_watched"), kind="number gap")
    return Cell(words.number(value, digits), value, "number")


def percent_cell(words: Words, part: float | None) -> Cell:
    """A part of one; empty where it is not told."""
    return Cell(words.percent(part), part, "number")


def interval_label(view: View, start: datetime, interval: Interval) -> str:
    """How an interval is called along an axis, by the clocks of the site; over several days by these."""
    local = view.local(start)
    if interval is Interval.DAY:
        return view.words.day(local)
    if view.days.length == 1:
        return clock(local)
    return view.words.day(local) if local.hour == 0 and local.minute == 0 else ""


def clock(local: datetime) -> str:
    """The time of a day; with its offset in the hour that comes twice."""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M}{local:%z}" if twice and _repeats(local) else f"{local:%H:%M}"


def _repeats(local: datetime) -> bool:
    """Whether a wall clock shows this time twice, and not never."""
    first, second = (local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first > second


def interval_name(view: View, start: datetime, interval: Interval) -> str:
    """How an interval is called in a table."""
    local = view.local(start)
    if interval is Interval.DAY:
        return view.words.date(local)
    return f"{view.words.date(local)} {clock(local)}"


def interval_choice(view: View, chosen: Interval) -> Choice:
    """The lengths that may be chosen."""
    shortest = view.site.interval if view.site else Interval.QUARTER
    lengths = (Interval.QUARTER, Interval.HOUR, Interval.DAY)
    fitting = [one for one in lengths if one.longest_s >= shortest.longest_s] or [Interval.DAY]
    options = tuple((one.value, view.words(f"interval_{one.value}")) for one in fitting)
    return Choice("interval", view.words("interval"), options, chosen.value)


def camera_choice(view: View, key: str, label: str, chosen: str | None) -> Choice:
    """The cameras of the site."""
    return Choice(key, label, tuple((name, name) for name in view.cameras), chosen)


def period_links(view: View) -> Iterator[tuple[str, str]]:
    """Addresses of other periods that are often looked at."""
    if view.site is None or view.observed is None:
        return
    whole = whole_days(view.site, view.observed)
    for days, key in ((1, "last_day"), (7, "last_week"), (28, "last_four_weeks")):
        if days < whole.length:
            first = whole.end - timedelta(days=days)
            yield view.link(from_=first, to=whole.end), view.words(key)
    yield view.link(from_=whole.first, to=whole.end), view.words("whole_time")


def incomplete(view: View) -> Iterator[str]:
    """What to know of a period before its numbers are used."""
    if view.site is None or view.observed is None:
        yield view.words("no_data")
        return
    whole = whole_days(view.site, view.observed)
    start, end = view.local(view.observed.start), view.local(view.observed.end)
    if view.days.end <= whole.first or view.days.first >= whole.end:
        yield view.words("outside", first=view.words.moment(start), end=view.words.moment(end))
    elif view.days.first < whole.first or view.days.end > whole.end:
        yield view.words("reaches_out", first=view.words.moment(start), end=view.words.moment(end))


def average_coverage(counts: Iterable[Count]) -> float | None:
    """The observed part of the time of several counts; None where there are none."""
    known = list(counts)
    seconds = sum((one.end - one.start).total_seconds() for one in known)
    return sum(one.watched_s for one in known) / seconds if seconds else None


def withheld_notes(view: View) -> tuple[str, ...]:
    """How to read a table from which small cells are left out."""
    if view.site is None or not view.withholds:
        return ()
    return (view.words("withheld_note", least=view.site.min_count),)
