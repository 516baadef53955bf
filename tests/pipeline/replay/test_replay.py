"""``pipeline replay``: what it takes, what it says, and what it leaves in the database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pipeline.replay import Recording
from pipeline.replay.embeddings import MOST_KEPT, EmbeddingReader, EmbeddingSampler
from pipeline.replay.recording import rows_of_frames
from tests.command_line import pipeline
from tracking.values import Detections, Frame


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    size = ("--cameras", "2", "--minutes", "1", "--riders-per-hour", "1500", "--workers", "1")
    answer = pipeline("simulate", folder, *size, "--detections-only")
    assert answer.code == 0, answer.err
    return folder


def sightings(database: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(
            "select camera, enter_time, exit_time, direction from journeys_flat order by 1, 2, 3"
        ).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("options", [(), ("--perfect",)])
def test_a_replay_fills_a_database_and_a_second_one_changes_nothing(
    city: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    database = tmp_path / "flows.db"
    first = pipeline("replay", city, "--database", f"sqlite:///{database}", *options)
    assert first.code == 0, first.err
    found = sightings(database)
    assert len(found) > 10, found
    again = pipeline("replay", city, "--database", f"sqlite:///{database}", *options)
    assert again.code == 0, again.err
    assert "nothing to do" in again.out
    assert sightings(database) == found


def test_a_replay_tells_of_every_rider_who_was_not_linked(city: Path, tmp_path: Path) -> None:
    """Those who were told and those who were linked are all."""
    database = tmp_path / "flows.db"
    answer = pipeline("replay", city, "--database", database, "--explain", tmp_path / "why.csv")
    assert answer.code == 0, answer.err
    rows = json.loads(pipeline("explain", tmp_path / "why.csv", "--rows", "--format", "json").out)
    told = [row for row in rows if row["what"] == "sighting"]
    with closing(sqlite3.connect(database)) as connection:
        linked = connection.execute("select from_sighting from match union select to_sighting from match")
        assert len(told) + len(linked.fetchall()) == len(sightings(database))
    assert {row["reason"] for row in told} >= {"too_unlike", "no_embedding"}
    for row in told:
        assert row["reason"] != "too_unlike" or row["value"] >= row["limit"], row


def test_a_complete_run_takes_over_how_its_site_is_published_and_says_so(city: Path, tmp_path: Path) -> None:
    database = ("--database", tmp_path / "flows.db")
    first = pipeline("replay", city, *database, "--set", "statistics.min_count=3")
    assert "publishes" not in first.out, first
    changed = pipeline("replay", city, *database, "--set", "statistics.min_count=50")
    said = " ".join(changed.out.split())
    assert "publishes this site from now on as statistics.min_count and statistics.interval say." in said
    assert "nothing else to do" in said
    for again in (("--set", "statistics.min_count=50"), ()):
        assert "nothing to do" in " ".join(pipeline("replay", city, *database, *again).out.split())
    withheld = pipeline("stats", "routes", *database, "--interval", "total")
    assert "cells of fewer than 50 cyclists are withheld" in withheld.err, withheld


def test_boxes_with_faults_are_counted_nearly_as_well_as_perfect_ones(city: Path, tmp_path: Path) -> None:
    counts = []
    for name, options in (("faulty", ()), ("perfect", ("--perfect",))):
        database = tmp_path / f"{name}.db"
        answer = pipeline("replay", city, "--database", f"sqlite:///{database}", *options)
        assert answer.code == 0, answer.err
        counts.append(len(sightings(database)))
    assert abs(counts[0] - counts[1]) <= 0.15 * counts[1], counts


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda folder: (folder / "truth" / "parameters.json").unlink(), "size of the pictures"),
        (lambda folder: (folder / "detections" / "boxes_A.npz").unlink(), "--detections-only"),
        (lambda folder: (folder / "detections" / "boxes_B.npz").write_bytes(b"no archive"), "damaged"),
        (lambda folder: (folder / "detections" / "sightings_A.npz").unlink(), "sightings_A.npz"),
    ],
)
def test_what_is_missing_is_one_sentence(city: Path, tmp_path: Path, break_it: object, sentence: str) -> None:
    folder = tmp_path / "broken"
    for file in city.rglob("*"):
        if file.is_file():
            copy = folder / file.relative_to(city)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    assert callable(break_it)
    break_it(folder)
    answer = pipeline("replay", folder, "--database", f"sqlite:///{tmp_path / 'flows.db'}")
    assert (answer.code, len(answer.err.splitlines())) == (2, 1), answer.err
    assert sentence in answer.err
    assert not (tmp_path / "flows.db").exists()


def recording(frames: int, boxes: dict[int, list[tuple[float, float, float, float]]]) -> Recording:
    """One embedding for each box, all different."""
    rows = [(frame, box) for frame in sorted(boxes) for box in boxes[frame]]
    count = len(rows)
    return Recording(
        camera="A",
        path=Path("boxes_A.npz"),
        frame_size=(640, 360),
        seconds=np.arange(frames) / 10,
        first_row=rows_of_frames(np.array([frame for frame, _ in rows], np.int64), frames),
        detections=Detections(
            np.array([box for _, box in rows], np.float32).reshape(-1, 4),
            np.ones(count, np.float32),
            np.full(count, 100, np.int64),
        ),
        embedding_of=np.arange(count),
        embeddings=np.eye(max(count, 2), dtype=np.float32)[:count],
    )


def frame(index: int) -> Frame:
    return Frame("A", "boxes_A.npz", index, index / 10, np.zeros((360, 640, 3), np.uint8))


def test_a_rider_carries_the_embedding_of_the_box_it_had() -> None:
    here, there = (10.0, 10, 50, 90), (200.0, 10, 240, 90)
    sampler = EmbeddingSampler(recording(2, {0: [here, there], 1: [there]}))
    sampler.observe(np.array([5, 6]), np.array([there, here], np.float32), frame(0))
    sampler.observe(np.array([6]), np.array([here], np.float32), frame(1))
    reader = EmbeddingReader("test", 3, 0.5)
    seen = {number: reader.encode([crop.image for crop in sampler.take(number)]) for number in (5, 6, 7)}
    assert seen[5].argmax(axis=1).tolist() == [1]
    assert seen[6].argmax(axis=1).tolist() == [0], "in frame 1 its place was empty"
    assert seen[7].shape == (0, 3)
    sampler.drop(5)
    assert sampler.take(5) == ()


def test_embeddings_of_somebody_who_stays_are_bounded_and_spread() -> None:
    box = (10.0, 10, 50, 90)
    sampler = EmbeddingSampler(recording(500, {number: [box] for number in range(500)}))
    for number in range(500):
        sampler.observe(np.array([1]), np.array([box], np.float32), frame(number))
    times = [crop.time for crop in sampler.take(1)]
    assert len(times) <= MOST_KEPT
    assert times == sorted(times)
    assert times[0] < 1
    assert times[-1] == pytest.approx(49.9)


def test_frames_are_left_out_only_where_nothing_can_happen() -> None:
    seen = recording(100, {20: [(0.0, 0, 10, 10)], 24: [(0.0, 0, 10, 10)]})
    assert seen.busy_frames(seen.looked_at(None), 1.0).tolist() == list(range(20, 35))
    nothing = recording(5, {})
    assert nothing.busy_frames(nothing.looked_at(None), 1.0).tolist() == []


def test_a_recording_is_looked_at_as_often_as_footage_would_be() -> None:
    seen = recording(100, {20: [(0.0, 0, 10, 10)], 24: [(0.0, 0, 10, 10)]})
    assert seen.looked_at(5.0).sum() == 50
    assert seen.busy_frames(seen.looked_at(5.0), 1.0).tolist() == list(range(20, 35, 2))


def test_a_limit_of_frames_a_second_holds_for_a_replay(city: Path, tmp_path: Path) -> None:
    counted = {}
    for most in (8.0, 1.0):
        database = tmp_path / f"{most:g}.db"
        answer = pipeline(
            "replay", city, "--database", database, "--perfect", "--set", f"runtime.max_fps={most}"
        )
        assert answer.code == 0, answer.err
        counted[most] = len(sightings(database))
    assert counted[8.0] > 10
    assert counted[1.0] == 0, "looked at once a second nobody is watched"


@pytest.mark.parametrize(("fps", "watched"), [(1, False), (2, False), (6, True)])
def test_recorded_boxes_of_too_few_frames_are_not_coverage(tmp_path: Path, fps: int, watched: bool) -> None:
    size = ("--cameras", "1", "--minutes", "1", "--workers", "1", "--fps", fps)
    assert pipeline("simulate", tmp_path / "city", *size, "--detections-only", "--perfect").code == 0
    database = tmp_path / "flows.db"
    answer = pipeline("replay", tmp_path / "city", "--database", f"sqlite:///{database}", "--perfect")
    assert answer.code == 0, answer.err
    with sqlite3.connect(database) as connection:
        ((seconds,),) = connection.execute("select total(end_time - start_time) / 1e6 from coverage")
    assert seconds == pytest.approx(60.0 if watched else 0.0, abs=0.5)
    assert ("fewer than 3.5 frames a second" in answer.out) != watched, answer.out
