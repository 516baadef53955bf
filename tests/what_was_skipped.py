"""Ends a test run by saying what was not tested on this machine, and what would make it run."""

import re
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Remedy:
    """What a kind of skipped tests is missing.

    Attributes:
        what: What was not tested.
        reason: Pattern of the reasons that the tests give.
        command: One command that makes them run; empty where nothing is missing.
    """

    what: str
    reason: str
    command: str


REMEDIES = (
    Remedy("browser", r"chromium is not installed", "sudo apt-get install chromium && make test"),
    Remedy("private data", r"test material not found", "PIPELINE_TEST_DATA=FOLDER make test"),
    Remedy("PostgreSQL", r"pgserver", "make test"),
    Remedy("sqlite3 program", r"sqlite3 command-line", "sudo apt-get install sqlite3 && make test"),
    Remedy("tests for machines without CUDA", r"has CUDA|is a CUDA device", ""),
    Remedy("tests that do not concern a server", r"a server has no", ""),
    Remedy(
        "tests that need an extra",
        r"could not import|needs|extra|package|pip install|is not installed",
        "make test",
    ),
)
"""``make test`` installs every extra; a run of pytest by hand may lack some."""


def lines_about(reasons: Iterable[str]) -> list[str]:
    """Say what was skipped, a line for each kind.

    Args:
        reasons: Of every skipped test or module.
    """
    groups = Counter(_group(reason) for reason in reasons)
    return [
        f"{count} × {what}" + (f": {command}" if command else "")
        for (what, command), count in sorted(groups.items(), key=lambda group: group[0])
    ]


def _group(reason: str) -> tuple[str, str]:
    for remedy in REMEDIES:
        if re.search(remedy.reason, reason):
            return remedy.what, remedy.command
    return reason, ""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Generator[None, Any, Any]:
    """Write the lines behind pytest's own summary; its closing count stays the last line."""
    outcome = yield
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped]
    if reasons:
        terminalreporter.section("not tested on this machine, and what makes it run")
        for line in lines_about(reasons):
            terminalreporter.line(line)
    return outcome
