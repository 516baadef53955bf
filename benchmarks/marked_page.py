"""Renews tables inside a Markdown page; the text around them stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np


def renew(page: Path, contents: Mapping[str, str]) -> list[str]:
    """Write each content between ``<!-- NAME -->`` and the next ``<!-- end -->``.

    Args:
        page: Markdown file with such places.
        contents: Markdown by name of the place.

    Returns:
        Names that have no place in the page.
    """
    text = page.read_text("utf-8")
    placeless = []
    for name, content in contents.items():
        pattern = re.compile(rf"<!-- {re.escape(name)} -->\n.*?<!-- end -->", re.DOTALL)
        found = pattern.search(text)
        if found is None:
            placeless.append(name)
        else:
            block = f"<!-- {name} -->\n{content}\n<!-- end -->"
            text = text[: found.start()] + block + text[found.end() :]
    page.write_text(text, encoding="utf-8")
    return placeless


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: words in the first column, numbers in the others."""
    rule = ("---", *("---:" for _ in head[1:]))
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def mean_of(values: Sequence[float], digits: int = 3) -> str:
    """Mean and standard deviation of several values; one value as it is."""
    if len(values) < 2:
        return f"{values[0]:.{digits}f}"
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"
