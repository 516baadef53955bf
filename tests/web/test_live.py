"""The page of this moment: which cameras watch, and what the alarms say."""

import re
from datetime import UTC, datetime
from pathlib import Path

from flows.database import FlowStore
from flows.statistics import Query
from pipeline.alarms import stored_alarms
from tests.flows.written import MORNING, describe, rides_of, write_run
from tests.web.conftest import Open
from tests.web.reading import rows_of


def stopped(folder: Path) -> Path:
    """Two cameras, of which B stopped two hours before A."""
    path = folder / "stopped.db"
    store = FlowStore.open(str(path))
    watched = {"A": [(MORNING, MORNING + 6 * 3600)], "B": [(MORNING, MORNING + 4 * 3600)]}
    write_run(store, rides_of({"A>B": 9}), watched, describe(cameras="AB"))
    store.close()
    return path


def test_a_camera_that_stopped_is_silent_and_the_other_watches(open_pages: Open, tmp_path: Path) -> None:
    text = open_pages(stopped(tmp_path)).get("/live").text
    rows = {row[0]: row[1:] for row in rows_of(text, "standing")}
    assert rows["A"][0] == "watching"
    assert rows["B"][0] == "silent"
    assert rows["A"][2] == 1.0
    assert rows["B"][2] == 0.0


def test_its_alarms_are_those_of_the_command(open_pages: Open, tmp_path: Path) -> None:
    path = stopped(tmp_path)
    store = FlowStore.open_for_reading(str(path))
    told = [one.sentence for one in stored_alarms(store.database, Query(), datetime.now(UTC))]
    store.close()
    assert len(told) == 1
    assert [row[3] for row in rows_of(open_pages(path).get("/live").text, "alarms")] == told


def test_a_camera_that_never_watched_is_said_so_in_each_language(open_pages: Open, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    store = FlowStore.open(str(path))
    write_run(store, rides_of({"A": 9}), {"A": [(MORNING, MORNING + 3600)]}, describe(cameras="AB"))
    (alarm,) = stored_alarms(store.database, Query(), datetime.now(UTC))
    store.close()
    pages = open_pages(path)
    english, dutch = (rows_of(pages.get(f"/live?lang={one}").text, "alarms")[0][3] for one in ("en", "nl"))
    assert english == alarm.sentence
    assert "(never)" in alarm.sentence
    assert str(dutch).startswith("camera B: in de laatste 15 minuten")
    assert "(nooit)" in str(dutch)


def test_it_renews_itself_where_it_is_asked_to(open_pages: Open, tmp_path: Path) -> None:
    pages = open_pages(stopped(tmp_path))
    plain = pages.get("/live").text
    assert "http-equiv" not in plain
    assert "refresh=minute" in plain
    on_the_wall = pages.get("/live?refresh=minute").text
    assert 'http-equiv="refresh" content="60"' in on_the_wall
    assert "refresh=minute" not in re.findall(r'<ul class="links">.*?</ul>', on_the_wall)[0]
    assert "http-equiv" not in pages.get("/network?refresh=minute").text
