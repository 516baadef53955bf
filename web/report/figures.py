"""Key figures: passages of each camera, what hand counts make of them, the mean day with its interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from scipy.special import stdtrit

from web.charts import Bar, draw_rows
from web.exhibits import Cell, Fact, Table
from web.pages.parts import average_coverage, number_cell, percent_cell
from web.report.content import Block, Facts, Figure, Grid, Section
from web.report.drawn import extremes, some
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
        blocks.append(_drawn(look, working))
    notes = (say("passages_note"), *_on_expected(look), say("mean_note", fewest=FEWEST_DAYS))
    blocks.append(Grid("cameras", say("cameras_title"), table, notes))
    return Section("key-figures", say("key_figures"), tuple(blocks))


def _on_expected(look: Look) -> Iterator[str]:
    """How the corrected numbers are to be read, and where there are none."""
    say = look.view.words
    if not look.expected:
        yield say("no_expected_note")
        return
    yield say("expected_note")
    if look.unchecked:
        yield say("expected_lacking", names=some(say, look.unchecked))
    yield say("rest_counted")


def between(words: Words, low: float | None, high: float | None) -> str:
    """Write an interval."""
    return "–" if low is None or high is None else f"{words.number(low)} – {words.number(high)}"


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
    passages = ("counted", "expected", "interval_95") if look.expected else ("passages",)
    days = ("working_day", "interval_95", "weekend_day", "interval_95")
    return tuple(say(key) for key in ("camera", *passages, "coverage", *days))


def _row(look: Look, name: str, working: MeanDay | None, weekend: MeanDay | None) -> tuple[Cell, ...]:
    say, count = look.view.words, look.totals.get(name)
    cells = [Cell(name, kind="name"), number_cell(say, count.cyclists if count else None)]
    if look.expected:
        estimate = look.expected.get(name)
        low, high = (estimate.low, estimate.high) if estimate else (None, None)
        cells.append(number_cell(say, estimate.expected) if estimate else Cell("–", kind="number"))
        cells.append(Cell(between(say, low, high), kind="number"))
    cells.append(percent_cell(say, count.coverage if count else 0.0))
    for one in (working, weekend):
        cells.append(Cell("–", kind="number") if one is None else number_cell(say, one.mean))
        cells.append(Cell(between(say, one.low, one.high) if one else "–", kind="number"))
    return tuple(cells)


def _drawn(look: Look, working: dict[str, MeanDay | None]) -> Figure:
    say = look.view.words
    means = [(name, one) for name in _order(look) if (one := working[name]) is not None]
    bars = [Bar(name, one.mean, say.number(one.mean), one.low, one.high) for name, one in means]
    title = say("working_day_title")
    told = extremes(say, ((name, number_cell(say, one.mean)) for name, one in means))
    alt = say("alt_rows", title=title, told=told)
    return Figure(title, alt, draw_rows(title, bars), legend=(("whisker", say("interval_95")),))
