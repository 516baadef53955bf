"""A command that is killed while its workers are at it, and what it leaves to be finished."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.nights import COVERAGE, JOURNEYS, LEDGER, SIGHTINGS

REPOSITORY = Path(__file__).resolve().parents[4]
PROGRAM = REPOSITORY / "tests" / "pipeline" / "colour_detector.py"


def kill_a_command(site: Path, cameras: int, *words: str, **environment: str) -> None:
    """Begin to count, kill the command when each camera was saved once, and see its workers end.

    Args:
        site: Site file; the database lies in the working folder, as ``flows.db``.
        cameras: How many it has.
        words: Further options of the command.
        environment: Further variables for it.
    """
    command = [sys.executable, str(PROGRAM), "0.03", "run", "--cameras", str(site), "--database", "flows.db"]
    driver = subprocess.Popen(
        [*command, *words],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: len(read(Path("flows.db"), "select * from progress")) == cameras)
    children = psutil.Process(driver.pid).children(recursive=True)
    driver.kill()
    driver.communicate()
    assert len(children) >= 2
    wait_for(lambda: not any(child.is_running() for child in children))


def is_finished_by_the_local_engine(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go on with ``flows.db`` without workers, and hold it against a run that nobody killed."""
    fleets.in_plain_colours(monkeypatch)
    told = fleets.run(site, Path("flows.db"), "--engine", "local")
    assert told.code == 0, told.err
    for query in (SIGHTINGS, JOURNEYS, COVERAGE, LEDGER):
        assert read(Path("flows.db"), query) == read(site.with_name("local.db"), query), query


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
    """Until something holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds:.0f} s"
        time.sleep(0.05)
