"""Workers as real processes: the same rows, whoever is killed."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.runner.engines.processes import ProcessPool, ProcessWorker
from pipeline.runner.saving import Keeper, Saving
from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.killing import is_finished_by_the_local_engine, kill_a_command


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
    monkeypatch.chdir(tmp_path)
    kill_a_command(site, 2, "--engine", "processes")
    is_finished_by_the_local_engine(site, monkeypatch)
