"""The period beside the one before, and beside the same one a year ago."""

from collections.abc import Iterator
from dataclasses import replace

from web.exhibits import Table
from web.pages.compare import compare_page
from web.report.content import Block, Grid, Section, Text, Warnings
from web.report.drawn import figure_of, plain
from web.report.look import Look, exhibits_of
from web.report.period import Span


def comparison(look: Look) -> Iterator[Section]:
    """Tell what stands in the chapter."""
    say = look.view.words
    yield Section("comparison", say("compare"), (Text((say("comparison_lead"),)),))
    others = (("compared_before", look.span.before), ("compared_year_before", look.span.year_before))
    for key, other in others:
        title = say(key, period=other.name(say))
        yield Section(
            key.replace("_", "-"), title, tuple(_blocks(look, other, key.replace("_", "-"))), level=2
        )


def _blocks(look: Look, other: Span, key: str) -> Iterator[Block]:
    say, observed = look.view.words, look.view.observed
    if observed is None or not look.is_observed(other.days):
        first = "–" if observed is None else say.date(look.view.local(observed.start))
        yield Text((say("nothing_to_compare", period=other.name(say), first=first),))
        return
    bounds = {"from2": other.days.first.isoformat(), "to2": other.days.end.isoformat()}
    page = compare_page(look.asking(**bounds))
    if page.warnings:
        yield Warnings(tuple(page.warnings))
    (cameras,) = exhibits_of(page, "cameras")
    told = "; ".join(f"{row[0].text}: {row[5].text} / {row[6].text}" for row in cameras.table.rows[:25])
    names = (look.span.name(say), other.name(say))
    title = f"{cameras.title}: {names[0]} / {names[1]}"
    legend = (("s0", names[0]), ("s1", names[1]), *cameras.legend[2:])
    yield replace(figure_of(cameras, say("alt_rows", title=title, told=told)), legend=legend)
    yield Grid(key, title, Table(_head(look, names), plain(cameras.table).rows))


def _head(look: Look, names: tuple[str, str]) -> tuple[str, ...]:
    """The head of the page's table, with the periods as the report calls them."""
    say = look.view.words
    each = [part for name in names for part in (say("cyclists_in", period=name), say("coverage"))]
    return (say("camera"), *each, *(say("an_hour_in", period=name) for name in names), say("change"))
