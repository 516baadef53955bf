"""How many heaps the threads of a live run have."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands import main
from pipeline.runner import live
from pipeline.runner.live import heaps
from tests.pipeline.live.watching import NOBODY_THERE, write_site

THREADS = """
import ctypes, sys, threading
from pipeline.runner.live.heaps import share_heaps

if sys.argv[1] == "shared":
    assert share_heaps()
library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
met = threading.Barrier(13)


def work():
    library.malloc(100)
    met.wait()
    met.wait()


for _ in range(12):
    threading.Thread(target=work, daemon=True).start()
met.wait()
library.fopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fopen(b"/dev/stdout", b"w")))
library.fflush(None)
"""


def heaps_of(how: str) -> int:
    """Number of heaps of a process with twelve threads."""
    environment = {name: value for name, value in os.environ.items() if name != heaps.VARIABLE}
    answer = subprocess.run(
        [sys.executable, "-c", THREADS, how], capture_output=True, text=True, check=True, env=environment
    )
    return answer.stdout.count("<heap ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library decides by itself")
def test_many_threads_share_two_heaps() -> None:
    assert heaps_of("shared") == heaps.HEAPS < heaps_of("apart")


def test_who_has_chosen_by_the_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(heaps.VARIABLE, "1")
    assert not heaps.share_heaps()


def test_another_system_decides_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(heaps.VARIABLE, raising=False)
    monkeypatch.setattr(heaps.sys, "platform", "darwin")
    assert not heaps.share_heaps()


def test_a_live_run_begins_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(live, "share_heaps", lambda: done.append("heaps"))
    monkeypatch.setattr(live, "run_live", lambda *_, **__: done.append("run") or sys.exit(0))
    with pytest.raises(SystemExit):
        main(["run", "--live", "--cameras", str(write_site(tmp_path, {"A": NOBODY_THERE}))])
    assert done == ["heaps", "run"]
