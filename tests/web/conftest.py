"""A made-up town over the days on which the clocks change, and the application in the test's own process."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the pages need the extra web (pip install 'fietsflow[web]')")

from starlette.testclient import TestClient

from flows.database import FlowStore
from tests.flows.written import MORNING, rides_of, write_run
from web.access import Door
from web.answers import Answers, Policy
from web.application import create_app
from web.sample import Town, write_town

TOWN = Town(first=date(2026, 10, 19), days=8, riders_a_day=150)
"""Its summer time ends on Sunday 25 October."""

Open = Callable[..., TestClient]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the town; only read."""
    path = tmp_path_factory.mktemp("town") / "flows.db"
    write_town(str(path), TOWN)
    return path


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours of three cameras, for what does not depend on numbers; only read."""
    path = tmp_path_factory.mktemp("street") / "flows.db"
    store = FlowStore.open(str(path))
    watched = [(MORNING, MORNING + 7200)]
    write_run(store, rides_of({"A>B": 12, "A>C": 3, "B": 6}), dict.fromkeys("ABC", watched))
    store.close()
    return path


@pytest.fixture
def open_pages() -> Iterator[Open]:
    """Open the pages of a database: its address, the door, the policy."""
    stores: list[FlowStore] = []

    def opened(database: object, door: Door | None = None, policy: Policy | None = None) -> TestClient:
        store = FlowStore.open_for_reading(str(database))
        stores.append(store)
        app = create_app(Answers(store.database, policy or Policy()), door or Door(a_minute=100_000))
        return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def pages(open_pages: Open, town: Path) -> TestClient:
    """The pages of the town, as its owner sees them on the same machine."""
    return open_pages(town)
