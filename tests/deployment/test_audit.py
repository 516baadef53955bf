"""`make audit` passes only where every package of the lock was asked about."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import REPOSITORY

Ask = Callable[[list[dict[str, Any]] | str], int]


def load() -> ModuleType:
    """The script, which lies outside the packages."""
    described = importlib.util.spec_from_file_location("audit_script", REPOSITORY / "deploy" / "audit.py")
    assert described is not None
    assert described.loader is not None
    script = importlib.util.module_from_spec(described)
    described.loader.exec_module(script)
    return script


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run the script beside a pip-audit that answers what it is told; always with exit code 0."""

    def ask(answer: list[dict[str, Any]] | str) -> int:
        text = answer if isinstance(answer, str) else json.dumps({"dependencies": answer, "fixes": []})
        answering = tmp_path / "answer.py"
        answering.write_text(f"import sys\nprint({text!r})\nprint('Traceback\\nNo route', file=sys.stderr)\n")
        return int(load().main("some.lock", [sys.executable, str(answering)]))

    return ask


GOOD = {"name": "numpy", "version": "2.0", "vulns": []}
UNASKED = {"name": "scipy", "skip_reason": "not found"}
BAD = {"name": "av", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}


def test_all_asked_and_nothing_known_is_good(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask([GOOD]) == 0
    assert capsys.readouterr().out == "make audit: 1 packages asked about, 0 faults known\n"


def test_what_could_not_be_asked_about_is_not_taken_for_good(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask([GOOD, UNASKED]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "1 of 2 packages, scipy" in said
    assert "PyPI" in said


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", "{}", '{"dependencies": 3}'])
def test_a_failure_is_one_sentence(ask: Ask, capsys: pytest.CaptureFixture[str], answer: str) -> None:
    assert ask(answer) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "No route" in said
    assert "Traceback" not in said


def test_an_empty_lock_is_not_good(ask: Ask) -> None:
    assert ask([]) == 2


def test_a_known_fault_is_told_even_where_others_could_not_be_asked_about(
    ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask([BAD, UNASKED]) == 1
    assert "av 1.0: CVE-1, mended in 1.1; then make lock" in capsys.readouterr().out


def test_the_makefile_asks_in_this_way() -> None:
    assert "$(BIN)/python deploy/audit.py $(LOCK)" in (REPOSITORY / "Makefile").read_text("utf-8")
