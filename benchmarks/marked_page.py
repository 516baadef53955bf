"""Renews tables inside a Markdown page; the text around them stays."""

import re
from collections.abc import Mapping
from pathlib import Path


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
