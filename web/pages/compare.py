"""Two periods beside each other; one that is not complete says so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from flows.statistics import Interval
from tracking.errors import UsageError
from web.charts import Column, draw_bars
from web.exhibits import Cell, Exhibit, Page, Table
from web.pages.parts import WHOLE, average_coverage, incomplete, number_cell, percent_cell
from web.queries import counts_query
from web.sums import Count, counted
from web.view import Days, View, read_day, whole_days

COMPARABLE = 0.9
"""A change is told where both periods were watched at least this part of their time."""

_YEAR = 364
"""Days of a year that begins with the same weekday."""


def compare_page(view: View) -> Page:
    """Tell what stands on the page."""
    say, other = view.words, other_days(view)
    now = _by_camera(view, view.days)
    before = _by_camera(view, other)
    warnings = [*incomplete(view), *_unlike(view, other, now, before)] if view.site else [*incomplete(view)]
    return Page(
        "compare",
        say("compare"),
        say("compare_lead", now=_period(view, view.days), before=_period(view, other)),
        exhibits=[_table(view, other, now, before)] if view.cameras else (),
        links=list(_looks(view)),
        warnings=warnings,
        fields=[
            ("from2", say("other_from"), other.first.isoformat()),
            ("to2", say("other_to"), other.end.isoformat()),
        ],
    )


def other_days(view: View) -> Days:
    """The period to compare with: as asked, else the one before that begins with the same weekday.

    Raises:
        UsageError: It is none.
    """
    first, end = (read_day(view.words, view.asked.get(key)) for key in ("from2", "to2"))
    before = view.days.moved(-7 * -(-view.days.length // 7))
    first = first or (end - timedelta(days=view.days.length) if end else before.first)
    end = end or first + timedelta(days=view.days.length)
    if not first < end:
        raise UsageError(view.words("empty_period", first=first, end=end))
    return Days(first, end)


def _by_camera(view: View, days: Days) -> dict[str, Count]:
    if view.site is None:
        return {}
    return {one.camera: one for one in counted(view.answers.counts(view.query(Interval.TOTAL, days=days)))}


def _period(view: View, days: Days) -> str:
    say = view.words
    last = days.end - timedelta(days=1)
    return say.date(days.first) if last == days.first else f"{say.date(days.first)} – {say.date(last)}"


def _unlike(view: View, other: Days, now: dict[str, Count], before: dict[str, Count]) -> Iterator[str]:
    """What stands in the way of comparing."""
    say = view.words
    for days, counts in ((view.days, now), (other, before)):
        if not is_complete(view, days):
            yield say("period_incomplete", period=_period(view, days))
        else:
            coverage = average_coverage(counts.values())
            if coverage is not None and coverage < COMPARABLE:
                yield say("period_gaps", period=_period(view, days), part=say.percent(coverage))
    if view.days.length != other.length:
        yield say("other_length", now=view.days.length, before=other.length)
    elif _weekdays(view.days) != _weekdays(other):
        yield say("other_weekdays")


def _weekdays(days: Days) -> list[int]:
    return sorted((days.first + timedelta(days=step)).weekday() for step in range(min(days.length, 400)))


def is_complete(view: View, days: Days) -> bool:
    """Whether the site's footage spans a period from its first to its last day."""
    if view.site is None or view.observed is None:
        return False
    whole = whole_days(view.site, view.observed)
    last_day_ends = view.local(view.observed.end)
    reaches = last_day_ends.date() >= days.end or days.end < whole.end
    begins = view.local(view.observed.start)
    starts = days.first > whole.first or (days.first == whole.first and begins.hour == 0 == begins.minute)
    return starts and reaches


