"""A link in the documentation leads somewhere."""

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.documentation.pages import Page, pages


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_link_and_anchor_leads_somewhere(page: Page) -> None:
    dead = [link for link in page.links if not _leads_somewhere(page, link)]
    assert dead == [], f"{page} has dead links"


def _leads_somewhere(page: Page, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = (page.path.parent / file).resolve() if file else page.path
    if not target.exists() or not target.is_relative_to(REPOSITORY):
        return False
    return not anchor or (target.suffix == ".md" and anchor in Page(target).anchors)


def test_the_index_reaches_every_page() -> None:
    reached: set[Path] = set()
    waiting = [REPOSITORY / "docs" / "README.md"]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += _pages_behind(Page(path))
    out_of_reach = [str(page) for page in pages() if page.path not in reached]
    assert out_of_reach == [], "no link leads to these pages; docs/README.md is where they begin"


def _pages_behind(page: Page) -> list[Path]:
    """Pages that a page links to; a link to a folder leads to all that it holds."""
    targets = [(page.path.parent / link.partition("#")[0]).resolve() for link in page.links]
    inside = [path for target in targets if target.is_dir() for path in target.glob("*.md")]
    return [*inside, *(target for target in targets if target.suffix == ".md" and target.is_file())]
