"""``pipeline run --explain`` and ``pipeline explain``: why was this one not counted?"""

import csv
import json
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from pipeline.commands.explain import IntervalName, count_reasons
from pipeline.reasons import MEANINGS, Explained, ReasonsFile, read_reasons
from pipeline.reasons.rows import Unit, What
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
    found = read_reasons(folder / "why.csv")
    assert [one.reason for one in found if one.what is What.SIGHTING] == ["no_link"] * len(plain)
    tracks = [one for one in found if one.what is What.TRACK]
    assert tracks, "nobody who walked was taken down"
    for one in tracks:
        assert one.camera == "A"
        assert datetime(2024, 5, 14, 8, tzinfo=SUMMER) <= one.start <= one.end
        assert one.start.utcoffset() == timedelta(hours=2)
        assert 0 <= one.first_left < one.first_right <= 1
        assert 0 <= one.last_top < one.last_bottom <= 1
        assert one.reason in MEANINGS
        assert one.margin is None or one.margin < 0, f"{one.reason} was decided by {one.margin}"
    walker = max(tracks, key=lambda one: one.frames)
    assert walker.last_left > walker.first_left
    assert (walker.speed or 9.0) < 1.0, "half a pixel a frame is no faster than a walk"
    answer = pipeline("explain", folder / "why.csv", "--format", "json")
    assert sum(row["number"] for row in json.loads(answer.out)) == len(found)


def test_a_file_that_cannot_be_written_leaves_no_run(folder: Path) -> None:
    database = folder / "flows.db"
    command = ("run", "-c", folder / "site.yaml", "--database", database)
    answer = pipeline(*command, "--explain", folder / "nowhere" / "why.csv")
    assert answer.code == 2
    assert answer.err.startswith("error: --explain: ")
    assert not database.exists()


def track(camera: str, start: datetime, reason: str, margin: float | None = -0.5) -> Explained:
    end, box = start + timedelta(seconds=3), (0.1, 0.2, 0.3, 0.4)
    return Explained(
        What.TRACK, camera, start, end, reason, margin, None, None, None, "", 42, 1.25, *box, *box
    )


def rider(camera: str, start: datetime, reason: str, distance: float, margin: float) -> Explained:
    end = start + timedelta(seconds=3)
    return Explained(
        What.SIGHTING, camera, start, end, reason, margin, distance, 0.9, Unit.DISTANCE, "B", 42, None
    )


TRACKS = (
    track("A", NOON, "no_bicycle"),
    track("A", NOON + timedelta(minutes=7), "no_bicycle", -1.5),
    rider("A", NOON + timedelta(minutes=7), "too_unlike", 1.2, -0.415),
    track("A", NOON + timedelta(minutes=8), "did_not_move"),
    track("A", NOON + timedelta(minutes=8), "no_bicycle"),
    track("B", NOON + timedelta(days=1), "same_bicycle", None),
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "why.csv"
    with ReasonsFile.at(path, SUMMER) as file:
        for one in (*reversed(TRACKS), *TRACKS):
            file.write("run", one)
    return path


def test_what_was_written_is_read_back(written: Path) -> None:
    """In order of time, each once; only its owner may read it, and nothing is left beside it."""
    in_order = sorted(TRACKS, key=lambda one: (one.start, one.camera, one.what, one.reason))
    assert read_reasons(written) == tuple(in_order)
    assert written.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in written.parent.iterdir()] == ["why.csv"]


def values(interval: IntervalName) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in count_reasons(TRACKS, interval)]


def test_reasons_are_counted_by_camera_and_interval() -> None:
    assert values(IntervalName.TOTAL) == [
        ("A", "", "track", "no_bicycle", 3, -0.5),
        ("A", "", "track", "did_not_move", 1, -0.5),
        ("A", "", "sighting", "too_unlike", 1, -0.41),
        ("B", "", "track", "same_bicycle", 1, None),
    ]
    assert values(IntervalName.QUARTER) == [
        ("A", "2024-05-14 12:00:00+02:00", "track", "no_bicycle", 2, -1.0),
        ("A", "2024-05-14 12:00:00+02:00", "sighting", "too_unlike", 1, -0.41),
        ("A", "2024-05-14 12:15:00+02:00", "track", "did_not_move", 1, -0.5),
        ("A", "2024-05-14 12:15:00+02:00", "track", "no_bicycle", 1, -0.5),
        ("B", "2024-05-15 12:00:00+02:00", "track", "same_bicycle", 1, None),
    ]
    assert [row[1] for row in values(IntervalName.DAY)] == ["2024-05-14"] * 3 + ["2024-05-15"]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(SUMMER)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(timezone(timedelta(hours=1)))
    rows = count_reasons([track("A", first, "pushed"), track("A", second, "pushed")], IntervalName.HOUR)
    assert [row["interval_start"] for row in rows] == [
        "2026-10-25 02:00:00+01:00",
        "2026-10-25 02:00:00+02:00",
    ]


def test_rows_are_written_as_asked(written: Path) -> None:
    table = pipeline("explain", written)
    assert Reason.NO_BICYCLE.value in table.out
    rows = list(csv.DictReader(pipeline("explain", written, "--format", "csv").out.splitlines()))
    told = {"camera": "A", "interval_start": "", "what": "track", "reason": "no_bicycle"}
    assert rows[0] == {**told, "number": "3", "median_margin": "-0.5"}
    only = json.loads(pipeline("explain", written, "--camera", "B", "--format", "json").out)
    assert [row["camera"] for row in only] == ["B"]
    single = json.loads(pipeline("explain", written, "--rows", "--format", "json").out)
    assert len(single) == len(TRACKS)
    (unlike,) = [row for row in single if row["what"] == "sighting"]
    measured = {"margin": -0.415, "value": 1.2, "limit": 0.9, "unit": "distance", "other_camera": "B"}
    assert unlike == unlike | measured
    assert "1.20" in pipeline("explain", written, "--rows").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv",), "cannot be read: No such file"),
        (("other.csv",), "is no file of `pipeline run --explain`"),
        (("why.csv", "--camera", "Z"), "has no row of 'Z'; it has A, B"),
    ],
)
def test_what_cannot_be_explained_is_told(written: Path, arguments: tuple[str, ...], words: str) -> None:
    (written.parent / "other.csv").write_text("camera,start\nA,noon\n")
    name, *rest = arguments
    answer = pipeline("explain", written.parent / name, *rest)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
