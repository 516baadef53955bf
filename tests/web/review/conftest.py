"""A minute and a bit of a street with its footage, what was counted of it, and the desk over both."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from flows.database import FlowStore
from pipeline.datasets.review import ReviewSession
from tests.command_line import street, write_video
from tests.flows.written import Ride, describe, write_run
from web.access import Door
from web.answers import Answers, Policy
from web.application import create_app
from web.review import Desk

EIGHT = 1715673600.0
"""2024-05-14 08:00:00 UTC, when the footage begins."""
SITE = """\
site: street
timezone: UTC
encoder: {name: colour_stripes}
database: flows.db
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
"""
RED = (30, 30, 220)


@dataclass
class Office:
    """Where numbers are judged."""

    folder: Path
    store: FlowStore
    desk: Desk
    app: Callable[..., FastAPI]


@pytest.fixture(scope="session")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with footage, a picture a second for 65 seconds, and what was counted of two riders in it."""
    folder = tmp_path_factory.mktemp("minute")
    write_video(folder / "a.mp4", street(65, ((4, RED), (20, RED))), fps=1)
    (folder / "site.yaml").write_text(SITE, encoding="utf-8")
    store = FlowStore.open(str(folder / "flows.db"))
    rides = [Ride((("A", EIGHT + 6),), "right"), Ride((("A", EIGHT + 32),), "right")]
    rides += [Ride((("A", EIGHT + 3600 + 60 * number),), "left") for number in range(20)]
    description = describe(cameras="A", timezone="UTC")
    write_run(store, rides, {"A": [(EIGHT - 8 * 3600, EIGHT + 16 * 3600)]}, description)
    store.close()
    return folder


@pytest.fixture
def office(tmp_path: Path, minute: Path) -> Iterator[Office]:
    shutil.copytree(minute, tmp_path, dirs_exist_ok=True)
    store = FlowStore.open(str(tmp_path / "flows.db"))
    reading = FlowStore.open_for_reading(str(tmp_path / "flows.db"))
    desk = Desk(reading.database, store.database, "street", tmp_path / "site.yaml")

    def app(door: Door, links: ReviewSession | None = None) -> FastAPI:
        return create_app(Answers(reading.database, Policy()), door, None, desk, links)

    with closing(store), closing(reading):
        yield Office(tmp_path, store, desk, app)


@pytest.fixture
def pages(office: Office) -> TestClient:
    """The desk, as whoever sits at this machine sees it."""
    app = office.app(Door(a_minute=100_000))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
