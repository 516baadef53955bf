"""A process that may have no more memory ends with a sentence; the machine goes on."""

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from tests.command_line import pipeline
from tests.conftest import REPOSITORY
from tests.pipeline.runner.engines import fleets
from tracking import memory_limit
from tracking.memory_limit import MEMORY_VARIABLE, told_of_memory

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such a limit")


@LINUX
@pytest.mark.parametrize("engine", ["local", "processes"])
def test_a_run_over_the_limit_ends_with_one_sentence(tmp_path: Path, engine: str) -> None:
    site = fleets.film(tmp_path)
    command = [sys.executable, "-m", "tests.pipeline.commands.hungry", "run", "--cameras", str(site)]
    command += ["--engine", engine, "--database", f"sqlite:///{tmp_path / 'flows.db'}"]
    environment = os.environ | {MEMORY_VARIABLE: "1500M", "OMP_NUM_THREADS": "1", "FIETSFLOW_CORES": "2"}
    ended = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=280
    )
    assert ended.returncode == 1, ended.stderr
    errors = [line for line in ended.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1, ended.stderr
    assert f"the memory of {MEMORY_VARIABLE}=1500M is used up" in errors[0]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("text", ["much", "4T", "-1", "0x10", "1.5G", "9" * 16])
def test_what_is_no_amount_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, text)
    answer = pipeline("alarms", "nowhere.db")
    assert answer.code == 2
    assert answer.err == f"error: {MEMORY_VARIABLE}={text}: give an amount such as 4G or 1500M\n"


def test_too_little_is_refused_before_anything_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "100M")
    answer = pipeline("alarms", "nowhere.db")
    assert answer.code == 2
    assert "less than 512M is not enough to start" in answer.err


def test_where_no_limit_is_kept_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "4G")
    monkeypatch.setattr(memory_limit.sys, "platform", "darwin")
    answer = pipeline("alarms", "nowhere.db")
    assert answer.code == 2
    assert "only Linux keeps such a limit" in answer.err


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        av.error.MemoryError(12, "Cannot allocate memory"),
        RuntimeError("Failed to allocate memory for requested buffer of size 1"),
        RuntimeError("std::bad_alloc"),
        ImportError("/lib/one.so: failed to map segment from shared object"),
        RuntimeError("OpenCV(5.0.0) alloc.cpp:73: (-4:Insufficient memory) Failed to allocate 9 bytes"),
    ],
)
def test_every_library_says_it_in_its_own_words(error: Exception) -> None:
    assert told_of_memory(error) is not None
    assert told_of_memory(RuntimeError("no such file")) is None
    barred = "/lib/one.so: failed to map segment from shared object: Operation not permitted"
    assert told_of_memory(ImportError(barred)) is None
