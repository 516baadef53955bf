"""Workers as real processes: the same rows, whoever is killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.runner.engines.processes import ProcessPool, ProcessWorker
from pipeline.runner.saving import Keeper, Saving
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.nights import COVERAGE, JOURNEYS, LEDGER, SIGHTINGS

REPOSITORY = Path(__file__).resolve().parents[4]
PROGRAM = REPOSITORY / "tests" / "pipeline" / "colour_detector.py"


def test_a_process_that_is_killed_is_begun_again_where_its_camera_was_saved(
    site: Path, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch, 0.01)
    workers: list[ProcessWorker] = []
    kept: list[str] = []
    start, keep = ProcessPool.start, Keeper.keep

    def started(pool: ProcessPool, errand: bytes, most_cores: int) -> ProcessWorker:
        workers.append(start(pool, errand, most_cores))
        return workers[-1]

    def killing(keeper: Keeper, saving: Saving) -> None:
        keep(keeper, saving)
        kept.append(saving.camera)
        if kept.count("A") == 2 and saving.camera == "A":
            os.kill(workers[0].pid or 0, signal.SIGKILL)

    monkeypatch.setattr(ProcessPool, "start", started)
    monkeypatch.setattr(Keeper, "keep", killing)

    told = fleets.run(site, tmp_path / "flows.db", "--engine", "processes")

    assert (told.code, len(workers)) == (0, 3), told.err
    assert "its worker was lost (killed by SIGKILL)" in told.out.replace("\n", " ")
    assert fleets.rows(tmp_path / "flows.db") == expected
    assert not [worker for worker in workers if psutil.pid_exists(worker.pid or 0)]


def test_workers_end_with_a_driver_that_is_killed_and_the_next_command_goes_on(
    site: Path, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = subprocess.Popen(
        [
            sys.executable, str(PROGRAM), "0.03", "run", "--cameras", str(site), "--database",
            str(tmp_path / "flows.db"), "--engine", "processes",
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for(lambda: len(read(tmp_path / "flows.db", "select * from progress")) == 2)
    children = psutil.Process(driver.pid).children(recursive=True)
    driver.kill()
    driver.communicate()

    assert len(children) >= 2
    wait_for(lambda: not any(child.is_running() for child in children))
    fleets.in_plain_colours(monkeypatch)
    told = fleets.run(site, tmp_path / "flows.db", "--engine", "local")
    assert told.code == 0, told.err
    for query in (SIGHTINGS, JOURNEYS, COVERAGE, LEDGER):
        assert read(tmp_path / "flows.db", query) == read(site.with_name("local.db"), query), query


def read(database: Path, query: str) -> list[Any]:
    """Rows, ids left aside; none while there is no such table yet."""
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return []


def wait_for(condition: Any, seconds: float = 150.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(0.02)
