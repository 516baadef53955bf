"""What a reader in a hurry takes along: a few sentences in plain words."""

from collections.abc import Iterator

from flows.statistics import Interval, sum_of
from web.pages.compare import change, is_complete
from web.pages.parts import average_coverage, incomplete
from web.report.content import Block, Section, Text, Warnings
from web.report.drawn import some
from web.report.look import Look
from web.sums import counted


def summary(look: Look) -> Section:
    """Tell what stands at the beginning."""
    warnings = tuple(incomplete(look.view))
    blocks: list[Block] = [Warnings(warnings)] if warnings else []
    if look.busiest:
        blocks.append(Text(tuple(_sentences(look)), listed=True))
    return Section("summary", look.view.words("in_short"), tuple(blocks))


def _sentences(look: Look) -> Iterator[str]:
    yield from _counts(look)
    yield from _routes(look)
    yield from _travel(look)
    yield from _compared(look)
    yield from _accuracy(look)


def _accuracy(look: Look) -> Iterator[str]:
    """What hand counts make of the passages, and that the counts are raw where there are none."""
    say = look.view.words
    if look.validation is not None:
        yield say("short_accuracy")
        return
    if not look.expected:
        yield say("short_no_accuracy")
        return
    whole = sum_of(look.expected.values())
    numbers = {key: say.number(getattr(whole, key)) for key in ("expected", "low", "high")}
    counts = say.number(sum(look.corrected[name].cyclists or 0 for name in look.expected))
    if look.unchecked:
        yield say("short_expected_part", names=some(say, [*look.expected]), counted=counts, **numbers)
        yield say("short_unchecked", names=some(say, look.unchecked))
    else:
        yield say("short_expected", counted=counts, **numbers)


def _counts(look: Look) -> Iterator[str]:
    say, totals = look.view.words, look.totals
    passages = sum(one.cyclists or 0 for one in totals.values())
    number = len(look.view.cameras)
    key = "short_counts_one" if number == 1 else "short_counts"
    part = say.percent(average_coverage(totals.values()))
    yield say(key, passages=say.number(passages), cameras=number, name=look.view.cameras[0], part=part)
    if number > 1:
        name = look.busiest[0]
        yield say("short_busiest", name=name, passages=say.number(totals[name].cyclists))


def _routes(look: Look) -> Iterator[str]:
    say, view = look.view.words, look.view
    routes = [row for row in view.answers.routes(view.query(Interval.TOTAL)) if ">" in row.route]
    if routes:
        most = max(routes, key=lambda row: (row.cyclists, row.route))
        yield say("short_route", route=most.route.replace(">", " → "), journeys=say.number(most.cyclists))
    elif len(view.cameras) > 1:
        yield say("short_no_route")


def _travel(look: Look) -> Iterator[str]:
    say, view = look.view.words, look.view
    rows = view.answers.travel_times(view.query(Interval.TOTAL))
    if rows:
        row = max(rows, key=lambda one: (one.n, one.origin, one.destination))
        times = {key: say.seconds(getattr(row, f"{key}_s")) for key in ("p15", "median", "p85")}
        yield say("short_travel", origin=row.origin, destination=row.destination, **times)


def _compared(look: Look) -> Iterator[str]:
    """The change of the busiest camera, where both periods may be compared."""
    say, view = look.view.words, look.view
    name = look.busiest[0]
    for other in (look.span.before, look.span.year_before):
        if not all(is_complete(view, days) for days in (view.days, other.days)):
            continue
        query = view.query(Interval.TOTAL, (name,), other.days)
        there = next(iter(counted(view.answers.counts(query))), None)
        grown = change(look.totals[name], there)
        if grown is not None:
            key = "short_more" if grown >= 0 else "short_fewer"
            yield say(key, name=name, part=say.percent(abs(grown), 1), period=other.name(say))
