"""How far a run is: bars for people at a terminal, a line now and then for a log."""

import io
import re

import pytest

from pipeline.telemetry import open_progress, progress


class Terminal(io.StringIO):
    """Standard error of somebody who watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time on the wall, to be set by hand."""
    hands = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: hands[0])
    return hands


def test_a_log_gets_a_line_now_and_then(now: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with open_progress({"A": 600, "B": 400}) as shown:
        for _ in range(20):
            now[0] += 2.0
            shown.advance("A", 8)
            shown.advance("B", 2)
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert captured.out == "", "standard output belongs to the results"
    assert lines == ["78 of about 1000 frames, 5 frames/s", "158 of about 1000 frames, 5 frames/s"]


def test_a_short_run_says_nothing_in_between(now: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with open_progress({"A": 600}) as shown:
        now[0] += progress.LINE_EVERY_S - 0.1
        shown.advance("A", 600)
    assert capsys.readouterr().err == ""


def test_where_a_header_does_not_say_no_total_is_made_up(
    now: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with open_progress({"A": 600, "B": None}) as shown:
        now[0] += 20.0
        shown.advance("A", 100)
    assert capsys.readouterr().err == "100 frames, 5 frames/s\n"


def plain(text: str) -> str:
    """What is read on a terminal, without its control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_terminal_gets_a_bar_for_each_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with open_progress({"north gate": 50, "B": None}) as shown:
        shown.advance("north gate", 50)
        shown.advance("B", 8)
    text = plain(terminal.getvalue())
    assert re.search(r"camera north gate .*50/50", text), text
    assert re.search(r"camera B .*8/\?", text), text


@pytest.mark.parametrize("watched", [True, False])
def test_an_error_in_the_run_is_not_swallowed(monkeypatch: pytest.MonkeyPatch, watched: bool) -> None:
    monkeypatch.setattr("sys.stderr", Terminal() if watched else io.StringIO())

    def fail() -> None:
        with open_progress({"A": 50}):
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
