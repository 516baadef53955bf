"""What the spot checks that hold in the period say of the counts, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.database.review import CheckedCamera, SpotCheck
from web.exhibits import Cell, Table
from web.pages.judged import band_cell, factor_of, geh_of, share_cells
from web.pages.parts import number_cell
from web.report.content import Block, Grid, Text
from web.report.drawn import some
from web.report.look import Look

GOOD_GEH = 5.0
"""Below it two hourly volumes agree well, as traffic engineers judge."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A camera in a check that holds in the period, or in a part of it."""

    check: SpotCheck
    camera: CheckedCamera


def checked_blocks(look: Look) -> tuple[Block, ...]:
    """Sentences and a table of the checks that hold; nothing where none does."""
    held = list(_held(look))
    if not held:
        return ()
    say = look.view.words
    return (
        Text(tuple(_sentences(look, held))),
        Grid("checks", say("checks_held_title"), _table(look, held), (say("checks_held_note"),)),
    )


def _held(look: Look) -> Iterator[_Held]:
    """The checks by which the passages of the period are corrected, in part or whole."""
    site = look.view.site
    if site is None:
        return
    known = {
        (str(one.number), own.camera): (one, own)
        for one in look.view.answers.checks(site)
        for own in one.cameras
    }
    for name in look.busiest:
        row = look.corrected.get(name)
        for number in row.checks.split("+") if row is not None and row.checks else ():
            yield _Held(*known[number, name])


def _sentences(look: Look, held: list[_Held]) -> Iterator[str]:
    say = look.view.words
    ones = [one.camera for one in held]
    yield say(
        "checked_by_hand",
        hours=say.hours(sum(one.watched_s for one in ones)),
        hand=say.number(sum(one.hand for one in ones)),
        counted=say.number(sum(one.counted for one in ones)),
    )
    bands = [geh_of(one) for one in ones]
    good = sum(one.value < GOOD_GEH for one in bands)
    sure = sum(one.high < GOOD_GEH for one in bands)
    yield say("checks_geh", good=good, all=len(bands), sure=sure, limit=say.number(GOOD_GEH))
    corrected = {name for name, one in look.corrected.items() if one.expected is not None}
    lacking = [name for name in look.busiest if name not in corrected]
    if lacking:
        yield say("checks_lacking", names=some(say, lacking))
    if len(look.view.cameras) > 1:
        yield say("checks_not_journeys")


def _table(look: Look, held: list[_Held]) -> Table:
    say = look.view.words
    keys = ("camera", "check", "by_hand", "counted", "true_of_hundred", "geh", "found", "right")
    return Table(tuple(say(key) for key in keys), tuple(_row(look, one) for one in held))


def _row(look: Look, held: _Held) -> tuple[Cell, ...]:
    say, one = look.view.words, held.camera
    right, found = share_cells(say, one)
    made = say.date(look.view.local(datetime.fromtimestamp(held.check.said.made, UTC)))
    return (
        Cell(one.camera, kind="name"),
        Cell(say("check_made", number=held.check.number, day=made, minutes=say.number(one.watched_s / 60))),
        number_cell(say, one.hand),
        number_cell(say, one.counted),
        band_cell(say, factor_of(one, 100), 0),
        band_cell(say, geh_of(one), 1),
        found,
        right,
    )
