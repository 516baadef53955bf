"""Two runs of one site exclude each other; a run that was killed excludes nobody."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.database import FlowStore, site_lock
from tests.command_line import pipeline, street, write_video

RED, BLUE = (30, 30, 220), (220, 60, 30)
SITE = """
site: test
timezone: Europe/Amsterdam
detector: {name: motion}
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}
"""
REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_video(tmp_path / "a.mp4", street(160, ((20, RED), (90, BLUE))))
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "other.yaml").write_text(SITE.replace("site: test", "site: other"))
    return tmp_path


def asked(database: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database, timeout=0, isolation_level=None)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def started_and_stopped(folder: Path, database: Path) -> subprocess.Popen[bytes]:
    """A run that stands still in the middle, and not inside a transaction."""
    arguments = ["run", "--cameras", str(folder / "site.yaml"), "--database", str(database)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.commands import main; main()", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        time.sleep(0.01)
        os.kill(process.pid, signal.SIGSTOP)
        try:
            if asked(database, "select run_id from run"):
                asked(database, "begin immediate")
                return process
        except sqlite3.OperationalError:
            pass
        os.kill(process.pid, signal.SIGCONT)
    raise AssertionError("the run was over before it could be stopped")


def test_a_second_run_is_refused_until_the_first_is_over_or_dead(folder: Path) -> None:
    database = folder / "flows.db"
    command = ("run", "--cameras", folder / "site.yaml", "--database", database)
    first = started_and_stopped(folder, database)
    try:
        before = asked(database, "select * from run")
        second = pipeline(*command)
        assert second.code == 1
        assert len(second.err.splitlines()) == 1, second.err
        assert f"site test is being written by process {first.pid} on " in second.err
        assert asked(database, "select * from run") == before
    finally:
        first.kill()
        first.wait(timeout=60)
    third = pipeline(*command)
    assert third.code == 0, third.err
    assert asked(database, "select count(*), count(distinct sighting_id) from journey_stop") == [(2, 2)]


def test_another_site_runs_into_the_same_database_meanwhile(folder: Path) -> None:
    database = folder / "flows.db"
    store = FlowStore.open(str(database))
    with site_lock(store.database, "test"):
        refused = pipeline("run", "--cameras", folder / "site.yaml", "--database", database)
        beside = pipeline("run", "--cameras", folder / "other.yaml", "--database", database)
    store.close()
    assert (refused.code, beside.code) == (1, 0), refused.err + beside.err
    assert asked(database, "select name from site") == [("other",)]


def test_a_replay_is_refused_as_well(folder: Path) -> None:
    made = pipeline("simulate", folder / "city", "--cameras", 2, "--minutes", 0.5, "--detections-only")
    assert made.code == 0, made.err
    store = FlowStore.open(str(folder / "flows.db"))
    site = (folder / "city" / "site.yaml").read_text().split("site: ", 1)[1].split()[0]
    with site_lock(store.database, site):
        refused = pipeline("replay", folder / "city", "--perfect", "--database", folder / "flows.db")
    store.close()
    assert refused.code == 1
    assert f"process {os.getpid()} on " in refused.err
