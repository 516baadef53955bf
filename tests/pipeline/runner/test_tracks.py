"""``pipeline run --tracks``: the boxes of every counted passage, and nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest

from flows.accuracy import read_stored
from flows.database import FlowStore
from pipeline.cameras import detectors
from tests.command_line import Answer, pipeline, street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tracking.mot.boxes import read_prediction

RED, GREEN = (30, 30, 220), (40, 200, 40)
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Red in the first file of A, green in the second; nobody at B."""
    write_video(tmp_path / "a_20240514T080000.mp4", street(100, ((20, RED),)))
    write_video(tmp_path / "a_20240514T080010.mp4", street(100, ((30, GREEN),)))
    write_video(tmp_path / "b_20240514T080000.mp4", street(40))
    (tmp_path / "site.yaml").write_text(SITE)
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    return tmp_path


def run(folder: Path, *options: object) -> Answer:
    return pipeline("run", "-c", folder / "site.yaml", "--database", folder / "flows.db", *options)


def test_each_passage_is_a_track_at_its_place_and_frame(folder: Path) -> None:
    answer = run(folder, "--tracks", folder / "tracks")
    assert answer.code == 0, answer.err
    names = ["boxes_A.txt", "boxes_B.txt", "passages_A.csv", "passages_B.csv"]
    assert sorted(path.name for path in (folder / "tracks").iterdir()) == names
    assert (folder / "tracks" / "boxes_B.txt").read_text() == ""
    found = read_prediction(folder / "tracks" / "boxes_A.txt")
    red, green = (found[found.identity == one] for one in np.unique(found.identity))
    # Frame 40 of the street is number 41; there the rider's left edge is at 8 · 20 − 20 px.
    assert red.xyxy[red.frame == 41][0] == pytest.approx([140, 70, 166, 130], abs=4)
    assert red.frame.min() == pytest.approx(23, abs=3)
    assert green.frame.min() == pytest.approx(133, abs=3), "numbered on over the second file"
    assert green.xyxy[green.frame == 151][0] == pytest.approx([140, 70, 166, 130], abs=4)


def test_without_the_option_no_track_is_written(folder: Path) -> None:
    before = set(folder.rglob("*"))
    assert run(folder).code == 0
    written = {path.name for path in set(folder.rglob("*")) - before}
    assert "flows.db" in written
    assert {name for name in written if not name.startswith("flows.db")} == set()


def test_tracks_of_a_finished_run_need_a_new_one(folder: Path) -> None:
    assert run(folder).code == 0
    refused = run(folder, "--tracks", folder / "tracks")
    assert (refused.code, "give --replace to begin anew" in refused.err) == (2, True), refused.err
    assert list((folder / "tracks").iterdir()) == []
    assert run(folder, "--tracks", folder / "tracks", "--replace").code == 0
    assert len(list((folder / "tracks").glob("boxes_*.txt"))) == 2


def test_a_folder_that_cannot_be_written_leaves_no_run_behind(folder: Path) -> None:
    (folder / "tracks").write_text("a file")
    refused = run(folder, "--tracks", folder / "tracks")
    assert (refused.code, "--tracks" in refused.err) == (2, True), refused.err
    assert not (folder / "flows.db").exists()


def test_perfect_boxes_of_a_simulation_are_perfect_tracks(tmp_path: Path) -> None:
    size = ("--cameras", 2, "--minutes", 1, "--seed", 5, "--detections-only")
    assert pipeline("simulate", tmp_path / "city", *size).code == 0
    tracks = tmp_path / "tracks"
    answer = pipeline(
        "replay", tmp_path / "city", "--perfect", "--database", tmp_path / "x.db", "--tracks", tracks
    )
    assert answer.code == 0, answer.err
    report = pipeline("evaluate-tracks", tmp_path / "city" / "truth", tracks, "--format", "json")
    scores = json.loads(report.out)["together"]["scores"]
    assert scores["clear"]["precision"] > 0.99, scores
    assert scores["clear"]["switches"] == 0, scores


def test_passages_bear_the_times_of_the_database_also_between_two_looks(folder: Path) -> None:
    assert run(folder, "--tracks", folder / "tracks", "--set", "attention.rate=4").code == 0
    store = FlowStore.open_for_reading(f"sqlite:///{folder / 'flows.db'}")
    try:
        stored = read_stored(store.database).passages
    finally:
        store.close()
    table = (folder / "tracks" / "passages_A.csv").read_text().splitlines()[1:]
    written = sorted(tuple(map(float, row.split(",")[1:])) for row in table)
    assert written == sorted(zip(stored.enter.tolist(), stored.exit.tolist(), strict=True))
    assert any(abs(10 * time - round(10 * time)) > 1e-3 for times in written for time in times), "no frame"
