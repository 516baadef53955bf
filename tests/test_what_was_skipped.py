"""A run of the tests ends by saying what was left out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.what_was_skipped import lines_about

ONE_OF_EACH = """
import pytest

@pytest.mark.skipif(True, reason="chromium is not installed (apt-get install chromium)")
def test_in_a_browser(): ...

@pytest.mark.parametrize("number", range(2))
def test_real_data(number):
    pytest.skip("real test material not found at /nowhere; set PIPELINE_TEST_DATA to its folder")

def test_anything(): ...
"""


def run_pytest(tmp_path: Path, *options: str) -> list[str]:
    (tmp_path / "test_some.py").write_text(ONE_OF_EACH)
    # The plugins of other libraries take longer to load than these tests.
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "xdist.plugin", "-p", "tests.what_was_skipped"]
    command = [sys.executable, "-m", "pytest", *plugins, "-c", "/dev/null", *options, str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, env=alone, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()


@pytest.mark.parametrize("options", [("-ra",), ("-q", "-ra"), ("-n", "2")], ids=" ".join)
def test_the_run_ends_with_what_makes_them_run_and_pytests_count(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    lines = run_pytest(tmp_path, *options)
    assert lines[-3:-1] == [
        "1 × browser: sudo apt-get install chromium && make test",
        "2 × private data: PIPELINE_TEST_DATA=FOLDER make test",
    ]
    assert re.search(r"1 passed, 3 skipped in ", lines[-1])


def test_a_run_without_skipped_tests_says_nothing(tmp_path: Path) -> None:
    lines = run_pytest(tmp_path, "-k", "anything")
    assert not any("not tested" in line for line in lines)


def test_a_reason_that_nobody_foresaw_is_said_as_it_is() -> None:
    assert lines_about(["the moon is full"]) == ["1 × the moon is full"]


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("pgserver brings the PostgreSQL server of the tests", "1 × PostgreSQL: make test"),
        ("the laboratory needs PyTorch", "1 × tests that need an extra: make test"),
        ("could not import 'onnx': No module named 'onnx'", "1 × tests that need an extra: make test"),
        ("this machine has CUDA", "1 × tests for machines without CUDA"),
    ],
)
def test_a_reason_is_told_by_what_is_missing(reason: str, line: str) -> None:
    assert lines_about([reason]) == [line]
