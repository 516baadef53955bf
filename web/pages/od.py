"""From where to where: a table, for a picture of it would hide what is withheld."""

from flows.statistics import Interval, OdCount
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.parts import incomplete, period_links, withheld_notes
from web.queries import od_query
from web.sums import counted
from web.view import View

SHADES = 5


def od_page(view: View) -> Page:
    """Tell what stands on the page."""
    say = view.words
    rows = view.answers.od(view.query(Interval.TOTAL)) if view.site else ()
    told = {(row.origin, row.destination): row for row in rows}
    total = sum(row.cyclists or 0 for row in rows)
    facts = [
        Fact(say("journeys_of_pairs"), say.number(total), total),
        Fact(say("pairs_told"), say.number(sum(bool(row.cyclists) for row in rows))),
    ]
    return Page(
        "od",
        say("od"),
        say("od_lead"),
        facts=facts if view.cameras else (),
        exhibits=[_matrix(view, told)] if view.cameras else (),
        links=list(period_links(view)),
        warnings=list(incomplete(view)),
    )


def _matrix(view: View, told: dict[tuple[str, str], OdCount]) -> Exhibit:
    say, names = view.words, view.cameras
    most = max((row.cyclists or 0 for row in told.values()), default=0)
    watched = _watched(view)
    rows = []
    for origin in names:
        cells = [
            _cell(view, told.get((origin, each)), (origin, each), most, {origin, each} <= watched)
            for each in names
        ]
        numbers = [row.cyclists for each in names if (row := told.get((origin, each))) is not None]
        known = [number for number in numbers if number is not None]
        rows.append(
            (Cell(origin, kind="name"), *cells, Cell(say.number(sum(known)), sum(known), "number sum"))
        )
    head = (say("origin_destination"), *names, say("sum_told"))
    legend = (("withheld", say("withheld" if view.withholds else "none")), ("gap", say("not_watched")))
    return Exhibit(
        "matrix",
        say("od_title"),
        Table(head, tuple(rows)),
        legend=legend,
        notes=withheld_notes(view),
        csv=view.table_link("od_matrix", Interval.TOTAL),
        sql=od_query(view),
    )


def _cell(view: View, row: OdCount | None, ends: tuple[str, str], most: int, watched: bool) -> Cell:
    say = view.words
    if row is None or row.cyclists is None:
        if not watched or (row is not None and row.coverage == 0):
            return Cell(say("not_watched"), kind="number gap")
        # Nobody, a few, or many that would give a few away: which, is not told.
        withheld = Cell("·", kind="number withheld", note=say("withheld"))
        return withheld if view.withholds else Cell("0", 0, "number")
    link = view.link("/pair", origin=ends[0], destination=ends[1])
    shade = -(-SHADES * row.cyclists // most) if most else 0
    note = f"{ends[0]} → {ends[1]}; {say('coverage')} {say.percent(row.coverage)}"
    return Cell(say.number(row.cyclists), row.cyclists, f"number shade{shade}", link, note)


def _watched(view: View) -> set[str]:
    """Cameras that were watched at all; a pair of others has no row, and is not zero."""
    counts = counted(view.answers.counts(view.query(Interval.TOTAL)))
    return {one.camera for one in counts if one.coverage > 0}
