"""``pipeline run`` from video files to rows, and again after it was killed."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from pipeline.cameras import detectors
from tests.command_line import pipeline, street, write_video
from tests.pipeline.colour_detector import build

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
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
RESULT = "select camera, enter_time, exit_time, direction, stop, travel_s from journeys_flat order by 1, 2, 3"
COLOUR_DETECTOR = Path(__file__).with_name("colour_detector.py")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red and green ride from A to B, blue is seen at A only; nobody is in view at the start."""
    folder = tmp_path_factory.mktemp("footage")
    write_video(folder / "a.mp4", street(240, ((20, RED), (90, GREEN), (160, BLUE))))
    write_video(folder / "b.mp4", street(240, ((60, RED), (130, GREEN))))
    (folder / "site.yaml").write_text(SITE)
    return folder


@pytest.fixture
def folder(tmp_path: Path, footage: Path) -> Path:
    """The footage and its site, of which nothing is counted yet."""
    return Path(shutil.copytree(footage, tmp_path, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def finished(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same behind a run, which many tests begin with."""
    folder = Path(shutil.copytree(footage, tmp_path_factory.mktemp("finished"), dirs_exist_ok=True))
    run(folder)
    return folder


@pytest.fixture
def counted(tmp_path: Path, finished: Path) -> Path:
    """A copy of the footage, its site and all that the run left behind."""
    return Path(shutil.copytree(finished, tmp_path, dirs_exist_ok=True))


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def columns(database: Path, view: str) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [item[0] for item in connection.execute(f"select * from {view}").description]
    finally:
        connection.close()


def run(folder: Path, *arguments: object) -> None:
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db", *arguments)
    assert answer.code == 0, answer.err


def test_motion_and_colours_alone_tell_who_rode_from_a_to_b(counted: Path) -> None:
    routes = dict(rows(counted / "flows.db", "select route, sum(cyclists) from route_counts group by route"))
    assert routes == {"A": 1, "A>B": 2}, routes
    counts = dict(
        rows(counted / "flows.db", "select camera, sum(cyclists) from camera_counts group by camera")
    )
    assert counts == {"A": 3, "B": 2}, counts
    [(median,)] = rows(counted / "flows.db", "select median_s from travel_times")
    assert median == pytest.approx(14.0, abs=0.5), f"red and green take 14 s, measured {median}"


def test_statistics_in_json_are_one_array_with_the_documented_columns(counted: Path) -> None:
    for name, view in (
        ("counts", "camera_counts"),
        ("routes", "route_counts"),
        ("od", "od_matrix"),
        ("travel-times", "travel_times"),
    ):
        answer = pipeline(
            "stats", name, "--database", counted / "flows.db", "--interval", "total", "--format", "json",
            "--min-count", 1,
        )  # fmt: skip
        assert answer.code == 0, answer.err
        found = json.loads(answer.out)
        assert found, f"stats {name} is empty"
        local = ["interval_start_local", "interval_end_local"]
        assert list(found[0]) == [*columns(counted / "flows.db", view), *local]


def test_a_second_run_changes_nothing(counted: Path) -> None:
    before = (counted / "flows.db").read_bytes()

    answer = pipeline("run", "--cameras", counted / "site.yaml", "--database", counted / "flows.db")

    assert answer.code == 0, answer.err
    assert "nothing to do" in answer.out
    assert (counted / "flows.db").read_bytes() == before


def test_no_embedding_is_left_when_a_run_closes(counted: Path) -> None:
    assert rows(counted / "flows.db", "select count(*) from gallery") == [(0,)]
    assert not (counted / "flows.db-gallery").exists()


def test_replace_computes_anew(counted: Path) -> None:
    run(counted, "--replace", "--set", "links=[]")

    routes = dict(rows(counted / "flows.db", "select route, sum(cyclists) from route_counts group by route"))
    assert routes == {"A": 3, "B": 2}, routes


def test_footage_that_was_renamed_is_not_counted_twice(counted: Path) -> None:
    before = rows(counted / "flows.db", RESULT)
    (counted / "a.mp4").rename(counted / "renamed.mp4")
    site = (counted / "site.yaml").read_text()
    (counted / "site.yaml").write_text(site.replace("a.mp4", "renamed.mp4"))

    answer = pipeline("run", "--cameras", counted / "site.yaml", "--database", counted / "flows.db")

    assert (answer.code, "nothing to do" in answer.out) == (0, True), answer.err
    assert rows(counted / "flows.db", RESULT) == before


def test_a_window_that_excludes_the_travel_time_gives_no_journey(folder: Path) -> None:
    site = (folder / "site.yaml").read_text()
    (folder / "site.yaml").write_text(site.replace("min_travel_s: 5", "min_travel_s: 20"))
    run(folder)

    assert rows(folder / "flows.db", "select * from travel_times") == []


def test_a_site_without_links_lets_each_camera_follow_every_other(folder: Path) -> None:
    site = (folder / "site.yaml").read_text()
    (folder / "site.yaml").write_text(site[: site.index("links:")])
    run(folder)

    routes = dict(rows(folder / "flows.db", "select route, sum(cyclists) from route_counts group by route"))
    assert routes == {"A": 1, "A>B": 2}, routes


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("matching.commit_lag_s=10", "matching.commit_lag_s"),
        ("anonymize={region: face, face_model: site.yaml}", "anonymize.face_model"),
    ],
)
def test_what_cannot_be_built_leaves_no_run_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, named: str
) -> None:
    arguments = ("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db")
    monkeypatch.chdir(folder)

    answer = pipeline(*arguments, "--set", wrong)

    assert (answer.code, named in answer.err) == (2, True), answer.err
    assert not (folder / "flows.db").exists()


def test_blurring_at_the_source_still_counts(folder: Path) -> None:
    run(folder, "--set", "anonymize.when=source")

    counts = dict(
        rows(folder / "flows.db", "select camera, sum(cyclists) from camera_counts group by camera")
    )
    assert counts == {"A": 3, "B": 2}, counts


def start(folder: Path, database: str, pause: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(COLOUR_DETECTOR), str(pause), "run", "-c", "site.yaml", "--database", database],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def checkpoints(database: Path) -> int:
    """How many cameras have saved progress; 0 while there is no database yet."""
    try:
        return len(rows(database, "select * from progress"))
    except sqlite3.OperationalError:
        return 0


def to_the_end(database: str) -> None:
    """The same command in this process, which needs no start."""
    answer = pipeline("run", "-c", "site.yaml", "--database", database)
    assert answer.code == 0, answer.err


def test_a_run_killed_at_any_moment_goes_on_to_the_same_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(detectors, "build_detector", partial(build, 0.0))
    to_the_end("undisturbed.db")
    expected = rows(folder / "undisturbed.db", RESULT)
    assert len(expected) == 5, expected

    moments = random.Random(3)
    killed = 0
    for _ in range(3):
        process = start(folder, "killed.db", 0.01)
        deadline = time.monotonic() + 60
        while process.poll() is None and checkpoints(folder / "killed.db") == 0:
            assert time.monotonic() < deadline, "no checkpoint within a minute"
            time.sleep(0.02)
        time.sleep(moments.uniform(0.05, 1.0))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait(timeout=30)
    assert killed > 0, "the run was over before it could be killed"
    to_the_end("killed.db")
    assert rows(folder / "killed.db", RESULT) == expected
    coverage = "select camera, sum(coverage) from camera_counts group by camera"
    assert rows(folder / "killed.db", coverage) == rows(folder / "undisturbed.db", coverage)
