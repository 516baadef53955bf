"""The real program, stopped by the system and killed, and given again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.following.street_files import assert_same_as_clean, put, rows

REPOSITORY = Path(__file__).resolve().parents[3]
PATIENCE_S = 60.0


class Program:
    """``pipeline run --follow`` with the colour detector, in a process of its own."""

    mode = "--follow"

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "tests.pipeline.colour_detector", "0.004", "run", self.mode]
        command += ["--cameras", str(folder / "site.yaml"), "--database", str(folder / "flows.db"), *options]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
        self._folder = folder
        self._log = (folder / "log").open("a+")
        self._process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until the log has said something so many times."""
        self.wait(lambda: self.log.count(text) >= times)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.02)

    @property
    def log(self) -> str:
        """What was said up to now, by earlier ones too."""
        return (self._folder / "log").read_text()

    def end(self, number: signal.Signals) -> int:
        """Send a signal; the exit code."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_S)


@pytest.mark.timeout(300)
def test_stopped_and_killed_in_the_middle_of_files_the_same_command_goes_on(folder: Path) -> None:
    put(folder, "?_*00")
    first = Program(folder, "--summary-json", str(folder / "summary.json"))
    first.wait_for("is read", 2)
    assert first.end(signal.SIGTERM) == 0, first.log
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["site"] == "test"
    assert rows(folder, "select state from run") == [("unfinished",)]

    put(folder, "?_*05")
    second = Program(folder)
    second.wait_for("05.mp4 is read", 2)
    assert second.end(signal.SIGKILL) == -signal.SIGKILL

    third = Program(folder)
    third.wait_for("05.mp4 is counted", 2)
    put(folder, "?_*10")
    third.wait_for("10.mp4 is counted", 2)
    assert third.end(signal.SIGINT) == 0, third.log
    assert rows(folder, "select count(*) from run") == [(1,)], third.log
    assert "cyclists per camera" in third.log
    assert_same_as_clean(folder)
