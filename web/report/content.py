"""What a report says, in whatever form it is written: sections of texts, figures and tables."""

from dataclasses import dataclass

from markupsafe import Markup

from web.exhibits import Fact, Table


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs.

    Attributes:
        sentences: A paragraph each.
        listed: They are points of a list.
    """

    sentences: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Warnings:
    """What is to be known before any number is used.

    Attributes:
        sentences: One each.
    """

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbers that are read first.

    Attributes:
        facts: Each with its label.
    """

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture.

    Attributes:
        title: What it shows.
        alt: What somebody reads who cannot see it: what it is, and what stands out.
        picture: SVG, coloured by its style sheet (`web.report.pictures`).
        legend: Class of a swatch → what it stands for.
        notes: Sentences to read it by.
    """

    title: str
    alt: str
    picture: Markup
    legend: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        key: Anchor; no two tables of a report have the same.
        title: What it holds.
        table: Its numbers, without links.
        notes: Sentences to read it by.
    """

    key: str
    title: str
    table: Table
    notes: tuple[str, ...] = ()


Block = Text | Warnings | Facts | Figure | Grid
"""A part of a section."""


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter.

    Attributes:
        key: Anchor.
        title: Its heading.
        blocks: From top to bottom.
        level: 1 for a chapter, 2 for a part of the one before.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes:
        language: Code.
        title: Its name.
        subtitle: Period.
        about: Who made it of what, a line each.
        contents: Heading of the list of chapters.
        page: How a page is numbered, with ``{page}`` and ``{pages}``.
        foot: Stands below every page.
        nothing: What stands for a table without rows.
        sections: In order.
    """

    language: str
    title: str
    subtitle: str
    about: tuple[str, ...]
    contents: str
    page: str
    foot: str
    nothing: str
    sections: tuple[Section, ...]

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Every table."""
        return tuple(block for one in self.sections for block in one.blocks if isinstance(block, Grid))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every picture."""
        return tuple(block for one in self.sections for block in one.blocks if isinstance(block, Figure))
