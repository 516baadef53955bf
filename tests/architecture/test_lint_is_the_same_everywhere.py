"""What runs before a commit is what ``make lint`` runs, and what ``make test`` begins with."""

import re
import subprocess

import yaml

from tests.conftest import REPOSITORY


def recipe(target: str) -> list[str]:
    """Commands that make would run, were everything installed."""
    command = ["make", "--dry-run", "--old-file=.venv/.test", target]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return [line for line in printed.splitlines() if re.match(r"(\w+=\S+ )?\.venv/bin/", line)]


def test_before_a_commit_runs_what_lint_runs() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [repo["repo"] for repo in hooks] == ["local"], "hooks of a network repository cannot run offline"
    assert [hook["entry"] for hook in hooks[0]["hooks"]] == recipe("lint")


def test_the_tests_begin_with_lint_and_end_with_pytest() -> None:
    *before, last = recipe("test")
    assert before == recipe("lint")
    assert re.match(r"OMP_NUM_THREADS=1 \.venv/bin/pytest", last)


def test_help_names_every_target() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    shown = subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z-]+) ", shown, re.MULTILINE) == targets[1].split()
