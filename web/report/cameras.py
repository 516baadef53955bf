"""Camera by camera: the period, the usual day, the usual week, the directions."""

from collections.abc import Iterator

from flows.statistics import Interval
from web.exhibits import Cell, Exhibit, Fact, Page, Table
from web.pages.camera import camera_page
from web.report.content import Block, Facts, Grid, Section, Text
from web.report.drawn import column, extremes, figure_of, grid_of, plain
from web.report.look import Look, exhibits_of

SHOWN = 12
"""So many cameras, the busiest, are shown one by one."""

SHORT_DAYS = 3
"""A period of at most so many days is shown by the hour."""


def camera_sections(look: Look) -> Iterator[Section]:
    """Tell what stands in the chapter, and in its part of each camera."""
    say, names = look.view.words, look.busiest[:SHOWN]
    if not names:
        return
    left_out = len(look.busiest) - len(names)
    lead = say("cameras_lead_part", shown=len(names), left_out=left_out) if left_out else say("camera_lead")
    yield Section("by-camera", say("by_camera"), (Text((lead,)),))
    for number, name in enumerate(names):
        yield Section(f"camera-{number}", name, tuple(_blocks(look, name, number)), level=2)


def camera_grids(look: Look) -> Iterator[Grid]:
    """The numbers behind the pictures of the cameras."""
    say = look.view.words
    for number, name in enumerate(look.busiest[:SHOWN]):
        known = {one.key: one for one in exhibits_of(_page(look, name), "series", "typical", "week")}
        yield grid_of(known["series"], f"series-{number}", f"{name}: {known['series'].title}")
        if "week" in known:
            table = _hours(known["typical"], known["week"])
            yield Grid(f"hours-{number}", say("hours_title", name=name), table)


def _page(look: Look, name: str) -> Page:
    interval = Interval.DAY if look.view.days.length > SHORT_DAYS else Interval.HOUR
    return camera_page(look.asking(camera=name, interval=interval.value))


def _blocks(look: Look, name: str, number: int) -> Iterator[Block]:
    say = look.view.words
    page = _page(look, name)
    # Days reach beyond the footage at its ends; the part of the time is that of the key figures.
    coverage = look.totals[name].coverage
    watched = Fact(say("coverage"), say.percent(coverage), coverage)
    yield Facts(
        tuple(watched if one.label == watched.label else one for one in _of_one_source(look, page, name))
    )
    if look.validation is None and (estimate := look.expected.get(name)) is not None:
        numbers = {key: say.number(getattr(estimate, key)) for key in ("expected", "low", "high")}
        yield Text((say("corrected_note", checks=look.corrected[name].checks, **numbers),))
    known = {one.key: one for one in exhibits_of(page, "series", "typical", "week", "directions")}
    series = known["series"]
    told = extremes(say, column(series.table, len(series.table.head) - 2))
    yield figure_of(series, say("alt_series", name=name, title=series.title, told=told))
    if "week" in known:
        typical, week = known["typical"], known["week"]
        days = (say("working_days"), extremes(say, column(typical.table, 1)))
        late = (say("weekend"), extremes(say, column(typical.table, 2)))
        told = " ".join(f"{kind}: {said}" for kind, said in (days, late))
        yield figure_of(typical, say("alt_series", name=name, title=typical.title, told=told))
        yield figure_of(week, say("alt_series", name=name, title=week.title, told=_of_week(look, week)))
    if len(known["directions"].table.rows) > 1:
        yield grid_of(known["directions"], f"directions-{number}", f"{name}: {known['directions'].title}")


def _of_one_source(look: Look, page: Page, name: str) -> Iterator[Fact]:
    """The facts of a page, without the number of a check where the report corrects by labelled time."""
    row = look.corrected.get(name)
    by_check = look.view.words("expected_passages", checks=row.checks) if row is not None else None
    return (one for one in page.facts if look.validation is None or one.label != by_check)


def _of_week(look: Look, week: Exhibit) -> str:
    """Where most and least of the hours of the week stand."""
    cells = (
        (f"{row[0].text} {hour}:00", cell)
        for row in week.table.rows
        for hour, cell in zip(week.table.head[1:], row[1:], strict=True)
    )
    return extremes(look.view.words, cells)


def _hours(typical: Exhibit, week: Exhibit) -> Table:
    """Hours downwards: working days, weekends, and each day of the week."""
    days = tuple(row[0].text for row in week.table.rows)
    rows = tuple(
        (*row, *(_short(day[hour + 1]) for day in week.table.rows))
        for hour, row in enumerate(typical.table.rows)
    )
    return plain(Table((*typical.table.head, *days), rows))


def _short(cell: Cell) -> Cell:
    """A cell of a narrow column: the mark of a gap in the place of its words."""
    return cell if cell.value is not None else Cell("–", kind=cell.kind)
