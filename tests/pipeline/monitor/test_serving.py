"""A run serves what it is: metrics as the documentation lists them, health and readiness that turn."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flows.database import FlowStore
from pipeline.configuration import load_configuration
from pipeline.monitor import probe, served
from pipeline.monitor.serving import parse_address
from pipeline.runner import run_site
from pipeline.telemetry import StageClock, pulse
from tests.command_line import pipeline, street, write_video
from tests.conftest import REPOSITORY
from tests.documentation.pages import Page
from tests.pipeline.telemetry.test_board import LiveEye
from tests.pipeline.test_run import GREEN, RED, SITE
from tracking.errors import UsageError

PAGE = REPOSITORY / "docs" / "operations.md"
NOBODY = "127.0.0.1:0"


@dataclass(frozen=True)
class Served:
    """A finished run that still serves, and its database."""

    url: str
    clock: StageClock
    database: Path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    write_video(folder / "a.mp4", street(110, ((20, RED), (40, GREEN))))
    write_video(folder / "b.mp4", street(110, ((10, RED), (50, GREEN))))
    (folder / "site.yaml").write_text(SITE)
    database = folder / "flows.db"
    clock, configuration = StageClock(), load_configuration(folder / "site.yaml", {"database": str(database)})
    with served(NOBODY, clock, str(database)) as url:
        assert url is not None
        run_site(configuration, clock=clock)
        yield Served(url, clock, database)


def get(url: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def samples(url: str) -> dict[tuple[str, str], float]:
    """Name and camera (or stage, or role) → value."""
    found = {}
    for family in text_string_to_metric_families(get(url, "/metrics")[1]):
        for sample in family.samples:
            if "le" not in sample.labels:
                of = [sample.labels[name] for name in ("camera", "stage", "role") if name in sample.labels]
                found[sample.name, "".join(of)] = sample.value
    return found


def test_a_run_tells_its_cameras_and_results(finished: Served) -> None:
    told = samples(finished.url)
    store = FlowStore.open_for_reading(str(finished.database))
    with store.database.transaction() as connection:
        stored = dict(
            connection.exec_driver_sql(
                "SELECT name, COUNT(*) FROM sighting JOIN camera USING (camera_id) GROUP BY name"
            ).all()
        )
        links = connection.exec_driver_sql("SELECT COUNT(*) FROM match").scalar_one()
    store.close()
    assert {camera: told["fietsflow_camera_sightings_total", camera] for camera in "AB"} == stored
    assert sum(stored.values()) > 0
    assert told["fietsflow_links_total", ""] == links > 0
    assert told["fietsflow_camera_frames_total", "A"] == 110
    assert 0 < told["fietsflow_camera_looks_total", "A"] <= 110
    assert told["fietsflow_camera_observed_seconds_total", "A"] == pytest.approx(11.0, abs=0.2)
    assert told["fietsflow_camera_coverage_ratio", "A"] == pytest.approx(1.0, abs=0.01)
    assert told["fietsflow_camera_open_tracklets", "A"] == 0
    assert told["fietsflow_database_up", ""] == 1
    assert told["fietsflow_gallery_embeddings", ""] == 0
    assert told["fietsflow_database_transaction_seconds_count", ""] > 3
    assert told["fietsflow_loop_beat_limit_seconds", ""] < pulse.START_S, "the loop did not go round"
    assert told["fietsflow_model_info", "encoder"] == 1


def test_the_documentation_lists_what_is_served_and_nothing_else(finished: Served) -> None:
    finished.clock.board.see(LiveEye("L"))
    families = text_string_to_metric_families(get(finished.url, "/metrics")[1])
    kinds = {family.name + ("_total" if family.type == "counter" else ""): family.type for family in families}
    told = {
        row[0].strip("`"): row[1]
        for table in Page(PAGE).tables
        if table[0][0] == "metric"
        for row in table[1:]
    }
    assert told == kinds


def test_a_live_camera_tells_lag_drops_and_reconnects(finished: Served) -> None:
    finished.clock.board.see(LiveEye("L"))
    told = samples(finished.url)
    names = ("connected", "dropped_frames_total", "lag_seconds", "reconnects_total")
    assert [told[f"fietsflow_camera_{name}", "L"] for name in names] == [1.0, 2.0, 0.25, 3.0]


def test_alarms_are_served(finished: Served) -> None:
    finished.clock.board.see(replace(LiveEye("L"), lag_s=5.0))
    [alarm] = [
        sample.labels
        for family in text_string_to_metric_families(get(finished.url, "/metrics")[1])
        for sample in family.samples
        if sample.name == "fietsflow_alarm"
    ]
    assert alarm == {"alarm": "lag", "site": "", "camera": "L", "direction": ""}


def test_health_turns_when_the_loop_stops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pulse, "SHORTEST_LIMIT_S", 0.3)
    clock, stop = StageClock(), threading.Event()

    def loop() -> None:
        while not stop.wait(0.01):
            clock.board.beat()

    thread = threading.Thread(target=loop)
    with served(NOBODY, clock, str(tmp_path / "flows.db")) as url:
        assert url is not None
        thread.start()
        time.sleep(0.1)
        status, body = get(url, "/healthz")
        assert (status, json.loads(body)["status"]) == (200, "works")
        stop.set()
        thread.join()
        time.sleep(0.5)
        status, body = get(url, "/healthz")
        assert (status, json.loads(body)["status"]) == (503, "stuck")


def test_readiness_turns_with_cameras_and_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ASK_EVERY_S", 0.0)
    database, clock = tmp_path / "flows.db", StageClock()
    FlowStore.open(str(database)).close()
    with served(NOBODY, clock, str(database)) as url:
        assert url is not None
        status, body = get(url, "/readyz")
        assert (status, json.loads(body)["cameras"]) == (503, {"seen": [], "not_seen": {}})
        clock.board.see(LiveEye("A"))
        clock.board.see(replace(LiveEye("B"), connected=False, reason="does not answer"))
        status, body = get(url, "/readyz")
        assert (status, json.loads(body)["cameras"]["not_seen"]) == (200, {"B": "does not answer"})
        database.unlink()
        status, body = get(url, "/readyz")
        assert status == 503
        assert "does not exist" in json.loads(body)["database"]["reason"]
        assert samples(url)["fietsflow_database_up", ""] == 0
        FlowStore.open(str(database)).close()
        assert get(url, "/readyz")[0] == 200
        clock.board.see(replace(LiveEye("A"), connected=False, reason="gone"))
        assert get(url, "/readyz")[0] == 503


def test_nothing_else_is_answered(finished: Served) -> None:
    assert get(finished.url, "/")[0] == 404
    assert get(finished.url, "/metrics/../../etc/passwd")[0] == 404


@pytest.mark.parametrize(
    ("text", "parsed"),
    [("127.0.0.1:9464", ("127.0.0.1", 9464)), ("[::1]:0", ("::1", 0)), ("cam:1", ("cam", 1))],
)
def test_an_address_is_host_and_port(text: str, parsed: tuple[str, int]) -> None:
    assert parse_address(text) == parsed


@pytest.mark.parametrize("text", ["9464", ":9464", "localhost", "::1:9464", "a:b", "a:-1", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"give HOST:PORT, such as 127\.0\.0\.1:9464"):
        parse_address(text)


def test_a_port_that_is_taken_or_impossible_is_one_sentence(finished: Served) -> None:
    for place in (finished.url.removeprefix("http://"), "127.0.0.1:99999"):
        with pytest.raises(UsageError, match="cannot be listened at"), served(place, StageClock(), "x.db"):
            pytest.fail("was served")


def test_the_command_refuses_an_address_before_it_works(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    write_video(tmp_path / "a.mp4", street(3))
    write_video(tmp_path / "b.mp4", street(3))
    answer = pipeline("run", "-c", tmp_path / "site.yaml", "--metrics-address", "nowhere")
    assert (answer.code, "give HOST:PORT" in answer.err) == (2, True), answer.err
