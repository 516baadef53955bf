"""What axe-core says of the pages: nothing serious, in either shade."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore
from tests.browser import NEEDS_CHROMIUM, browser, serious_faults
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


def test_axe_finds_nothing_serious(browser: Any, server: str) -> None:
    page = browser.new_page()
    serious = []
    for name in (*PAGES, "api", "nowhere"):
        page.goto(f"{server}/{name}?{WEEK}")
        serious += [(name, *one) for one in serious_faults(page)]
    page.close()
    assert not serious, serious
