"""How far the numbers can be trusted: what was watched, and why the rest was not."""

from collections.abc import Sequence
from datetime import date, timedelta

from flows.statistics import Interval, Outage, Unlinked
from web.charts import draw_heat
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.judged import judged_exhibits
from web.pages.parts import average_coverage, incomplete, percent_cell, period_links
from web.queries import coverage_query, outages_query
from web.sums import Count, counted
from web.view import View

LISTED = 300
"""So many outages are listed, the longest; the API has all."""


def quality_page(view: View) -> Page:
    """Tell what stands on the page."""
    say = view.words
    days = counted(view.answers.counts(view.query(Interval.DAY))) if view.site else []
    found = view.answers.outages(view.query(Interval.DAY)) if view.site else ()
    coverage = average_coverage(days)
    facts = [
        Fact(say("coverage"), say.percent(coverage) or "–", coverage),
        Fact(say("outages"), say.number(len(found)), len(found)),
        Fact(say("time_lost"), say.hours(sum(map(_lasted, found)))),
    ]
    exhibits: list[Exhibit] = []
    if days:
        exhibits = [_calendar(view, days), _reasons(view, found), _list(view, found)]
        alone = view.answers.unlinked(view.query(Interval.TOTAL))
        if alone:
            exhibits.append(_unlinked(view, alone))
    exhibits += judged_exhibits(view)
    return Page(
        "quality",
        say("quality"),
        say("quality_lead"),
        facts=facts if view.cameras else (),
        exhibits=exhibits,
        links=list(period_links(view)),
        warnings=list(incomplete(view)),
    )


def _calendar(view: View, days: Sequence[Count]) -> Exhibit:
    say = view.words
    known = {(one.camera, view.local(one.start).date()): one for one in days}
    dates = sorted({day for _, day in known})
    values = [[_coverage(known, name, day) for day in dates] for name in view.cameras]
    names = [say.day(day) for day in dates]
    notes = [
        [f"{name}, {each}: {say.percent(value or 0.0)}" for each, value in zip(names, row, strict=True)]
        for name, row in zip(view.cameras, values, strict=True)
    ]
    rows = tuple(
        (
            Cell(say.date(day), kind="name"),
            *(percent_cell(say, values[at][index] or 0.0) for at in _places(view)),
        )
        for index, day in enumerate(dates)
    )
    return Exhibit(
        "calendar",
        say("calendar_title"),
        Table((say("day"), *view.cameras), rows),
        draw_heat(say("calendar_title"), view.cameras, names, values, notes),
        legend=(("cell", say("more_is_stronger")), ("gap", say("not_watched"))),
        csv=view.table_link("coverage", Interval.DAY),
        sql=coverage_query(view),
    )


def _places(view: View) -> range:
    return range(len(view.cameras))


def _coverage(known: dict[tuple[str, date], Count], name: str, day: date) -> float | None:
    """None where nothing was watched."""
    one = known.get((name, day))
    return one.coverage if one is not None and one.coverage > 0 else None


def _lasted(outage: Outage) -> float:
    return (outage.end - outage.start) / timedelta(seconds=1)


def _reasons(view: View, found: Sequence[Outage]) -> Exhibit:
    say = view.words
    reasons = sorted({one.reason for one in found})
    rows = []
    for name in view.cameras:
        own = [one for one in found if one.camera == name]
        lost = [sum(_lasted(one) for one in own if one.reason == reason) for reason in reasons]
        cells = [Cell(say.hours(seconds) if seconds else "–", seconds, "number") for seconds in lost]
        rows.append((Cell(name, kind="name"), *cells))
    return Exhibit(
        "reasons",
        say("reasons_title"),
        Table((say("camera"), *map(say.reason, reasons)), tuple(rows) if reasons else ()),
        notes=(say("reasons_note"),),
        nothing=say("nothing_lost"),
        csv=view.table_link("outages", Interval.DAY),
        sql=outages_query(view),
    )


def _list(view: View, found: Sequence[Outage]) -> Exhibit:
    say = view.words
    longest = sorted(found, key=_lasted, reverse=True)[:LISTED]
    rows = tuple(
        (
            Cell(one.camera, kind="name"),
            Cell(say.moment(view.local(one.start)), kind="moment"),
            Cell(say.moment(view.local(one.end)), kind="moment"),
            Cell(say.hours(_lasted(one)), _lasted(one), "number"),
            Cell(say.reason(one.reason)),
        )
        for one in sorted(longest, key=lambda one: (one.start, one.camera))
    )
    head = (say("camera"), say("from"), say("until"), say("lasted"), say("reason"))
    left_out = (say("longest_listed", number=LISTED),) if len(found) > LISTED else ()
    return Exhibit(
        "outages",
        say("outages_title"),
        Table(head, rows),
        notes=left_out,
        nothing=say("nothing_lost"),
        csv=view.table_link("outages", Interval.DAY),
        sql=outages_query(view),
    )


def _unlinked(view: View, found: Sequence[Unlinked]) -> Exhibit:
    """Riders whom boxes told of, and who are in no journey over several cameras for a reason of their own."""
    say = view.words
    least = view.site.min_count if view.site else 1
    rows = tuple(
        (
            Cell(one.camera, kind="name", link=view.link("/camera", camera=one.camera)),
            Cell(say.reason(one.reason)),
            Cell(say("fewer_than", least=least), kind="number withheld")
            if one.cyclists is None
            else Cell(say.number(one.cyclists), one.cyclists, "number"),
        )
        for one in found
    )
    head = (say("camera"), say("reason"), say("cyclists"))
    return Exhibit("unlinked", say("unlinked_title"), Table(head, rows), notes=(say("unlinked_note"),))
