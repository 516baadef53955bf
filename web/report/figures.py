"""Key figures: passages of each camera, the mean day with its interval, what labelled time makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from scipy.special import stdtrit

from flows.statistics import Estimate
from web.charts import Bar, draw_rows
from web.exhibits import Cell, Fact, Table
from web.pages.parts import average_coverage, number_cell, percent_cell
from web.report.content import Block, Facts, Figure, Grid, Section
from web.report.drawn import column, extremes
from web.report.look import Look
from web.words import Words

FEWEST_DAYS = 3
"""A mean of fewer days has no interval."""


@dataclass(frozen=True, slots=True)
class MeanDay:
    """The mean of some days.

    Attributes:
        days: So many were watched whole.
        mean: Cyclists a day.
        low: Lower end of the 95 % interval that follows from the differences between the days.
        high: Upper end; both None for few days.
    """

    days: int
    mean: float
    low: float | None
    high: float | None


def mean_day(numbers: Sequence[int]) -> MeanDay | None:
    """Find the mean of days and where it may lie for days like these (Student's t).

    Args:
        numbers: Cyclists of each day; None is given back where there are none.
    """
    if not numbers:
        return None
    mean = fmean(numbers)
    if len(numbers) < FEWEST_DAYS:
        return MeanDay(len(numbers), mean, None, None)
    half = float(stdtrit(len(numbers) - 1, 0.975)) * stdev(numbers) / sqrt(len(numbers))
    return MeanDay(len(numbers), mean, max(mean - half, 0.0), mean + half)


def key_figures(look: Look) -> Section:
    """Tell what stands in the chapter."""
    say = look.view.words
    working, weekend = ({name: _mean(look, name, late) for name in look.view.cameras} for late in (0, 1))
    table = Table(_head(look), tuple(_row(look, name, working[name], weekend[name]) for name in _order(look)))
    blocks: list[Block] = [Facts(tuple(_facts(look)))]
    if any(one is not None and one.mean > 0 for one in working.values()):
        blocks.append(_drawn(look, working, table))
    notes = [say("mean_note", fewest=FEWEST_DAYS)]
    notes.append(say("expected_note" if look.validation else "no_expected_note"))
    blocks.append(Grid("cameras", say("cameras_title"), table, (say("passages_note"), *notes)))
    return Section("key-figures", say("key_figures"), tuple(blocks))


def between(words: Words, low: float | None, high: float | None) -> str:
    """Write an interval."""
    return "–" if low is None or high is None else f"{words.number(low)} – {words.number(high)}"


def expected(look: Look, name: str) -> Estimate | None:
    """Passages to expect at a camera; None where nobody checked it or nobody watched."""
    count = look.totals.get(name)
    if look.validation is None or count is None or count.cyclists is None:
        return None
    return look.validation.expected(name, count.cyclists)


def _mean(look: Look, name: str, weekend: int) -> MeanDay | None:
    days = [one for one in look.whole_days[name] if (look.view.local(one.start).weekday() > 4) == weekend]
    return mean_day([one.cyclists for one in days if one.cyclists is not None])


def _order(look: Look) -> list[str]:
    """The busiest camera first, those that nobody watched last."""
    return [*look.busiest, *(name for name in look.view.cameras if name not in look.busiest)]


def _facts(look: Look) -> list[Fact]:
    say, counts = look.view.words, list(look.totals.values())
    passages = sum(one.cyclists or 0 for one in counts)
    coverage = average_coverage(counts)
    return [
        Fact(say("passages"), say.number(passages), passages),
        Fact(say("cameras"), say.number(len(look.view.cameras)), len(look.view.cameras)),
        Fact(say("coverage"), say.percent(coverage) or "–", coverage),
    ]


def _head(look: Look) -> tuple[str, ...]:
    say = look.view.words
    head = (
        say("camera"),
        say("passages"),
        say("coverage"),
        say("working_day"),
        say("interval_95"),
        say("weekend_day"),
        say("interval_95"),
    )
    return (*head, say("expected"), say("interval_95")) if look.validation else head


def _row(look: Look, name: str, working: MeanDay | None, weekend: MeanDay | None) -> tuple[Cell, ...]:
    say, count = look.view.words, look.totals.get(name)
    cells = [
        Cell(name, kind="name"),
        number_cell(say, count.cyclists if count else None),
        percent_cell(say, count.coverage if count else 0.0),
    ]
    for one in (working, weekend):
        cells.append(Cell("–", kind="number") if one is None else number_cell(say, one.mean))
        cells.append(Cell(between(say, one.low, one.high) if one else "–", kind="number"))
    if look.validation:
        estimate = expected(look, name)
        low, high = (estimate.low, estimate.high) if estimate else (None, None)
        cells.append(number_cell(say, estimate.expected) if estimate else Cell("–", kind="number"))
        cells.append(Cell(between(say, low, high), kind="number"))
    return tuple(cells)


def _drawn(look: Look, working: dict[str, MeanDay | None], table: Table) -> Figure:
    say = look.view.words
    bars = [
        Bar(name, one.mean, say.number(one.mean), one.low, one.high)
        for name in _order(look)
        if (one := working[name]) is not None
    ]
    title = say("working_day_title")
    alt = say("alt_rows", title=title, told=extremes(say, column(table, 3)))
    return Figure(title, alt, draw_rows(title, bars), legend=(("whisker", say("interval_95")),))
