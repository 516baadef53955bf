"""What a page is made of: facts, charts, and under each chart its table, its file and its query."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a table.

    Attributes:
        text: As it is read.
        value: The number itself, for programs; None where there is none.
        kind: Class for the style sheet: ``number``, ``gap``, ``withheld``, ``name``, ``shade3``,
            ``moment``, ``sentence``; ``whole`` is not broken.
        link: Where it leads.
        note: What a pointer shows.
    """

    text: str
    value: float | None = None
    kind: str = ""
    link: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers in rows.

    Attributes:
        head: Names of the columns.
        rows: The first cell of each names it.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A chart with what is under it.

    Attributes:
        key: Anchor on the page.
        title: What it shows.
        table: Its numbers.
        picture: None for a table alone.
        legend: Class of a swatch → what it stands for.
        notes: Sentences to read it by.
        csv: Address of the same numbers as a file.
        files: (address, text) of more files.
        sql: What to ask the database for them.
        nothing: What stands for a table without rows; None for that nothing is told.
    """

    key: str
    title: str
    table: Table
    picture: Markup | None = None
    legend: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    csv: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    sql: str | None = None
    nothing: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that is read first.

    Attributes:
        label: What it is.
        text: As it is read.
        value: The number itself.
    """

    label: str
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the form, beside the period.

    Attributes:
        key: Of the address.
        label: Its name.
        options: (value, text).
        chosen: The value that holds.
    """

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        name: Of its address.
        title: Its heading.
        lead: What it shows, in a sentence.
        facts: Numbers that are read first.
        exhibits: Its charts and tables.
        choices: Filters beside site and period.
        links: (address, text) of other looks at the same.
        warnings: What is to be known before any number is used.
        fields: Dates beside the period: (key, label, value).
        refresh_s: Seconds after which a browser asks for it again; None for never.
    """

    name: str
    title: str
    lead: str
    facts: Sequence[Fact] = ()
    exhibits: Sequence[Exhibit] = ()
    choices: Sequence[Choice] = ()
    links: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()
    fields: Sequence[tuple[str, str, str]] = field(default=())
    refresh_s: int | None = None
