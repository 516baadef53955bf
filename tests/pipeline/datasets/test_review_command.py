"""``pipeline dataset review`` as a program of its own, stopped and killed."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.datasets.review import ReviewServer, open_session

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = "from pipeline.commands import main; main()"


@contextmanager
def review(out: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and the address it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "dataset", "review", str(out), "--port", "0"],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Started from a background job, this process would inherit deafness to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    try:
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        yield process, address[0]
    finally:
        process.kill()
        process.wait(timeout=30)


def state(address: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{address}state", timeout=10) as answer:
        return json.load(answer)


def test_a_killed_review_loses_no_answer_and_ctrl_c_ends_it_in_words(unreviewed: Path) -> None:
    with review(unreviewed) as (process, address):
        page = urllib.request.urlopen(address, timeout=10).read().decode()
        token = re.search(r'name="review-token" content="([^"]+)"', page)[1]
        key = state(address)["proposal"]["key"]
        sent = urllib.request.Request(
            f"{address}answer",
            json.dumps({"key": key, "verdict": "same"}).encode(),
            {"X-Review-Token": token},
        )
        assert urllib.request.urlopen(sent, timeout=10).status == 200
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)

    with review(unreviewed) as (process, address):
        assert state(address)["same"] == 1
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "1 same, 0 different" in rest
    assert "go on with the same command" in rest


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_a_server_knows_whether_others_can_reach_it(unreviewed: Path, host: str, loopback: bool) -> None:
    with ReviewServer(open_session(unreviewed), host) as server:
        assert server.loopback is loopback
