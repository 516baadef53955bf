"""Turns the exhibits of pages into figures and tables of a report."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from markupsafe import Markup

from web.exhibits import Cell, Exhibit, Table
from web.report.content import Figure, Grid
from web.words import Words

NAMED = 8
"""So many names stand in a sentence."""


def figure_of(one: Exhibit, alt: str, title: str | None = None) -> Figure:
    """The picture of an exhibit.

    Args:
        one: Has one.
        alt: What somebody reads who cannot see it.
        title: Else that of the exhibit.
    """
    return Figure(title or one.title, alt, one.picture or Markup(""), one.legend, one.notes)


def grid_of(one: Exhibit, key: str | None = None, title: str | None = None) -> Grid:
    """The table of an exhibit.

    Args:
        one: The exhibit; notes of a picture stay with that.
        key: Anchor; else that of the exhibit.
        title: Else that of the exhibit.
    """
    notes = () if one.picture else one.notes
    return Grid(key or one.key, title or one.title, plain(one.table), notes)


def plain(table: Table) -> Table:
    """A table without links, and without what a pointer would show."""
    return Table(
        table.head,
        tuple(tuple(replace(cell, link=None, note=None) for cell in row) for row in table.rows),
    )


def filled(table: Table) -> Table:
    """A table without the columns in which nothing stands."""
    kept = [at for at in range(len(table.head)) if any(row[at].text for row in table.rows)]
    return Table(
        tuple(table.head[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in table.rows)
    )


def some(words: Words, names: Sequence[str]) -> str:
    """Name the first few of a list, and say how many more there are."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return words("and_more", names=", ".join(names[:NAMED]), more=len(names) - NAMED)


def extremes(words: Words, cells: Iterable[tuple[str, Cell]]) -> str:
    """Say where most and least stand; nothing where there are no numbers.

    Args:
        words: Language.
        cells: Each with what it is of.
    """
    known = [(name, cell) for name, cell in cells if cell.value is not None]
    if not known:
        return words("alt_nothing")
    most = max(known, key=lambda one: one[1].value or 0)
    least = min(known, key=lambda one: one[1].value or 0)
    if most[1].value == least[1].value:
        return words("alt_same", number=most[1].text)
    told = {"most": most[0], "most_text": most[1].text, "least": least[0], "least_text": least[1].text}
    return words("alt_extremes", **told)


def column(table: Table, place: int) -> Iterable[tuple[str, Cell]]:
    """The cells of a column, each with the name of its row."""
    return ((row[0].text, row[place]) for row in table.rows)
