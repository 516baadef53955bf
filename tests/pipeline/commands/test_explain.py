"""``pipeline run --explain`` and ``pipeline explain``: why was this one not counted?"""

import csv
import json
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from pipeline.commands.explain import IntervalName, count_reasons
from pipeline.stages.uncounted import UncountedFile, UncountedTrack, read_uncounted
from tests.command_line import pipeline, street, write_video
from tracking.riders import Reason

RED = (30, 30, 220)
SITE = """
site: test
timezone: Europe/Amsterdam
detector: {name: motion}
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
"""
SUMMER = timezone(timedelta(hours=2))
NOON = datetime(2024, 5, 14, 12, 7, 30, tzinfo=SUMMER)


def pedestrian(frames: int, first: int) -> list[np.ndarray]:
    """A street with one cyclist, and somebody who walks: upright and slowly."""
    images = street(frames, ((first, RED),))
    for index, image in enumerate(images):
        left = 30 + index // 2
        image[60:130, left : left + 22] = (200, 200, 40)
    return images


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_video(tmp_path / "a.mp4", pedestrian(200, 100))
    (tmp_path / "site.yaml").write_text(SITE)
    return tmp_path


def run(folder: Path, database: str, *arguments: object) -> list[tuple[object, ...]]:
    answer = pipeline("run", "-c", folder / "site.yaml", "--database", folder / database, *arguments)
    assert answer.code == 0, answer.err
    connection = sqlite3.connect(folder / database)
    try:
        query = "select enter_time, exit_time, direction, frames, quality from sighting order by 1, 2"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_run_tells_what_it_did_not_count_and_counts_the_same(folder: Path) -> None:
    plain = run(folder, "plain.db")
    explained = run(folder, "explained.db", "--explain", folder / "why.csv")
    assert explained == plain
    tracks = read_uncounted(folder / "why.csv")
    assert tracks, "nobody who walked was taken down"
    for one in tracks:
        assert one.camera == "A"
        assert datetime(2024, 5, 14, 8, tzinfo=SUMMER) <= one.start <= one.end
        assert one.start.utcoffset() == timedelta(hours=2)
        assert 0 <= one.first_left < one.first_right <= 1
        assert 0 <= one.last_top < one.last_bottom <= 1
        assert one.reason in {reason.name.lower() for reason in Reason} - {"cyclist"}
        assert one.margin is None or one.margin < 0, f"{one.reason} was decided by {one.margin}"
    walker = max(tracks, key=lambda one: one.frames)
    assert walker.last_left > walker.first_left
    assert walker.speed < 1.0, "half a pixel a frame is no faster than a walk"
    answer = pipeline("explain", folder / "why.csv", "--format", "json")
    assert sum(row["tracks"] for row in json.loads(answer.out)) == len(tracks)


def test_a_file_that_cannot_be_written_leaves_no_run(folder: Path) -> None:
    database = folder / "flows.db"
    command = ("run", "-c", folder / "site.yaml", "--database", database)
    answer = pipeline(*command, "--explain", folder / "nowhere" / "why.csv")
    assert answer.code == 2
    assert answer.err.startswith("error: --explain: ")
    assert not database.exists()


def track(camera: str, start: datetime, reason: str, margin: float | None = -0.5) -> UncountedTrack:
    box = (0.1, 0.2, 0.3, 0.4)
    return UncountedTrack(camera, start, start + timedelta(seconds=3), *box, *box, 42, 1.25, reason, margin)


TRACKS = (
    track("A", NOON, "no_bicycle"),
    track("A", NOON + timedelta(minutes=7), "no_bicycle"),
    track("A", NOON + timedelta(minutes=8), "did_not_move"),
    track("A", NOON + timedelta(minutes=8), "no_bicycle"),
    track("B", NOON + timedelta(days=1), "same_bicycle", None),
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "why.csv"
    with UncountedFile.at(path, SUMMER) as file:
        for one in TRACKS:
            file.write(one)
    return path


def test_what_was_written_is_read_back(written: Path) -> None:
    assert read_uncounted(written) == TRACKS


def test_reasons_are_counted_by_camera_and_interval() -> None:
    assert count_reasons(TRACKS, IntervalName.TOTAL) == [
        ("A", "", "no_bicycle", 3),
        ("A", "", "did_not_move", 1),
        ("B", "", "same_bicycle", 1),
    ]
    assert count_reasons(TRACKS, IntervalName.QUARTER) == [
        ("A", "2024-05-14 12:00:00+02:00", "no_bicycle", 2),
        ("A", "2024-05-14 12:15:00+02:00", "did_not_move", 1),
        ("A", "2024-05-14 12:15:00+02:00", "no_bicycle", 1),
        ("B", "2024-05-15 12:00:00+02:00", "same_bicycle", 1),
    ]
    assert [row[1] for row in count_reasons(TRACKS, IntervalName.DAY)] == ["2024-05-14"] * 2 + ["2024-05-15"]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(SUMMER)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(timezone(timedelta(hours=1)))
    rows = count_reasons([track("A", first, "pushed"), track("A", second, "pushed")], IntervalName.HOUR)
    assert [row[1] for row in rows] == ["2026-10-25 02:00:00+01:00", "2026-10-25 02:00:00+02:00"]


def test_rows_are_written_as_asked(written: Path) -> None:
    table = pipeline("explain", written)
    assert Reason.NO_BICYCLE.value in table.out
    rows = list(csv.DictReader(pipeline("explain", written, "--format", "csv").out.splitlines()))
    assert rows[0] == {"camera": "A", "interval_start": "", "reason": "no_bicycle", "tracks": "3"}
    only = json.loads(pipeline("explain", written, "--camera", "B", "--format", "json").out)
    assert [row["camera"] for row in only] == ["B"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv",), "cannot be read: No such file"),
        (("other.csv",), "is no file of `pipeline run --explain`"),
        (("why.csv", "--camera", "Z"), "has no track of 'Z'; it has A, B"),
    ],
)
def test_what_cannot_be_explained_is_told(written: Path, arguments: tuple[str, ...], words: str) -> None:
    (written.parent / "other.csv").write_text("camera,start\nA,noon\n")
    name, *rest = arguments
    answer = pipeline("explain", written.parent / name, *rest)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
