"""Where cyclists ride: flows on the map, routes, origins and destinations, travel times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flows.statistics import Interval, OdCount, TravelTime
from web.exhibits import Cell, Table
from web.pages.network import network_page
from web.pages.od import od_page
from web.pages.pair import pair_page
from web.pages.parts import number_cell, percent_cell, withheld_notes
from web.pages.routes import routes_page
from web.report.content import Block, Facts, Figure, Grid, Section, Text
from web.report.drawn import column, extremes, figure_of, filled, grid_of
from web.report.look import Look, exhibits_of

LISTED = 25
"""So many routes, flows and pairs are listed, the most ridden first."""

WIDEST_MATRIX = 8
"""Cameras of the largest matrix that fits a page; more become a list."""


def map_section(look: Look) -> Section:
    """The map, and the flows that it shows."""
    say, page = look.view.words, network_page(look.view)
    flow_map, flows = exhibits_of(page, "map", "flows")
    told = _shortened(look, flows.table)
    most = [f"{row[0].text}: {row[1].text}" for row in told.rows[:5]]
    cameras = [f"{row[0].text}: {row[1].text}" for row in flow_map.table.rows[:LISTED]]
    alt = say(
        "alt_map", number=len(look.view.cameras), cameras="; ".join(cameras), flows="; ".join(most) or "–"
    )
    picture = replace(figure_of(flow_map, alt), notes=(say("map_note"),))
    left_out = _left_out(look, flows.table)
    grid = Grid("flows", flows.title, told, (*flows.notes, *left_out))
    return Section("map", say("map_heading"), (picture, grid))


def route_section(look: Look) -> Section:
    """The routes that are told."""
    say, page = look.view.words, routes_page(look.view)
    (listed,) = exhibits_of(page, "list")
    blocks: list[Block] = [Facts(tuple(page.facts))]
    if listed.picture is not None:
        most = "; ".join(f"{row[0].text}: {row[1].text}" for row in listed.table.rows[:5])
        alt = say("alt_rows", title=listed.title, told=say("alt_most", told=most))
        blocks.append(replace(figure_of(listed, alt), notes=()))
    notes = (*listed.notes, *_left_out(look, listed.table))
    blocks.append(Grid("routes", listed.title, filled(_shortened(look, listed.table)), notes))
    return Section("routes", say("routes"), tuple(blocks))


def od_section(look: Look) -> Section:
    """The O-D matrix, or the pairs that are ridden most where it fits no page."""
    say, page = look.view.words, od_page(look.view)
    (matrix,) = exhibits_of(page, "matrix")
    if len(look.view.cameras) <= WIDEST_MATRIX:
        marks = (say("od_marks"),) if look.view.withholds else (say("od_gaps"),)
        grid = replace(grid_of(matrix), notes=(*marks, *matrix.notes))
    else:
        grid = _pairs(look)
    return Section("od", say("od"), (Text((say("od_lead"),)), Facts(tuple(page.facts)), grid))


def _pairs(look: Look) -> Grid:
    say, view = look.view.words, look.view
    rows = [row for row in view.answers.od(view.query(Interval.TOTAL)) if row.cyclists]
    rows.sort(key=lambda row: (-(row.cyclists or 0), row.origin, row.destination))
    cells = tuple(_pair(look, row) for row in rows)
    whole = Table((say("from_to"), say("cyclists"), say("coverage")), cells)
    notes = (*withheld_notes(view), *_left_out(look, whole))
    return Grid("matrix", say("pairs_title"), _shortened(look, whole), notes)


def _pair(look: Look, row: OdCount) -> tuple[Cell, ...]:
    say = look.view.words
    return (
        Cell(f"{row.origin} → {row.destination}", kind="name"),
        number_cell(say, row.cyclists),
        percent_cell(say, row.coverage),
    )


def travel_section(look: Look) -> Section:
    """Travel times of the pairs that are told, and of the one with the most trips over the period."""
    say, view = look.view.words, look.view
    rows = sorted(
        view.answers.travel_times(view.query(Interval.TOTAL)),
        key=lambda row: (-row.n, row.origin, row.destination),
    )
    head = (say("from_to"), say("trips"), say("fast"), say("median"), say("slow"), say("coverage"))
    table = Table(head, tuple(_times(look, row) for row in rows))
    notes = (say("times_note"), *withheld_notes(view), *_left_out(look, table))
    blocks: list[Block] = [Text((say("travel_lead"),))]
    blocks += _course(look, rows)
    blocks.append(Grid("travel-times", say("travel_title"), _shortened(look, table), notes))
    return Section("travel-times", say("travel_heading"), tuple(blocks))


def _times(look: Look, row: TravelTime) -> tuple[Cell, ...]:
    say = look.view.words
    times = (Cell(say.seconds(each), each, "number") for each in (row.p15_s, row.median_s, row.p85_s))
    name = Cell(f"{row.origin} → {row.destination}", kind="name")
    return (name, number_cell(say, row.n), *times, percent_cell(say, row.coverage))


def _course(look: Look, rows: Sequence[TravelTime]) -> Iterator[Figure]:
    """How the travel time of the pair with the most trips went over the period."""
    if not rows:
        return
    say, first = look.view.words, rows[0]
    ends = {"origin": first.origin, "destination": first.destination}
    interval = Interval.DAY if look.view.days.length > 3 else Interval.HOUR
    (times,) = exhibits_of(pair_page(look.asking(interval=interval.value, **ends)), "times")
    if not times.table.rows:
        return
    title = f"{times.title}: {first.origin} → {first.destination}"
    alt = say("alt_rows", title=title, told=extremes(say, column(times.table, 3)))
    yield replace(figure_of(times, alt, title), notes=())


def _shortened(look: Look, table: Table) -> Table:
    return Table(table.head, tuple(_unlinked(table.rows[:LISTED])))


def _unlinked(rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    return (tuple(replace(cell, link=None, note=None) for cell in row) for row in rows)


def _left_out(look: Look, table: Table) -> tuple[str, ...]:
    more = len(table.rows) - LISTED
    return (look.view.words("more_rows", shown=LISTED, more=more),) if more > 0 else ()
