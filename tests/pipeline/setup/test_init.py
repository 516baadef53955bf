"""``pipeline init``: from footage to a site file that counts."""

import json
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cameras import detectors
from pipeline.setup.region import propose_region
from tests.command_line import Answer, pipeline, street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tracking.region import RegionOfInterest

RED, GREEN = (30, 30, 220), (40, 200, 40)
STRIPES = ("--set", "encoder.name=colour_stripes")


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("one") / "a.mp4", street(100, ((10, RED), (45, GREEN))))


@pytest.fixture
def folder(tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the footage lies and the site file is to be."""
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footage").mkdir()
    return tmp_path


def init(*arguments: object) -> Answer:
    return pipeline("init", *arguments, *STRIPES, "--timezone", "Europe/Amsterdam")


def cameras_of(folder: Path) -> list[dict[str, object]]:
    cameras: list[dict[str, object]] = yaml.safe_load((folder / "site.yaml").read_text())["cameras"]
    return cameras


def test_footage_alone_gives_a_first_count(folder: Path, video: Path) -> None:
    (folder / "footage" / "A_2024-05-14_08-00-00.mp4").write_bytes(video.read_bytes())
    answer = init("footage")
    assert answer.code == 0, answer.err
    assert "riders seen: 2" in answer.err
    (line,) = [one for one in answer.err.splitlines() if one.startswith("A ")]
    assert line.split() == [
        *("A", "1", "320x180", "10", "2024-05-14", "08:00:00", "file", "name"),
        *("2024-05-14", "08:00:10", "ok", line.split()[-1]),
    ]
    (camera,) = cameras_of(folder)
    assert (camera["source"], camera["time_pattern"]) == ("footage/A_*.mp4", "%Y-%m-%d_%H-%M-%S")
    assert pipeline("validate", "site.yaml").code == 0
    assert pipeline("run", "-c", "site.yaml", "--database", "flows.db", *STRIPES).code == 0
    counts = ("stats", "counts", "--database", "flows.db", "--interval", "total", "--min-count", 1)
    (row,) = json.loads(pipeline(*counts, "--format", "json").out)
    assert row["cyclists"] == 2
    assert row["interval_start"].startswith("2024-05-14 06:00:00")


@pytest.mark.long
def test_four_folders_of_recordings_give_a_first_table_of_origins_and_destinations(folder: Path) -> None:
    for at, name in enumerate("ABCD"):
        (folder / name).mkdir()
        # Each recording is another one; both riders reach each camera half a minute after the one before.
        riders = ((10 + 2 * at, RED), (55 + 2 * at, GREEN))
        write_video(folder / name / f"20240514_08{at // 2:02}{at % 2 * 30:02}.mp4", street(105, riders))
    assert init("A", "B", "C", "D", "-o", "my-street.yaml").code == 0
    ran = pipeline("run", "-c", "my-street.yaml", "--database", "flows.db", *STRIPES)
    assert ran.code == 0, ran.err
    table = ("stats", "od", "--database", "flows.db", "--interval", "total", "--min-count", 1)
    (row,) = json.loads(pipeline(*table, "--format", "json").out)
    assert (row["origin"], row["destination"], row["cyclists"]) == ("A", "D", 2)


def test_a_file_that_is_there_is_not_overwritten(folder: Path, video: Path) -> None:
    (folder / "footage" / "A_2024-05-14_08-00-00.mp4").write_bytes(video.read_bytes())
    (folder / "site.yaml").write_text("mine")
    answer = init("footage")
    assert answer.code == 2
    assert "not overwritten" in answer.err
    assert (folder / "site.yaml").read_text() == "mine"


def test_without_a_look_the_whole_picture_counts(folder: Path, video: Path) -> None:
    (folder / "footage" / "A_2024-05-14_08-00-00.mp4").write_bytes(video.read_bytes())
    assert init("footage", "--look", 0).code == 0
    assert "roi" not in cameras_of(folder)[0]
    assert "# roi: " in (folder / "site.yaml").read_text()


@pytest.mark.parametrize(
    ("options", "start", "note"),
    [
        ((), datetime(2024, 5, 14, 8), "CHECK"),
        (("--start", "2023-01-02T03:04:05"), datetime(2023, 1, 2, 3, 4, 5), "as given"),
    ],
)  # fmt: skip
def test_a_start_that_nobody_tells_comes_from_the_file_or_the_command(
    folder: Path, video: Path, options: tuple[str, ...], start: datetime, note: str
) -> None:
    file = folder / "footage" / "bridge.mp4"
    file.write_bytes(video.read_bytes())
    ended = datetime.fromisoformat("2024-05-14T08:00:10+02:00").timestamp()
    os.utime(file, (ended, ended))
    answer = init("footage", "--look", 0, *options)
    assert answer.code == 0
    assert cameras_of(folder)[0]["start"] == start
    (line,) = [one for one in (folder / "site.yaml").read_text().splitlines() if "start:" in one]
    assert note in line
    assert ("CHECK" in answer.err) == (note == "CHECK")
    assert pipeline("validate", "site.yaml").code == 0


def test_a_camera_that_cannot_be_read_is_left_out_and_named(folder: Path, video: Path) -> None:
    (folder / "footage" / "A_2024-05-14_08-00-00.mp4").write_bytes(video.read_bytes())
    (folder / "footage" / "B_2024-05-14_08-00-00.mp4").write_bytes(b"no video")
    answer = init("footage", "--look", 0)
    assert answer.code == 3
    assert "left out: camera B" in answer.err
    assert ".draft" not in answer.err
    assert [camera["id"] for camera in cameras_of(folder)] == ["A"]
    assert "# B is left out" in (folder / "site.yaml").read_text()
    assert pipeline("validate", "site.yaml").code == 0


def test_two_cameras_of_the_same_footage_are_not_both_written(folder: Path, video: Path) -> None:
    for name in ("north", "south"):
        (folder / "footage" / f"{name}.mp4").write_bytes(video.read_bytes())
    answer = init("footage", "--look", 0)
    assert answer.code == 3
    assert "the same footage" in answer.err
    assert len(cameras_of(folder)) == 1
    assert pipeline("validate", "site.yaml").code == 0


def test_where_nothing_can_be_read_nothing_is_written(folder: Path) -> None:
    (folder / "footage" / "B_2024-05-14_08-00-00.mp4").write_bytes(b"no video")
    answer = init("footage", "--look", 0)
    assert answer.code == 2
    assert [one.name for one in folder.iterdir()] == ["footage"]


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--timezone", "Mars"), "no time zone"), (("-o", "nowhere/site.yaml"), "cannot be written")],
)
def test_wrong_usage_is_said(folder: Path, video: Path, options: tuple[str, ...], said: str) -> None:
    (folder / "footage" / "A_2024-05-14_08-00-00.mp4").write_bytes(video.read_bytes())
    answer = pipeline("init", "footage", "--look", 0, *options)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize(
    "name", ["a: b # c", "NO", "007", "[x]", "{y}", "straße", "*", "&a", "- d", "!tag", "%Y"]
)
def test_awkward_names_of_cameras_survive(folder: Path, video: Path, name: str) -> None:
    (folder / "footage" / f"{name}.mp4").write_bytes(video.read_bytes())
    assert init("footage", "--look", 0, "--start", "2024-05-14T08:00:00").code == 0
    shown = json.loads(pipeline("validate", "site.yaml", "--format", "json").out)
    assert [camera["camera"] for camera in shown["footage"]] == [name.strip("-_. ()[]")]
    assert shown["footage"][0]["files"] == 1


BOXES = st.lists(
    st.tuples(st.floats(0, 600), st.floats(0, 340), st.floats(0.5, 80), st.floats(0.5, 90)),
    min_size=1,
    max_size=30,
)


@given(tracks=st.lists(BOXES, min_size=1, max_size=4))
def test_every_foot_lies_in_the_region_that_is_proposed(
    tracks: list[list[tuple[float, float, float, float]]],
) -> None:
    size = (640, 360)
    boxes = [np.array([(x, y, x + w, y + h) for x, y, w, h in track], np.float32) for track in tracks]
    region = propose_region(boxes, size)
    assert region is not None
    placed = RegionOfInterest(size, region)
    assert placed.contains(np.concatenate(boxes)).all()
    assert all(0 <= value <= 1 for corner in region for value in corner)


def test_where_nobody_was_seen_no_region_is_proposed() -> None:
    assert propose_region([], (640, 360)) is None
