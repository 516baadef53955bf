"""Corrected route counts: expected number and interval beside the plain count."""

import json
from pathlib import Path

import pytest

from tests.command_line import pipeline, street, write_video

SITE = """
site: test
timezone: Europe/Amsterdam
detector: {name: motion}
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
  - {id: B, source: b.mp4, start: 2024-05-14T08:00:10}
links:
  - {from: A, to: B, min_travel_s: 5, max_travel_s: 40}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One rider from A to B; an evaluation that found half of a hundred such riders, all of them right."""
    folder = tmp_path_factory.mktemp("corrected")
    write_video(folder / "a.mp4", street(90, ((20, (30, 30, 220)),)))
    write_video(folder / "b.mp4", street(130, ((60, (30, 30, 220)),)))
    (folder / "site.yaml").write_text(SITE)
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db")
    assert answer.code == 0, answer.err
    routes = [{"route": "A>B", "truth": 100, "claimed": 50, "correct": 50}]
    (folder / "labelled.json").write_text(json.dumps({"routes": routes}))
    return folder


def test_half_of_the_riders_found_means_twice_as_many_are_expected(folder: Path) -> None:
    answer = pipeline(
        "stats", "routes", "--database", folder / "flows.db", "--interval", "total", "--min-count", 1,
        "--format", "json", "--corrected", folder / "labelled.json",
    )  # fmt: skip

    assert answer.code == 0, answer.err
    [row] = json.loads(answer.out)
    assert (row["route"], row["cyclists"]) == ("A>B", 1)
    assert 1.5 <= row["expected"] <= 3.5, row
    assert row["low"] <= row["expected"] <= row["high"], row


def test_the_table_shows_the_interval(folder: Path) -> None:
    answer = pipeline(
        "stats", "routes", "--database", folder / "flows.db", "--min-count", 1,
        "--corrected", folder / "labelled.json",
    )  # fmt: skip

    assert answer.code == 0, answer.err
    assert all(word in answer.out for word in ("expected", "low", "high")), answer.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("od", "--corrected", "labelled.json"), ("--corrected", "routes")),
        (("routes", "--corrected", "gone.json"), ("gone.json",)),
        (("routes", "--corrected", "site.yaml"), ("site.yaml", "evaluate")),
    ],
)
def test_a_wrong_evaluation_is_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder)

    answer = pipeline("stats", *command, "--database", "flows.db")

    assert answer.code == 2, answer.err
    assert answer.err.count("error: ") == 1, answer.err
    assert all(word in answer.err for word in words), answer.err


def test_the_database_may_be_named_once_in_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIETSFLOW_DATABASE", str(folder / "flows.db"))

    answer = pipeline("stats", "counts", "--interval", "total", "--format", "json")

    assert answer.code == 0, answer.err
    assert {row["camera"] for row in json.loads(answer.out)} == {"A", "B"}
