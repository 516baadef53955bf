"""A Ray cluster whose machines and head are killed while a command works: the rows stay the same."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.runner.engines import fleets
from tests.pipeline.runner.engines.clusters import PATIENCE_S, REPOSITORY, actors, machines
from tests.pipeline.runner.engines.killing import read, wait_for

PROGRAM = "tests.pipeline.runner.engines.command"
ENDS_WITHIN_S = 150.0
"""Ray itself gives up a head after a minute."""
SLOW, VERY_SLOW, QUICK, FAR, NEAR = 0.5, 3.0, 0.0, 1200.0, 1.0
"""Seconds of a look, the second more than Ray goes on without its head in all; and event time."""
pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


class Command:
    """``pipeline run`` in a process of its own."""

    def __init__(self, site: Path, database: Path, pause: float, ahead_s: float, *arguments: str) -> None:
        self.database = database
        words = ["run", "--cameras", str(site), "--database", str(database), *arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(pause), str(ahead_s), *words],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_both_are_saved(self) -> None:
        """Until there is something to go on from, of either camera."""
        wait_for(self._is_saved, PATIENCE_S)
        assert self.process.poll() is None, self.process.communicate()

    def _is_saved(self) -> bool:
        return self.process.poll() is not None or len(read(self.database, "select * from progress")) == 2

    def end(self) -> fleets.Told:
        """Wait until it ends by itself."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return fleets.Told(self.process.returncode, out, err)


@contextmanager
def command(*arguments: Any) -> Iterator[Command]:
    """One that does not outlive the test."""
    one = Command(*arguments)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.communicate()


def check_done(one: Command) -> None:
    """It comes to its end."""
    told = one.end()
    assert told.code == 0, told.err


def test_a_machine_that_is_killed_is_done_without(
    site: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    whole, torn = tmp_path / "whole.db", tmp_path / "torn.db"
    with machines(0, 1, 1) as cluster:
        on_it = ("--engine", "ray", "--ray-address", cluster.address)
        with command(site, whole, QUICK, FAR, *on_it) as one:
            check_done(one)
            assert fleets.rows(whole) == expected

        # What is left has room for one worker, and who is in it rests until the other one has come.
        with command(site, torn, SLOW, NEAR, *on_it) as one:
            one.wait_until_both_are_saved()
            assert len(actors(cluster.folder)) == 2
            cluster.kill_machine(0)
            told = one.end()

        assert told.code == 0, told.err
        assert "its worker was lost" in told.out.replace("\n", " ")
        assert "Traceback" not in told.err
        assert fleets.rows(torn) == expected
        wait_for(lambda: not actors(cluster.folder), PATIENCE_S)


@pytest.mark.parametrize("dies", ["head", "its service alone"])
def test_a_head_that_is_killed_ends_the_command_with_a_sentence_and_the_next_one_goes_on(
    dies: str, site: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    torn, copy = tmp_path / "torn.db", tmp_path / "copy"
    with machines(0, 1) as cluster:
        address = cluster.address
        with command(site, torn, VERY_SLOW, FAR, "--engine", "ray", "--ray-address", address) as one:
            one.wait_until_both_are_saved()
            cluster.kill_head(*(() if dies == "head" else ("gcs_server",)))
            killed = time.monotonic()
            told = one.end()
        took_s = time.monotonic() - killed
        wait_for(lambda: not actors(cluster.folder), PATIENCE_S)

    assert told.code == 1
    [said] = [line for line in told.err.splitlines() if line.startswith("error: ")]
    assert said.startswith(f"error: runtime.ray_address: the Ray at {address} is gone"), told.err
    assert "Traceback" not in told.err
    assert "***" not in told.err, "what Ray says from C++"
    assert took_s < ENDS_WITHIN_S
    assert 0 < len(read(torn, "select * from progress")) <= 2
    assert read(torn, "select state from run") != [("finished",)]

    copy.mkdir()
    for file in tmp_path.glob("torn.db*"):
        shutil.copy(file, copy)
    with command(site, torn, QUICK, FAR, "--engine", "local") as one:
        check_done(one)
    assert fleets.rows(torn) == expected
    if dies == "head":
        with (
            machines(1) as cluster,
            command(
                site, copy / "torn.db", QUICK, FAR, "--engine", "ray", "--ray-address", cluster.address
            ) as one,
        ):
            check_done(one)
        assert fleets.rows(copy / "torn.db") == expected
    print(f"{dies}: the command ended {took_s:.0f} s after the kill")
