"""The whole chain on real footage with real networks; skipped where the material is not at hand."""

import sqlite3
from pathlib import Path

import av
import numpy as np
import pytest

from tests.command_line import pipeline, write_video

CUT_AT = 244
SITE = """
site: car park
timezone: Europe/Berlin
cameras:
  - {{id: A, source: a.mp4, start: "2020-01-01T08:00:00"}}
  - {{id: B, source: b.mp4, start: "2020-01-01T08:00:20.333333"}}
links:
  - {{from: A, to: B, min_travel_s: {earliest}, max_travel_s: {latest}}}
matching: {{threshold: 0.788}}
"""


def decoded(video: Path) -> list[np.ndarray]:
    with av.open(str(video)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def two_cameras(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One rider who passes a car park twice, cut into what two cameras would have seen."""
    folder = tmp_path_factory.mktemp("car park")
    frames = decoded(real_data / "video" / "parking_bicycle.mp4")
    write_video(folder / "a.mp4", frames[:CUT_AT], fps=12)
    write_video(folder / "b.mp4", frames[CUT_AT:], fps=12)
    return folder


def run(folder: Path, real_data: Path, name: str, window: tuple[int, int]) -> Path:
    (folder / f"{name}.yaml").write_text(SITE.format(earliest=window[0], latest=window[1]))
    models = real_data / "models"
    answer = pipeline(
        "run", "--cameras", folder / f"{name}.yaml", "--database", folder / f"{name}.db",
        "--detector", models / "yolov8n_int8.onnx", "--encoder", models / "osnet_x0_25_msmt17.onnx",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return folder / f"{name}.db"


def travel_times(database: Path) -> list[tuple[str, str, int, float]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("select origin, destination, n, median_s from travel_times").fetchall()
    finally:
        connection.close()


def test_one_rider_over_two_real_cameras_is_one_journey(two_cameras: Path, real_data: Path) -> None:
    found = travel_times(run(two_cameras, real_data, "wide", (5, 60)))

    assert len(found) == 1, f"expected one journey A→B, found {found}"
    origin, destination, number, median_s = found[0]
    assert (origin, destination, number) == ("A", "B", 1)
    assert median_s == pytest.approx(20.3, abs=1.0)


def test_a_window_that_excludes_the_travel_time_leaves_two_single_sightings(
    two_cameras: Path, real_data: Path
) -> None:
    assert travel_times(run(two_cameras, real_data, "narrow", (30, 60))) == []
