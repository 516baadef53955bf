"""Reads the pages of the documentation: their links, headings, quoted names and command lines."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conftest import REPOSITORY

_PLACEHOLDER = "…"
"""What a page writes for "and so on" in a command line."""


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def tokens(self) -> list[Token]:
        """What the page consists of, inline parts unfolded."""
        return [part for block in _blocks(self.path) for part in (block, *(block.children or ()))]

    @property
    def links(self) -> list[str]:
        """Targets of links and pictures that are not on the web."""
        targets = (token.attrGet("href") or token.attrGet("src") for token in self.tokens)
        return [str(t) for t in targets if t and not re.match(r"[a-z]+:", str(t))]

    @property
    def anchors(self) -> set[str]:
        """Names by which a link can reach a heading, as GitHub makes them."""
        heads = [b.content for a, b in pairwise(_blocks(self.path)) if _opens_heading(a)]
        slugs = [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads]
        return {f"{slug}-{n}" if (n := slugs[:at].count(slug)) else slug for at, slug in enumerate(slugs)}

    @property
    def quoted(self) -> list[str]:
        """Text in backticks."""
        return [token.content for token in self.tokens if token.type == "code_inline"]

    @property
    def tables(self) -> list[list[list[str]]]:
        """Tables as rows of cells, the heading first, as they are written."""
        found: list[list[list[str]]] = []
        for token in _blocks(self.path):
            if token.type == "table_open":
                found.append([])
            elif token.type == "tr_open":
                found[-1].append([])
            elif token.type == "inline" and found and token.level > 3:
                found[-1][-1].append(token.content)
        return found

    @property
    def shell_lines(self) -> list[str]:
        """Lines of code blocks that may be commands, those that go on behind a backslash joined."""
        blocks = [t for t in self.tokens if t.type == "fence" and t.info in ("", "sh")]
        return [line.strip() for t in blocks for line in t.content.replace("\\\n", " ").splitlines()]

    def __str__(self) -> str:
        return str(self.path.relative_to(REPOSITORY))


@cache
def _blocks(path: Path) -> list[Token]:
    """A page, read once however many tests ask about it, or about the headings that others link to."""
    return MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))


def _opens_heading(token: Token) -> bool:
    return token.type == "heading_open"


def pages() -> list[Page]:
    """Every page that a reader of the repository may open."""
    found = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
    return [Page(path) for path in sorted(found)]


def packages() -> list[str]:
    """Names of the packages, benchmarks among them."""
    return sorted({path.parent.name for path in REPOSITORY.glob("*/*.py")} - {"tests"})


def sources() -> list[Path]:
    """Every file of code, description or defaults whose comments and messages a reader may meet."""
    folders = [REPOSITORY / name for name in packages()]
    kinds = ("*.py", "*.yaml", "*.json")
    return [
        *REPOSITORY.glob("*.yaml"),
        *(p for folder in folders for kind in kinds for p in folder.rglob(kind)),
    ]


def words_of(line: str) -> list[str]:
    """Words of a command line as a shell sees them, without its comment and placeholders.

    A pipe or redirection ends the command.
    """
    words = shlex.split(line, comments=True)
    end = next((at for at, word in enumerate(words) if word in ("|", ">", "&&", ";")), len(words))
    return [word for word in words[:end] if word != _PLACEHOLDER]


def alternatives(words: list[str]) -> Iterator[list[str]]:
    """Every command that ``stats counts|routes`` stands for."""
    yield from (list(choice) for choice in product(*(word.split("|") for word in words)))
