"""One camera: the period, the usual hours, the hours of the week, and the directions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from flows.statistics import CorrectedCameraCount, Interval
from web.charts import Bar, Column, draw_bars, draw_heat, draw_rows
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import (
    WHOLE,
    average_coverage,
    camera_choice,
    incomplete,
    interval_choice,
    interval_label,
    interval_name,
    number_cell,
    percent_cell,
    period_links,
)
from web.queries import counts_query, series_query
from web.sums import Count, counted, directions_of
from web.view import View

HOURS_FROM = 400
"""Days of a period of which hours are still looked at."""


def camera_page(view: View) -> Page:
    """Tell what stands on the page."""
    say, name, interval = view.words, view.camera("camera"), view.interval()
    counts = counted(view.answers.counts(view.query(interval, (name,)))) if name else []
    exhibits = []
    checked = view.site is not None and bool(view.answers.checks(view.site))
    whole = view.query(Interval.TOTAL, (name,) if name else ())
    corrected = view.answers.corrected_together(whole) if name and checked else ()
    if name and counts:
        exhibits = [_series(view, name, counts, interval), _directions(view, name, counts)]
        hours = _hours(view, name, counts, interval)
        if hours:
            exhibits[1:1] = [_typical(view, name, hours), _week(view, name, hours)]
    return Page(
        "camera",
        name or say("camera"),
        say("camera_lead"),
        facts=[*_facts(view, counts, interval), *_expected(view, corrected)],
        exhibits=exhibits,
        choices=[camera_choice(view, "camera", say("camera"), name), interval_choice(view, interval)],
        links=list(period_links(view)),
        warnings=[*incomplete(view), *_how_corrected(view, corrected)],
    )


def _expected(view: View, corrected: Sequence[CorrectedCameraCount]) -> Iterator[Fact]:
    """The passages to expect, where a check tells."""
    say = view.words
    for one in corrected:
        if one.expected is not None:
            yield Fact(
                say("expected_passages", checks=one.checks), say.number(one.expected), round(one.expected, 1)
            )


def _how_corrected(view: View, corrected: Sequence[CorrectedCameraCount]) -> Iterator[str]:
    say = view.words
    for one in corrected:
        if one.expected is not None:
            numbers = (say.number(value) for value in (one.expected, one.low, one.high))
            values = dict(zip(("expected", "low", "high"), numbers, strict=True))
            yield say("corrected_note", checks=one.checks, **values)


def _facts(view: View, counts: Sequence[Count], interval: Interval) -> list[Fact]:
    say = view.words
    watched = [one for one in counts if one.cyclists is not None]
    cyclists = sum(one.cyclists or 0 for one in watched) if watched else None
    coverage = average_coverage(counts)
    busiest = max(watched, key=lambda one: one.cyclists or 0, default=None)
    facts = [
        Fact(say("passages"), say.number(cyclists) or "–", cyclists),
        Fact(say("coverage"), say.percent(coverage) or "–", coverage),
    ]
    if busiest is not None:
        moment = interval_name(view, busiest.start, interval)
        facts.append(Fact(say("busiest", moment=moment), say.number(busiest.cyclists), busiest.cyclists))
    return facts


def _series(view: View, name: str, counts: Sequence[Count], interval: Interval) -> Exhibit:
    say, directions = view.words, directions_of(counts)
    columns = [
        Column(
            interval_label(view, one.start, interval),
            tuple(float(one.directions.get(each, 0)) for each in directions) if one.coverage else (),
            one.coverage,
            _note(view, one, interval),
        )
        for one in counts
    ]
    rows = tuple(
        (
            Cell(interval_name(view, one.start, interval), kind="name"),
            *(number_cell(say, one.directions.get(each, 0) if one.coverage else None) for each in directions),
            number_cell(say, one.cyclists),
            percent_cell(say, one.coverage),
        )
        for one in counts
    )
    head = (say("interval"), *directions, say("cyclists"), say("coverage"))
    return Exhibit(
        "series",
        say(f"series_{interval.value}"),
        Table(head, rows),
        draw_bars(say(f"series_{interval.value}"), columns, say.short),
        legend=(*((f"s{at % 4}", each) for at, each in enumerate(directions)), ("gap", say("not_watched"))),
        notes=(say("series_note"),),
        csv=view.table_link("camera_counts", interval, camera=name),
        sql=series_query(view, name),
    )


def _note(view: View, one: Count, interval: Interval) -> str:
    say = view.words
    said = say("not_watched") if one.cyclists is None else say.number(one.cyclists)
    when = interval_name(view, one.start, interval)
    return f"{when}: {said}; {say('coverage')} {say.percent(one.coverage)}"


@dataclass(frozen=True, slots=True)
class _Hour:
    """An hour that was watched whole, by the clocks of the site."""

    weekday: int
    hour: int
    cyclists: int


def _hours(view: View, name: str, counts: Sequence[Count], interval: Interval) -> list[_Hour]:
    """Hours that were watched whole; none where the site publishes no hours."""
    shortest = view.site.interval if view.site else Interval.HOUR
    if shortest.longest_s > Interval.HOUR.longest_s or view.days.length > HOURS_FROM:
        return []
    if interval is not Interval.HOUR:
        counts = counted(view.answers.counts(view.query(Interval.HOUR, (name,))))
    found = []
    for one in counts:
        whole = (one.end - one.start).total_seconds() == Interval.HOUR.longest_s and one.coverage >= WHOLE
        if whole and one.cyclists is not None:
            local = view.local(one.start)
            found.append(_Hour(local.weekday(), local.hour, one.cyclists))
    return found


def _means(hours: Sequence[_Hour], row_of: Callable[[_Hour], int], rows: int) -> list[list[float | None]]:
    """The mean of each hour of the day in each row; None where no such hour was watched whole."""
    known: dict[tuple[int, int], list[int]] = {}
    for one in hours:
        known.setdefault((row_of(one), one.hour), []).append(one.cyclists)
    return [
        [fmean(known[row, hour]) if (row, hour) in known else None for hour in range(24)]
        for row in range(rows)
    ]


def _typical(view: View, name: str, hours: Sequence[_Hour]) -> Exhibit:
    """The mean of each hour of the day, on working days and at weekends."""
    say = view.words
    means = list(zip(*_means(hours, lambda one: int(one.weekday > 4), 2), strict=True))
    columns = [
        Column(
            f"{hour}:00",
            tuple(value or 0.0 for value in pair) if any(value is not None for value in pair) else (),
            1.0 if any(value is not None for value in pair) else 0.0,
            f"{hour}:00: " + " / ".join(say.number(value, 1) or "–" for value in pair),
        )
        for hour, pair in enumerate(means)
    ]
    rows = tuple(
        (Cell(f"{hour}:00", kind="name"), *(number_cell(say, value, 1) for value in pair))
        for hour, pair in enumerate(means)
    )
    return Exhibit(
        "typical",
        say("typical_title"),
        Table((say("hour"), say("working_days"), say("weekend")), rows),
        draw_bars(say("typical_title"), columns, say.short, beside=True),
        legend=(("s0", say("working_days")), ("s1", say("weekend"))),
        notes=(say("whole_hours_note", hours=say.number(len(hours))),),
        csv=view.table_link("camera_counts", Interval.HOUR, camera=name),
        sql=series_query(view, name),
    )


def _week(view: View, name: str, hours: Sequence[_Hour]) -> Exhibit:
    """The mean of each hour of the week."""
    say = view.words
    weekdays, names = say("weekdays").split(), [str(hour) for hour in range(24)]
    means = _means(hours, lambda one: one.weekday, 7)
    notes = [
        [
            f"{weekdays[day]} {hour}:00: {say.number(value, 1) if value is not None else say('not_watched')}"
            for hour, value in enumerate(row)
        ]
        for day, row in enumerate(means)
    ]
    rows = tuple(
        (Cell(weekdays[day], kind="name"), *(number_cell(say, value, 1) for value in row))
        for day, row in enumerate(means)
    )
    return Exhibit(
        "week",
        say("week_title"),
        Table((say("weekday"), *names), rows),
        draw_heat(say("week_title"), weekdays, names, means, notes),
        legend=(("cell", say("more_is_stronger")), ("gap", say("no_whole_hour"))),
        csv=view.table_link("camera_counts", Interval.HOUR, camera=name),
        sql=series_query(view, name),
    )


def _directions(view: View, name: str, counts: Sequence[Count]) -> Exhibit:
    say = view.words
    sums = {each: sum(one.directions.get(each, 0) for one in counts) for each in directions_of(counts)}
    whole = sum(sums.values())
    bars = [Bar(each, value, say.number(value)) for each, value in sums.items()]
    rows = [
        (
            Cell(each, kind="name"),
            number_cell(say, value),
            percent_cell(say, value / whole if whole else None),
        )
        for each, value in sums.items()
    ]
    apart = [one.uncrossed for one in counts if one.uncrossed is not None]
    if apart:
        rows.append((Cell(say("uncrossed"), kind="name"), number_cell(say, sum(apart)), Cell("")))
    return Exhibit(
        "directions",
        say("directions_title"),
        Table((say("direction"), say("cyclists"), say("share")), tuple(rows)),
        draw_rows(say("directions_title"), bars) if bars else None,
        csv=view.table_link("camera_counts", Interval.TOTAL, camera=name),
        sql=counts_query(view, name),
    )
