"""What axe-core says of the pages: nothing serious, in either shade."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from tests.browser import NEEDS_CHROMIUM, browser
from tests.web.test_browser import WEEK, listen
from web.access import Door
from web.answers import Answers, Policy
from web.pages import PAGES

__all__ = ["browser"]

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def server(town: Path) -> Iterator[str]:
    store = FlowStore.open_for_reading(str(town))
    yield from listen(Answers(store.database, Policy()), Door(a_minute=100_000))
    store.close()


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, server: str, shade: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page()
    page.emulate_media(color_scheme=shade)
    serious = []
    for name in (*PAGES, "api", "nowhere"):
        page.goto(f"{server}/{name}?{WEEK}")
        found = axe.run(page).response["violations"]
        serious += [
            (name, one["id"], one["nodes"][0]["html"][:120], len(one["nodes"]))
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
    page.close()
    assert not serious, serious
