"""A day of a live run that fails again and again: it holds no more in the end than in its first hours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.pipeline.live.watching import reasons, riders, rows

HOURS = 24.0
MOST_GROWTH = 0.02


def lived(folder: Path, hours: float) -> list[dict[str, float]]:
    """What the program held every ten minutes."""
    command = [sys.executable, "-m", "tests.pipeline.live.simulated_day", str(folder), str(hours)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, stdout=subprocess.PIPE)
    *samples, told = (json.loads(line) for line in answer.stdout.splitlines())
    assert told["opened"] > hours, told
    assert told["refused"] > hours, told
    assert not any("dropped" in problem for problem in told["problems"]), told
    return samples


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_a_day_of_failing_cameras_holds_no_more_than_its_first_hours(tmp_path: Path) -> None:
    samples = lived(tmp_path, HOURS)
    early = [one for one in samples if one["hour"] <= HOURS / 10]
    late = [one for one in samples if one["hour"] > HOURS / 10]
    assert len(late) > 100
    for measure in ("memory_kb", "threads", "files"):
        most, later = (max(one[measure] for one in part) for part in (early, late))
        print(f"{measure}: at most {most} in the first tenth, {later} after it")
        assert later <= (1 + MOST_GROWTH) * most, f"{measure}: {most} in the first tenth, {later} after it"
    assert rows(tmp_path, "select state from run") == [("finished",)]
    for camera in "AB":
        assert len(riders(tmp_path, camera)) > HOURS
        assert {"unreachable", "connection_lost"} <= set(reasons(tmp_path, camera))
