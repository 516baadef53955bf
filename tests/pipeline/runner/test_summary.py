"""The account of a run agrees with its database and with what the cameras have read."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cameras import detectors
from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from pipeline.telemetry import RunSummary, Stage
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector

RED, GREEN = (30, 30, 220), (40, 200, 40)
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S", max_fps: 5}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 20}
"""


@dataclass(frozen=True)
class Town:
    """A folder, and the accounts of two runs in it."""

    folder: Path
    first: RunSummary
    second: RunSummary


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Red rides from A to B, green is seen by A only; the second file of A is no video."""
    folder = tmp_path_factory.mktemp("town")
    write_video(folder / "a_20240514T080000.mp4", street(130, ((10, RED), (60, GREEN))))
    (folder / "a_20240514T080013.mp4").write_bytes(b"no video")
    write_video(folder / "b_20240514T080003.mp4", street(100, ((20, RED),)))
    (folder / "site.yaml").write_text(SITE)
    overrides = {"database": f"sqlite:///{folder / 'flows.db'}"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
        first, second = (run_site(load_configuration(folder / "site.yaml", overrides)) for _ in range(2))
    return Town(folder, first, second)


def test_the_account_tells_what_was_read_and_what_the_database_holds(town: Town) -> None:
    summary = town.first
    a, b = summary.cameras
    assert (a.camera, a.frames_read, a.frames_skipped, a.cyclists) == ("A", 130, 0, 2)
    assert (b.camera, b.frames_read, b.frames_skipped, b.cyclists) == ("B", 100, 0, 1)
    assert (a.observed_s, b.observed_s) == pytest.approx((13.0, 10.0), abs=0.21)
    assert (summary.journeys, summary.linked_journeys, summary.already_done) == (2, 1, False)
    assert (summary.site, summary.detector, summary.frames_read) == ("test", "colour blocks", 230)
    with closing(sqlite3.connect(town.folder / "flows.db")) as connection:
        stored = connection.execute("select camera, count(*) from journeys_flat group by camera").fetchall()
    assert dict(stored) == {"A": 2, "B": 1}


def test_what_could_not_be_read_is_told_with_its_file(town: Town) -> None:
    a, b = town.first.cameras
    assert len(a.problems) == 1
    assert a.problems[0].startswith("a_20240514T080013.mp4: ")
    assert b.problems == ()


def test_every_stage_took_its_time(town: Town) -> None:
    assert all(town.first.stage_s[stage] > 0 for stage in Stage), town.first.stage_s


def test_a_second_run_reads_nothing_and_tells_the_same_results(town: Town) -> None:
    first, second = town.first, town.second
    assert second.already_done
    assert [camera.frames_read for camera in second.cameras] == [0, 0]
    assert [camera.cyclists for camera in second.cameras] == [camera.cyclists for camera in first.cameras]
    assert [camera.observed_s for camera in second.cameras] == [camera.observed_s for camera in first.cameras]
    assert (second.journeys, second.linked_journeys) == (first.journeys, first.linked_journeys)
    assert json.loads(second.to_json())["already_done"] is True
