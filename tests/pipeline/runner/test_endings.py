"""What follows late footage is looked at a little further, where it was counted and is still there."""

import pytest

from pipeline.ledger import Counted
from pipeline.runner.endings import find_ending
from pipeline.sources import PlannedSource
from tests.pipeline.fakes import FPS, MORNING, planned

SOURCES = (
    planned("a", 60 * FPS),
    planned("b", 60 * FPS, MORNING + 60),
    planned("c", 60 * FPS, MORNING + 180),
)


def counted(name: str, start: float, camera: str = "A") -> Counted:
    return Counted(camera, name, name, MORNING + start, MORNING + start + 60)


def test_the_file_that_goes_on_directly_behind_is_the_trail() -> None:
    ending = find_ending("A", SOURCES, ["a"], [counted("c", 180), counted("b", 60.2)])
    assert ending is not None
    assert (ending.trail, ending.until, ending.looks_until) == ("b", MORNING + 60.2, MORNING + 120.2)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="nothing was counted behind it"),
        pytest.param([counted("gone", 60)], id="it is not there any more"),
        pytest.param([counted("b", 60, "B")], id="another camera"),
        pytest.param([counted("c", 180)], id="everybody has left by then"),
    ],
)
def test_there_is_none(others: list[Counted]) -> None:
    assert find_ending("A", SOURCES, ["a"], others) is None


def test_what_is_read_itself_is_none() -> None:
    sources: tuple[PlannedSource, ...] = SOURCES
    assert find_ending("A", sources, ["a", "b"], [counted("b", 60)]) is None
    assert find_ending("A", sources, [], [counted("b", 60)]) is None
