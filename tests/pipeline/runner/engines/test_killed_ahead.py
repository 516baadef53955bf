"""Processes that look ahead of a camera, and the command that started them, are killed."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.runner.engines import fleet
from pipeline.runner.engines.driver import Driver
from pipeline.runner.engines.processes import ProcessPool, ProcessWorker
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.killing import is_finished_by_the_local_engine, kill_a_command
from tests.pipeline.runner.engines.test_looking_ahead import CUT, said


def test_a_process_that_looks_ahead_is_killed(
    alone: Path, expected_alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch, 0.01)
    monkeypatch.setattr(fleet, "scouts_for", lambda cores, stretch_s: 1)
    workers: list[ProcessWorker] = []
    killed: list[int] = []
    start, look_ahead = ProcessPool.start, Driver._look_ahead

    def started(pool: ProcessPool, errand: bytes, most_cores: int) -> ProcessWorker:
        workers.append(start(pool, errand, most_cores))
        return workers[-1]

    def killing(driver: "Driver[Any]") -> None:
        look_ahead(driver)
        [one] = driver._patrols.values()
        if one.ahead and not killed:
            killed.append(workers[1].pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(ProcessPool, "start", started)
    monkeypatch.setattr(Driver, "_look_ahead", killing)

    told = fleets.run(alone, tmp_path / "flows.db", *CUT)

    assert (told.code, len(killed), len(workers)) == (0, 1, 3), told.err
    assert "a worker that looked ahead was lost (killed by SIGKILL) and begun again" in said(told)
    assert fleets.rows(tmp_path / "flows.db") == expected_alone
    assert not [worker for worker in workers if psutil.pid_exists(worker.pid or 0)]


def test_a_command_that_is_killed_is_finished_by_the_local_engine(
    alone: Path, expected_alone: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("with one core nobody looks ahead")
    monkeypatch.chdir(tmp_path)
    kill_a_command(alone, 1, *CUT, FIETSFLOW_CORES="2")
    is_finished_by_the_local_engine(alone, monkeypatch)