def _table(view: View, other: Days, now: dict[str, Count], before: dict[str, Count]) -> Exhibit:
    say = view.words
    names = (_period(view, view.days), _period(view, other))
    head = (
        say("camera"),
        say("cyclists_in", period=names[0]),
        say("coverage"),
        say("cyclists_in", period=names[1]),
        say("coverage"),
        say("an_hour_in", period=names[0]),
        say("an_hour_in", period=names[1]),
        say("change"),
    )
    rows = tuple(_row(view, name, now.get(name), before.get(name)) for name in view.cameras)
    columns = [_column(view, name, (now.get(name), before.get(name))) for name in view.cameras]
    return Exhibit(
        "cameras",
        say("compare_title"),
        Table(head, rows),
        draw_bars(say("compare_title"), columns, say.short, beside=True),
        legend=(("s0", names[0]), ("s1", names[1]), ("gap", say("not_watched"))),
        notes=(say("compare_note", part=say.percent(COMPARABLE)),),
        files=tuple(
            (view.table_link("camera_counts", Interval.TOTAL, **_bounds(days)), say("csv_of", period=name))
            for days, name in zip((view.days, other), names, strict=True)
        ),
        sql="\n\n".join(counts_query(replace(view, days=days)) for days in (view.days, other)),
    )


def _bounds(days: Days) -> dict[str, str]:
    return {"from": days.first.isoformat(), "to": days.end.isoformat()}


def rate(count: Count | None) -> float | None:
    """Cyclists for each hour that was watched; None where none was."""
    if count is None or count.cyclists is None:
        return None
    return count.cyclists / (count.watched_s / 3600)


def change(now: Count | None, before: Count | None) -> float | None:
    """Part by which the number for each watched hour grew; None where the periods cannot be compared."""
    ones = (now, before)
    if any(one is None or one.coverage < COMPARABLE for one in ones):
        return None
    here, there = rate(now), rate(before)
    return None if here is None or not there else here / there - 1


def _row(view: View, name: str, now: Count | None, before: Count | None) -> tuple[Cell, ...]:
    say = view.words
    cells = [Cell(name, kind="name", link=view.link("/camera", camera=name))]
    for one in (now, before):
        cells.append(number_cell(say, one.cyclists if one else None))
        cells.append(percent_cell(say, one.coverage if one else 0.0))
    cells += [number_cell(say, rate(one), 1) for one in (now, before)]
    grown = change(now, before)
    text = "–" if grown is None else f"{'+' if grown >= 0 else '−'}{say.number(abs(100 * grown), 1)}%"
    return (*cells, Cell(text, grown, "number"))


def _column(view: View, name: str, ones: Sequence[Count | None]) -> Column:
    say = view.words
    rates = [rate(one) for one in ones]
    known = any(value is not None for value in rates)
    least = min(one.coverage if one else 0.0 for one in ones)
    note = f"{name}: " + " / ".join(say.number(value, 1) or say("not_watched") for value in rates)
    values = tuple(value or 0.0 for value in rates) if known else ()
    return Column(name, values, 1.0 if least >= WHOLE else least, note)


def _looks(view: View) -> Iterator[tuple[str, str]]:
    """Comparisons that are often asked for."""
    if view.site is None or view.observed is None:
        return
    say, end = view.words, whole_days(view.site, view.observed).end
    week = Days(end - timedelta(days=7), end)
    yield _look(view, week, week.moved(-7)), say("look_week")
    yield _look(view, week, week.moved(-_YEAR)), say("look_week_year")
    year = Days(date(end.year if end > date(end.year, 1, 1) else end.year - 1, 1, 1), end)
    last_year = Days(date(year.first.year - 1, 1, 1), _year_before(end))
    yield _look(view, year, last_year), say("look_year_to_date")
    rolling = Days(_year_before(end), end)
    yield _look(view, rolling, Days(_year_before(rolling.first), rolling.first)), say("look_rolling")


def _year_before(day: date) -> date:
    """The same day a year before; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _look(view: View, now: Days, before: Days) -> str:
    return view.link(from_=now.first, to=now.end, from2=before.first, to2=before.end)
