"""Reads a page as a program can: its tables by the name of their section, and its facts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Row = list[str | float]
"""The number of a field where it has one, else its text."""


@dataclass
class Read:
    """What stands on a page."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    facts: dict[str, str | float] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.section, self.text, self.label = "", "", ""
        self.value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.read.tags.append((tag, told))
        if tag == "section":
            self.section = told.get("id") or ""
            self.read.tables[self.section] = []
        elif tag == "tr" and self.section:
            self.read.tables[self.section].append([])
        elif tag in ("td", "th", "dt", "dd", "code"):
            self.text, self.value = "", None
        elif tag == "data":
            self.value = told.get("value")
        elif tag == "a":
            self.read.links.append(told.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        said: str | float = float(self.value) if self.value is not None else self.text.strip()
        if tag == "section":
            self.section = ""
        elif tag in ("td", "th") and self.section:
            self.read.tables[self.section][-1].append(said)
        elif tag == "dt":
            self.label = self.text.strip()
        elif tag == "dd":
            self.read.facts[self.label] = said
        elif tag == "code":
            self.read.code.append(self.text)


def read_page(html: str) -> Read:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.read


def rows_of(html: str, section: str) -> list[Row]:
    """The rows of a section's table, without its head."""
    return read_page(html).tables[section][1:]
