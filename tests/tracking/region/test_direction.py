"""Direction by a counting line and by the heading through the view, and the time of crossing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tracking.arrays import FloatArray
from tracking.region import CountingLine, Crossing, PolygonError, crossing_of, direction_of

FRAME = (200, 100)
ACROSS = CountingLine(points=((0, 0.5), (1, 0.5)))


def walk(*points: tuple[float, float]) -> FloatArray:
    """Boxes of 10 x 20 pixels that stand at these points."""
    return np.array([[x - 5, y - 20, x + 5, y] for x, y in points], np.float32)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (((100, 20), (100, 80)), "in"),
        (((100, 80), (100, 20)), "out"),
        (((100, 20), (100, 45)), "uncrossed"),
        (((100, 20), (100, 80), (100, 30)), "uncrossed"),
        (((100, 20), (100, 55), (100, 45), (100, 80)), "in"),
        (((100, 20), (100, 50), (100, 20)), "uncrossed"),
        (((100, 20), (100, 50), (100, 80)), "in"),
        (((100, 50), (100, 80)), "uncrossed"),
        (((100, 50), (100, 20)), "out"),
        (((100, 20),), "uncrossed"),
    ],
    ids=[
        "down",
        "up",
        "before",
        "back",
        "wobble",
        "touched",
        "on the line",
        "from the line down",
        "from the line up",
        "one box",
    ],
)
def test_direction_over_a_line(points: tuple[tuple[float, float], ...], expected: str) -> None:
    assert direction_of(walk(*points), ACROSS, FRAME) == expected


@pytest.mark.parametrize(
    ("ends", "way", "expected"),
    [
        (((100, 10), (100, 90)), ((150, 50), (50, 50)), "in"),
        (((100, 10), (100, 90)), ((50, 50), (150, 50)), "out"),
        (((100, 90), (100, 10)), ((50, 50), (150, 50)), "in"),
        (((100, 10), (100, 40)), ((50, 50), (150, 50)), "uncrossed"),
    ],
    ids=["right to left", "left to right", "line turned round", "past the end of the line"],
)
def test_forward_is_from_the_left_to_the_right_of_the_line(ends: Any, way: Any, expected: str) -> None:
    assert direction_of(walk(*way), CountingLine(points=ends)) == expected


def test_directions_carry_the_names_of_the_site() -> None:
    line = CountingLine(points=((0, 50), (200, 50)), forward="centre", backward="station")
    assert direction_of(walk((100, 20), (100, 80)), line) == "centre"
    assert direction_of(walk((100, 80), (100, 20)), line) == "station"


def test_the_crossing_time_is_interpolated() -> None:
    times = np.array([1000.0, 1002.0, 1004.0])
    assert crossing_of(times, walk((100, 10), (100, 20), (100, 60)), ACROSS, FRAME) == Crossing("in", 1003.5)


def test_who_wobbles_crosses_at_the_first_crossing_in_the_final_direction() -> None:
    times = np.arange(5.0)
    found = crossing_of(times, walk((9, 60), (9, 40), (9, 60), (9, 40), (9, 20)), ACROSS, FRAME)
    assert found == Crossing("out", 0.5)


def test_who_goes_round_the_end_of_the_line_is_counted_by_the_balance() -> None:
    short = CountingLine(points=((50, 50), (100, 50)))
    path = walk((75, 40), (75, 60), (75, 40), (150, 40), (150, 60), (75, 60), (75, 40))
    assert crossing_of(np.arange(7.0), path, short) == Crossing("out", 1.5)


def test_no_crossing_has_no_time() -> None:
    assert crossing_of(np.arange(2.0), walk((9, 60), (9, 70)), ACROSS, FRAME) is None


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (((10, 50), (100, 52), (190, 55)), "right"),
        (((190, 50), (100, 52), (10, 55)), "left"),
        (((100, 90), (105, 50), (110, 10)), "away"),
        (((100, 10), (105, 50), (110, 90)), "towards"),
        (((100, 50), (109, 50)), "unknown"),
        (((100, 50), (111, 50)), "right"),
        (((100, 50), (150, 50), (100, 50)), "unknown"),
        (((100, 50),), "unknown"),
    ],
    ids=[
        "right",
        "left",
        "up",
        "down",
        "less than half a height",
        "more than it",
        "there and back",
        "one box",
    ],
)
def test_heading_through_the_view(points: tuple[tuple[float, float], ...], expected: str) -> None:
    assert direction_of(walk(*points)) == expected


def test_one_wild_box_at_the_end_does_not_turn_the_heading() -> None:
    path = [(10 + 8 * number, 50) for number in range(20)]
    assert direction_of(walk(*path, (0, 100))) == "right"


def test_flat_boxes_that_stay_have_no_heading() -> None:
    assert direction_of(np.array([[10, 10, 20, 10], [10, 10, 20, 10]], np.float32)) == "unknown"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"points": [[0.5, 0.5], [0.5, 0.5]]}, "must differ"),
        ({"points": [[0.5, 0.5], [1.5, 0.5]]}, "outside the frame"),
        ({"points": [[0.5, 0.5]]}, "points"),
        ({"points": [[0, 0], [1, 1]], "forward": ""}, "forward"),
        ({"points": [[0, 0], [1, 1]], "left": "x"}, "left"),
    ],
)
def test_an_unusable_line_is_explained(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        CountingLine.model_validate(values)


def test_a_line_outside_the_frame_or_without_one_is_refused() -> None:
    with pytest.raises(PolygonError, match="outside the frame"):
        direction_of(walk((1, 1), (2, 2)), CountingLine(points=((0, 0), (300, 50))), FRAME)
    with pytest.raises(PolygonError, match="needs the size of the frame"):
        direction_of(walk((1, 1), (2, 2)), ACROSS)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_way_back_has_the_opposite_direction(points: list[tuple[int, int]]) -> None:
    opposite = {
        "in": "out",
        "out": "in",
        "left": "right",
        "right": "left",
        "away": "towards",
        "towards": "away",
    }
    there, back = walk(*points), walk(*points[::-1])
    for line in (ACROSS, None):
        there_is, back_is = direction_of(there, line, FRAME), direction_of(back, line, FRAME)
        assert opposite.get(there_is, there_is) == back_is


@given(st.lists(st.tuples(st.integers(-50, 250), st.integers(0, 100)), min_size=2, max_size=8))
@settings(max_examples=60, deadline=None)
def test_over_a_line_through_the_whole_view_the_ends_decide(points: list[tuple[int, int]]) -> None:
    wide = CountingLine(points=((0, 50), (10_000, 50)))
    shifted = [(x + 100, y) for x, y in points]
    below = [y >= 50 for _, y in (shifted[0], shifted[-1])]
    expected = {(False, True): "in", (True, False): "out"}.get((below[0], below[1]), "uncrossed")
    assert direction_of(walk(*shifted), wide) == expected
