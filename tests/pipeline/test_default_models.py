"""What ships with the program works with nothing configured and no network."""

import json
import socket
import sqlite3
from pathlib import Path

import pytest

from pipeline.configuration.settings import Defaults
from pipeline.registry import find_model, known_models
from tests.command_line import pipeline

SHIPPED = [entry for entry in known_models() if entry.shipped]
MOST_BYTES = 20_000_000


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No connection, and an empty cache."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("there is no network in this test")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cameras on a quiet street for a minute, of a seed that nobody trained on."""
    folder = tmp_path_factory.mktemp("city") / "out"
    size = ("--cameras", 2, "--minutes", 1, "--seed", 90302, "--fps", 8, "--riders-per-hour", 500)
    answer = pipeline("simulate", folder, *size)
    assert answer.code == 0, answer.err
    return folder


def test_the_defaults_are_models_of_the_package() -> None:
    defaults = Defaults()
    for name, task in ((defaults.detector.name, "detector"), (defaults.encoder.name, "encoder")):
        entry = find_model(name)
        assert entry is not None, f"the default {task} {name} is no model"
        assert (entry.task, entry.shipped is not None) == (task, True), entry


def test_they_are_small_free_and_measured() -> None:
    assert sum(entry.size or 0 for entry in SHIPPED) <= MOST_BYTES
    for entry in SHIPPED:
        card = json.loads(entry.shipped.with_suffix(".json").read_text())
        assert entry.licence == "Apache-2.0", entry
        missing = {"date", "training_data", "initial_weights", "seeds", "command", "quality", "limits"}
        missing |= {"known_answer", "threshold", "input_size"}
        missing -= {key for key, value in card.items() if value not in (None, "", [])}
        assert not missing, f"the card of {entry.name} lacks {sorted(missing)}"
        assert all(one["command"] for one in card["quality"]), f"{entry.name}: a number without its command"


def test_they_verify_and_can_be_shown() -> None:
    answer = pipeline("models", "verify", "--format", "json")
    assert answer.code == 0, answer.out
    rows = {row["name"]: row["answer"] for row in json.loads(answer.out)}
    assert rows == {entry.name: "as recorded" for entry in SHIPPED}
    for name in rows:
        assert pipeline("models", "show", name).code == 0


def test_a_quiet_street_is_counted_and_linked_right(city: Path, tmp_path: Path) -> None:
    database = tmp_path / "flows.db"
    answer = pipeline("run", "--cameras", city / "site.yaml", "--database", database)
    assert answer.code == 0, answer.err
    report = pipeline("evaluate", "--database", database, "--truth", city / "truth", "--format", "json")
    scores = json.loads(report.out)
    assert scores["truth"] >= 12, f"only {scores['truth']} riders pass; the test says little"
    assert scores["counted"] == scores["truth"], answer.out
    links = scores["links"]["whole_chain"]
    assert (links["truth"] >= 3, links["f1"]) == (True, 1.0), links
    connection = sqlite3.connect(database)
    try:
        stored = connection.execute("select probability from match").fetchall()
    finally:
        connection.close()
    assert all(0 < probability <= 1 for (probability,) in stored), stored
