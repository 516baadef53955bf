"""A page shows no cell that `pipeline stats` withholds, however it is asked."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows.database import FlowStore, Publication
from tests.command_line import pipeline
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.web.conftest import Open
from tests.web.reading import rows_of
from web.answers import Policy

DAY = "from=2019-10-02&to=2019-10-03"
WATCHED = [(MORNING, MORNING + 7200)]


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """Twelve riders took A>B, three A>C, and six were seen at B alone."""
    path = tmp_path / "street.db"
    store = FlowStore.open(str(path))
    rides = rides_of({"A>B": 12, "A>C": 3, "B": 6})
    write_run(store, rides, {"A": WATCHED, "B": WATCHED, "C": WATCHED})
    store.close()
    return path


def shown(pages: TestClient, address: str = f"/routes?{DAY}") -> set[object]:
    return {row[0] for row in rows_of(pages.get(address).text, "list")}


def test_few_riders_are_shown_on_no_page(open_pages: Open, street: Path) -> None:
    pages = open_pages(street)
    assert "A → C" not in shown(pages)
    assert "A → B" in shown(pages)
    matrix = {row[0]: row[1:] for row in rows_of(pages.get(f"/od?{DAY}").text, "matrix")}
    assert matrix["A"] == ["·", 12, "·", 12]
    assert "A → C" not in pages.get(f"/network?{DAY}").text
    assert "nothing is told" in pages.get(f"/pair?origin=A&destination=C&{DAY}").text


@pytest.mark.parametrize("more", ["min_count=1", "min-count=1", "limit=1", "statistics.min_count=1"])
def test_an_address_cannot_ask_for_more(open_pages: Open, street: Path, more: str) -> None:
    pages = open_pages(street)
    for table in ("route_counts", "od_matrix", "travel_times"):
        rows = pages.get(f"/api/v1/{table}?interval=total&{more}").json()
        assert not [row for row in rows if "C" in json.dumps(row)]
    assert "A → C" not in shown(pages, f"/routes?{DAY}&{more}")


def test_the_owner_may_show_all(open_pages: Open, street: Path) -> None:
    pages = open_pages(street, policy=Policy(min_count=1))
    assert {"A → B", "A → C", "B"} == shown(pages)
    matrix = {row[0]: row[1:] for row in rows_of(pages.get(f"/od?{DAY}").text, "matrix")}
    assert matrix["A"] == [0, 12, 3, 15]


def test_the_site_decides_where_nobody_else_does(open_pages: Open, tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "strict.db"))
    publication = Publication(20, "1h", frozenset({"min_count", "interval"}))
    described = describe(publication=publication)
    write_run(store, rides_of({"A>B": 12}), dict.fromkeys("ABC", WATCHED), described)
    store.close()
    pages = open_pages(tmp_path / "strict.db")
    assert shown(pages) == set()
    # No shorter intervals than the site publishes, whoever asks.
    rows = pages.get("/api/v1/camera_counts?interval=15min&camera=A").json()
    assert len(rows) == 2
    assert rows == json.loads(
        pipeline(
            *("stats", "counts", "--database", tmp_path / "strict.db", "--interval", "1h"),
            *("--camera", "A", "--format", "json"),
        ).out
    )
    text = pages.get(f"/camera?camera=A&interval=15min&{DAY}").text
    assert "Quarters" not in text
    assert len(rows_of(text, "series")) == 2


@pytest.mark.parametrize("cut", ["from=2019-10-02T09:10", "to=2019-10-02T09:59:59", "from=2019-10-02T07:10Z"])
def test_a_period_that_could_be_subtracted_is_refused(open_pages: Open, street: Path, cut: str) -> None:
    address = f"/api/v1/route_counts?{cut}"
    answer = open_pages(street).get(address)
    assert answer.status_code == 400
    assert "quarter of an hour" in answer.json()["error"]
    assert open_pages(street, policy=Policy(min_count=1)).get(address).status_code == 200


def test_a_page_follows_the_database(open_pages: Open, url: str) -> None:
    store = FlowStore.open(url)
    watched = dict.fromkeys("ABC", WATCHED)
    write_run(store, rides_of({"A>B": 12}), watched)
    pages = open_pages(url)
    address = "/api/v1/camera_counts?interval=total"
    before = pages.get(address)
    assert pages.get(address).text == before.text
    write_run(store, rides_of({"A>B": 7}, start=MORNING + 3600), watched, describe("second settings"))
    store.close()
    after = pages.get(address).json()
    assert sum(row["cyclists"] for row in after) == sum(row["cyclists"] for row in before.json()) + 14


def test_only_the_named_site_is_there(open_pages: Open, street: Path) -> None:
    store = FlowStore.open(str(street))
    write_run(store, rides_of({"D>E": 9}), dict.fromkeys("DE", WATCHED), describe(cameras="DE", site="other"))
    store.close()
    assert "other" in open_pages(street).get("/api/v1/sites").text
    alone = open_pages(street, policy=Policy(site="street"))
    assert "other" not in alone.get("/api/v1/sites").text
    assert alone.get("/api/v1/camera_counts?site=other").status_code == 400
    assert "other" not in alone.get("/api/v1/camera_counts?interval=total").text
    assert alone.get("/network?site=other").status_code == 400
