"""The network: where the cameras stand, how many passed, and how much of the time was watched."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from flows.statistics import Camera, Interval, RouteCount
from web.charts import Flow, Place, draw_network
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import (
    WHOLE,
    average_coverage,
    incomplete,
    number_cell,
    percent_cell,
    period_links,
    withheld_notes,
)
from web.queries import counts_query, routes_query
from web.sums import Count, counted
from web.view import Days, View

USUAL_WEEKS = 8
"""A usual day is the middle of the same weekday in so many weeks before."""


def network_page(view: View) -> Page:
    """Tell what stands on the page."""
    counts = counted(view.answers.counts(view.query(Interval.TOTAL))) if view.site else []
    routes = view.answers.routes(view.query(Interval.TOTAL)) if view.site else ()
    say = view.words
    exhibits = [_map(view, counts, legs_of(routes)), _flows(view, legs_of(routes))] if view.cameras else []
    return Page(
        "network",
        say("network"),
        say("network_lead"),
        facts=_facts(view, counts, routes),
        exhibits=exhibits,
        links=list(period_links(view)),
        warnings=list(incomplete(view)),
    )


def legs_of(routes: Sequence[RouteCount]) -> Counter[tuple[str, str]]:
    """Journeys from each camera to the next, of the routes that are told."""
    legs: Counter[tuple[str, str]] = Counter()
    for row in routes:
        for leg in pairwise(row.route.split(">")):
            legs[leg] += row.cyclists
    return legs


def _facts(view: View, counts: Sequence[Count], routes: Sequence[RouteCount]) -> list[Fact]:
    say = view.words
    passages = sum(one.cyclists or 0 for one in counts)
    journeys = sum(row.cyclists for row in routes if ">" in row.route)
    coverage = average_coverage(counts)
    return [
        Fact(say("passages"), say.number(passages) if counts else "–", passages if counts else None),
        Fact(say("journeys_told"), say.number(journeys) if counts else "–", journeys if counts else None),
        Fact(say("cameras"), say.number(len(view.cameras)), len(view.cameras)),
        Fact(say("coverage"), say.percent(coverage) or "–", coverage),
    ]


def _map(view: View, counts: Sequence[Count], legs: Counter[tuple[str, str]]) -> Exhibit:
    say = view.words
    known = {one.camera: one for one in counts}
    usual = _usual_days(view)
    places = [_place(view, camera.name, camera.location, known.get(camera.name)) for camera in _cameras(view)]
    flows = [
        Flow(a, b, n, say.number(n), f"{a} → {b}: {say.number(n)} {say('cyclists')}")
        for (a, b), n in legs.items()
    ]
    last = view.days.end - timedelta(days=1)
    head = (
        say("camera"),
        say("cyclists"),
        say("coverage"),
        say("on_day", day=say.day(last)),
        say("usual_day", day=say("weekdays").split()[last.weekday()]),
    )
    rows = tuple(_row(view, name, known.get(name), usual.get(name, (None, None))) for name in view.cameras)
    return Exhibit(
        "map",
        say("map_title"),
        Table(head, rows),
        draw_network(say("map_title"), places, flows),
        legend=tuple((f"cover{step}", say(f"cover{step}")) for step in (4, 3, 2, 1, 0)),
        notes=(say("map_note"), say("usual_note", weeks=USUAL_WEEKS)),
        csv=view.table_link("camera_counts", Interval.TOTAL),
        files=((view.table_link("camera_counts", Interval.TOTAL, "geojson"), say("as_geojson")),),
        sql=counts_query(view),
    )


def _cameras(view: View) -> Sequence[Camera]:
    return view.site.cameras if view.site else ()


def _place(view: View, name: str, location: tuple[float, float] | None, count: Count | None) -> Place:
    say = view.words
    coverage = count.coverage if count else 0.0
    cyclists = count.cyclists if count else None
    text = say("not_watched") if cyclists is None else say.number(cyclists)
    note = f"{name}: {text}; {say('coverage')} {say.percent(coverage)}"
    return Place(name, location, text, coverage, note, view.link("/camera", camera=name))


def _row(
    view: View, name: str, count: Count | None, usual: tuple[int | None, float | None]
) -> tuple[Cell, ...]:
    say = view.words
    return (
        Cell(name, kind="name", link=view.link("/camera", camera=name)),
        number_cell(say, count.cyclists if count else None),
        percent_cell(say, count.coverage if count else 0.0),
        Cell(say.number(usual[0]) or "–", usual[0], "number"),
        Cell(say.number(usual[1]) or "–", usual[1], "number"),
    )


def _usual_days(view: View) -> dict[str, tuple[int | None, float | None]]:
    """The last day of the period, and its weekday as usual, by camera; of days that were watched whole."""
    last = view.days.end - timedelta(days=1)
    days = Days(last - timedelta(weeks=USUAL_WEEKS), view.days.end)
    here: dict[str, int] = {}
    before: dict[str, list[int]] = {}
    for one in counted(view.answers.counts(view.query(Interval.DAY, days=days))):
        day = view.local(one.start).date()
        if one.cyclists is None or one.coverage < WHOLE or day.weekday() != last.weekday():
            continue
        if view.local(one.end - timedelta(seconds=1)).time().hour < 23 or view.local(one.start).hour > 0:
            continue
        if day == last:
            here[one.camera] = one.cyclists
        else:
            before.setdefault(one.camera, []).append(one.cyclists)
    return {name: (here.get(name), median(before[name]) if name in before else None) for name in view.cameras}


def _flows(view: View, legs: Counter[tuple[str, str]]) -> Exhibit:
    say = view.words
    rows = tuple(
        (
            Cell(f"{origin} → {destination}", kind="name", link=_pair(view, origin, destination)),
            number_cell(say, cyclists),
        )
        for (origin, destination), cyclists in legs.most_common()
    )
    return Exhibit(
        "flows",
        say("flows_title"),
        Table((say("from_to"), say("cyclists")), rows),
        notes=(say("flows_note"), *withheld_notes(view)),
        csv=view.table_link("route_counts", Interval.TOTAL),
        files=((view.table_link("route_counts", Interval.TOTAL, "geojson"), say("as_geojson")),),
        sql=routes_query(view),
    )


def _pair(view: View, origin: str, destination: str) -> str:
    return view.link("/pair", origin=origin, destination=destination)
