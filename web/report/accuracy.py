"""How much was watched, and how right the numbers are, in plain words."""

from web.exhibits import Cell, Table
from web.pages.parts import average_coverage, number_cell, percent_cell
from web.pages.quality import quality_page
from web.report.checks import GOOD_GEH, checked_blocks
from web.report.content import Block, Grid, Section, Text
from web.report.drawn import extremes, figure_of, grid_of
from web.report.look import Look, exhibits_of
from web.report.validation import CheckedCamera, Validation

DAYS_DRAWN = 400
"""Days of the longest period of which each day is drawn."""


def coverage_section(look: Look) -> Section:
    """What was watched, and why the rest was not."""
    say, page = look.view.words, quality_page(look.view)
    coverage = average_coverage(look.totals.values())
    blocks: list[Block] = [Text((say("coverage_lead", part=say.percent(coverage) or "–"),))]
    for one in exhibits_of(page, "calendar", "reasons"):
        if one.key == "calendar" and one.picture is not None and look.view.days.length <= DAYS_DRAWN:
            cells = (
                (f"{row[0].text}, {name}", cell)
                for row in one.table.rows
                for name, cell in zip(one.table.head[1:], row[1:], strict=True)
            )
            alt = say("alt_rows", title=one.title, told=extremes(say, cells))
            blocks.append(figure_of(one, alt))
        elif one.key == "reasons" and len(one.table.head) > 1:
            blocks.append(grid_of(one))
    return Section("coverage", say("coverage_heading"), tuple(blocks))


def accuracy_section(look: Look) -> Section:
    """How right the numbers are."""
    blocks = (*_labelled(look), *checked_blocks(look))
    return Section("accuracy", look.view.words("accuracy_heading"), blocks or (_unknown(look),))


def _unknown(look: Look) -> Text:
    """That nobody counted in the period, and what follows from it."""
    say, site = look.view.words, look.view.site
    made = site is not None and bool(look.view.answers.checks(site))
    first = say("no_check_holds" if made else "not_validated")
    return Text((first, say("not_validated_means"), say("how_to_validate")))


def _labelled(look: Look) -> tuple[Block, ...]:
    """What a file of labelled time says; nothing where none was given."""
    say, checked = look.view.words, look.validation
    if checked is None:
        return ()
    lead = say(
        "validated",
        hours=say.hours(checked.period_s),
        truth=say.number(sum(one.truth for one in checked.cameras)),
        counted=say.number(sum(one.counted for one in checked.cameras)),
    )
    good = [one for one in checked.cameras if one.geh < GOOD_GEH]
    judged = say("geh_judged", good=len(good), all=len(checked.cameras), limit=say.number(GOOD_GEH))
    grid = Grid("validation", say("validation_title"), _checked(look, checked), (say("validation_note"),))
    return Text((lead, judged)), grid


def _checked(look: Look, checked: Validation) -> Table:
    say = look.view.words
    head = (say("camera"), say("truly"), say("counted"), say("found"), say("right"), say("geh"))
    return Table(head, tuple(_row(look, one) for one in checked.cameras))


def _row(look: Look, one: CheckedCamera) -> tuple[Cell, ...]:
    say = look.view.words
    return (
        Cell(one.camera, kind="name"),
        number_cell(say, one.truth),
        number_cell(say, one.counted),
        percent_cell(say, one.matched / one.truth if one.truth else None),
        percent_cell(say, one.matched / one.counted if one.counted else None),
        number_cell(say, one.geh, 1),
    )
