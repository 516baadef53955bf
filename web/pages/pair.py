"""Two cameras: how long cyclists take from one to the other, and on which ways."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from flows.statistics import Interval, RouteCount, TravelTime
from web.charts import Bar, Spread, draw_ranges, draw_rows
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import (
    camera_choice,
    incomplete,
    interval_choice,
    interval_label,
    interval_name,
    number_cell,
    percent_cell,
    period_links,
    withheld_notes,
)
from web.queries import routes_query, travel_query
from web.sums import counted
from web.view import View


def pair_page(view: View) -> Page:
    """Tell what stands on the page."""
    say, interval = view.words, view.interval()
    ends = _ends(view)
    exhibits, facts = [], []
    if ends is not None:
        # Of the whole period first: what it takes to decide that decides on its days as well.
        facts = _facts(view, ends)
        exhibits = [_times(view, ends, interval), _ways(view, ends)]
    names = ends or (None, None)
    return Page(
        "pair",
        f"{names[0]} → {names[1]}" if ends else say("pair"),
        say("pair_lead"),
        facts=facts,
        exhibits=exhibits,
        choices=[
            camera_choice(view, "origin", say("origin"), names[0]),
            camera_choice(view, "destination", say("destination"), names[1]),
            interval_choice(view, interval),
        ],
        links=[*_swap(view, ends), *period_links(view)],
        warnings=list(incomplete(view)),
    )


def _ends(view: View) -> tuple[str, str] | None:
    """The two cameras: as asked, else the pair that is ridden most."""
    if not view.cameras:
        return None
    if not view.asked.get("origin") and not view.asked.get("destination"):
        rows = [row for row in view.answers.od(view.query(Interval.TOTAL)) if row.cyclists]
        if rows:
            busiest = max(rows, key=lambda row: row.cyclists or 0)
            return busiest.origin, busiest.destination
    origin, destination = view.camera("origin"), view.camera("destination", 1)
    return (origin, destination) if origin and destination else None


def _swap(view: View, ends: tuple[str, str] | None) -> list[tuple[str, str]]:
    if ends is None:
        return []
    return [(view.link(origin=ends[1], destination=ends[0]), view.words("swap"))]


def _told(view: View, ends: tuple[str, str], interval: Interval) -> list[TravelTime]:
    rows = view.answers.travel_times(view.query(interval, tuple(dict.fromkeys(ends))))
    return [row for row in rows if (row.origin, row.destination) == ends]


def _facts(view: View, ends: tuple[str, str]) -> list[Fact]:
    say = view.words
    found = _told(view, ends, Interval.TOTAL)
    if not found:
        return [Fact(say("trips_measured"), say("nothing_told"))]
    row = found[0]
    return [
        Fact(say("median"), say.seconds(row.median_s), row.median_s),
        Fact(say("fast"), say.seconds(row.p15_s), row.p15_s),
        Fact(say("slow"), say.seconds(row.p85_s), row.p85_s),
        Fact(say("trips_measured"), say.number(row.n), row.n),
    ]


def _times(view: View, ends: tuple[str, str], interval: Interval) -> Exhibit:
    say = view.words
    told = {row.interval_start: row for row in _told(view, ends, interval)}
    watched: dict[datetime, float] = {}
    for one in counted(view.answers.counts(view.query(interval, tuple(dict.fromkeys(ends))))):
        watched[one.start] = min(watched.get(one.start, 1.0), one.coverage)
    starts = sorted({*told, *watched})
    spreads, rows = [], []
    for start in starts:
        row, coverage = told.get(start), watched.get(start, 0.0)
        name = interval_name(view, start, interval)
        spreads.append(_spread(view, interval_label(view, start, interval), name, row, coverage))
        if row is not None:
            times = [Cell(say.seconds(each), each, "number") for each in (row.p15_s, row.median_s, row.p85_s)]
            cells = (Cell(name, kind="name"), number_cell(say, row.n), *times, percent_cell(say, coverage))
            rows.append(cells)
    head = (say("interval"), say("trips"), say("fast"), say("median"), say("slow"), say("coverage"))
    title = say("times_title")
    return Exhibit(
        "times",
        title,
        Table(head, tuple(rows)),
        # Without any time an axis would show minutes that nobody rode.
        draw_ranges(title, spreads, say.seconds) if told else None,
        legend=(("middle", say("median")), ("band", say("band")), ("gap", say("not_watched"))),
        notes=(say("times_note"), *withheld_notes(view)),
        csv=view.table_link("travel_times", interval, origin=ends[0], destination=ends[1]),
        sql=travel_query(view, *ends),
    )


def _spread(view: View, label: str, name: str, row: TravelTime | None, coverage: float) -> Spread:
    say = view.words
    if row is None:
        said = say("nothing_told") if coverage else say("not_watched")
        return Spread(label, None, 0, 0, coverage > 0, f"{name}: {said}")
    band = f"{say.seconds(row.p15_s)}–{say.seconds(row.p85_s)}"
    note = f"{name}: {say.seconds(row.median_s)} ({band}), {say.number(row.n)} {say('trips')}"
    return Spread(label, row.median_s, row.p15_s, row.p85_s, coverage > 0, note)


def ways_between(routes: Iterable[RouteCount], ends: tuple[str, str]) -> Counter[str]:
    """Journeys that came from one camera to the other, by the way in between."""
    ways: Counter[str] = Counter()
    for row in routes:
        stops = row.route.split(">")
        way = _part(stops, ends)
        if way:
            ways[" → ".join(way)] += row.cyclists
    return ways


def _part(stops: Sequence[str], ends: tuple[str, str]) -> Sequence[str]:
    """The stops from the first time at the origin to the next time at the destination."""
    if ends[0] not in stops:
        return ()
    start = stops.index(ends[0])
    if ends[1] not in stops[start + 1 :]:
        return ()
    return stops[start : stops.index(ends[1], start + 1) + 1]


def _ways(view: View, ends: tuple[str, str]) -> Exhibit:
    say = view.words
    ways = ways_between(view.answers.routes(view.query(Interval.TOTAL)), ends)
    whole = sum(ways.values())
    bars = [Bar(way, number, say.number(number)) for way, number in ways.most_common(12)]
    rows = tuple(
        (Cell(way, kind="name"), number_cell(say, number), percent_cell(say, number / whole))
        for way, number in ways.most_common()
    )
    return Exhibit(
        "ways",
        say("ways_title"),
        Table((say("way"), say("cyclists"), say("share_of_told")), rows),
        draw_rows(say("ways_title"), bars) if bars else None,
        notes=(say("ways_note"), *withheld_notes(view)),
        csv=view.table_link("route_counts", Interval.TOTAL),
        sql=routes_query(view),
    )
