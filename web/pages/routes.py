"""The routes that are told, the most ridden first, with the number to expect where labelled time told it."""

from collections.abc import Mapping, Sequence

from flows.statistics import CorrectedRouteCount, Interval, RouteCount
from web.charts import Bar, draw_rows
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import incomplete, number_cell, percent_cell, period_links, withheld_notes
from web.queries import routes_query
from web.view import View

DRAWN = 25
"""So many routes are drawn; the table has all."""


def routes_page(view: View) -> Page:
    """Tell what stands on the page."""
    say = view.words
    query = view.query(Interval.TOTAL)
    rows = sorted(view.answers.routes(query) if view.site else (), key=lambda row: (-row.cyclists, row.route))
    corrected = {row.route: row for row in view.answers.corrected(query)} if view.site else {}
    over_several = sum(row.cyclists for row in rows if ">" in row.route)
    facts = [
        Fact(say("journeys_told"), say.number(over_several), over_several),
        Fact(say("routes_told"), say.number(len(rows)), len(rows)),
    ]
    return Page(
        "routes",
        say("routes"),
        say("routes_lead"),
        facts=facts if view.cameras else (),
        exhibits=[_list(view, rows, corrected)] if view.cameras else (),
        links=list(period_links(view)),
        warnings=list(incomplete(view)),
    )


def _list(view: View, rows: Sequence[RouteCount], corrected: Mapping[str, CorrectedRouteCount]) -> Exhibit:
    say = view.words
    bars = [_bar(view, row, corrected.get(row.route)) for row in rows[:DRAWN]]
    head: tuple[str, ...] = (say("route"), say("cyclists"), say("share"), say("coverage"))
    if corrected:
        head += (say("expected"), say("interval_95"))
    return Exhibit(
        "list",
        say("routes_title"),
        Table(head, tuple(_row(view, row, corrected) for row in rows)),
        draw_rows(say("routes_title"), bars) if bars else None,
        legend=(("whisker", say("interval_95")),) if corrected else (),
        notes=(say("routes_note"), *withheld_notes(view)),
        csv=view.table_link("route_counts", Interval.TOTAL),
        sql=routes_query(view),
    )


def _bar(view: View, row: RouteCount, one: CorrectedRouteCount | None) -> Bar:
    text = view.words.number(row.cyclists)
    low, high = (one.low, one.high) if one else (None, None)
    return Bar(_arrows(row.route), row.cyclists, text, low, high)


def _row(view: View, row: RouteCount, corrected: Mapping[str, CorrectedRouteCount]) -> tuple[Cell, ...]:
    say = view.words
    cells = (
        Cell(_arrows(row.route), kind="name"),
        number_cell(say, row.cyclists),
        percent_cell(say, row.share),
        percent_cell(say, row.coverage),
    )
    if not corrected:
        return cells
    one = corrected.get(row.route)
    if one is None:
        return (*cells, Cell(""), Cell(""))
    between = f"{say.number(one.low)} – {say.number(one.high)}"
    return (*cells, number_cell(say, one.expected), Cell(between, kind="number"))


def _arrows(route: str) -> str:
    return route.replace(">", " → ")
