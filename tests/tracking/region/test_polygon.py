"""Which polygons can be used, and what is said about the others."""

from collections.abc import Sequence
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tracking.errors import UsageError
from tracking.region import PolygonError, is_relative, to_pixels, validate_polygon

SQUARE = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]


@pytest.mark.parametrize(
    ("points", "frame_size"),
    [
        (SQUARE, None),
        ([(0, 0), (1, 0), (1, 1), (0, 1)], (640, 480)),
        ([(0, 0), (640, 0), (640, 480)], (640, 480)),
        ([(10, 10), (3000, 10), (3000, 2000)], None),
        ([*SQUARE, SQUARE[0]], None),
        ([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], None),
        ([(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.9, 0.9), (0.1, 0.9)], None),
    ],
    ids=["relative", "whole frame", "pixels to the edge", "frame unknown", "closed", "lists", "concave"],
)
def test_a_usable_polygon_comes_back_as_points(
    points: Sequence[Sequence[float]], frame_size: tuple[int, int] | None
) -> None:
    assert validate_polygon(points, frame_size) == tuple((float(x), float(y)) for x, y in points)


@pytest.mark.parametrize(
    ("points", "frame_size", "sentence"),
    [
        ([], None, "at least 3 different points, not 0"),
        ([(0, 0), (1, 1)], None, "at least 3 different points, not 2"),
        ([(0, 0), (1, 1), (0, 0), (1, 1)], None, "at least 3 different points, not 2"),
        ([(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)], None, r"crosses .* near \(0.5, 0.5\)"),
        ([(0, 0), (100, 100), (100, 0), (0, 100)], (200, 200), r"crosses .* near \(50, 50\)"),
        ([(0, 0), (0.5, 0.5), (1, 1)], None, "no area"),
        ([(0.1, 0.3), (0.2, 0.6), (0.3, 0.9)], None, "no area"),
        ([(10, 10), (20, 10), (30, 10)], (200, 200), "no area"),
        ([(0.1, 0.1), (1.2, 0.1), (0.5, 0.9)], None, r"point 2 \(1.2, 0.1\) .* from 0 to 1"),
        ([(0.1, -0.1), (0.9, 0.1), (0.5, 0.9)], None, r"point 1 \(0.1, -0.1\) lies outside"),
        ([(10, 10), (700, 10), (50, 90)], (640, 480), r"point 2 \(700, 10\) .* 640 across .* 480 down"),
        ([(10, 10), (70, 10), (50, 481)], (640, 480), r"point 3 \(50, 481\)"),
        ([(10, 10), (-70, 10), (50, 90)], None, r"point 2 \(-70, 10\) .* never negative"),
        ([(0.05, 0.95), (0.4, 0.3), (60, 0.3)], (640, 480), r"point 1 .* relative but others are in pixels"),
        ([(0, 0), (1, float("nan")), (1, 1)], None, "point 2 must be two finite numbers"),
        ([(0, 0), (1, 0, 1), (1, 1)], None, "point 2 must be two numbers"),
        ([(0, 0), "ab", (1, 1)], None, "point 2 must be two numbers"),
        ([(0, 0), 7, (1, 1)], None, "point 2 must be two numbers"),
    ],
)
def test_an_unusable_polygon_is_explained(
    points: Any, frame_size: tuple[int, int] | None, sentence: str
) -> None:
    with pytest.raises(PolygonError, match=sentence):
        validate_polygon(points, frame_size)


def test_the_error_is_a_usage_error_and_a_value_error() -> None:
    """The command line exits with 2; pydantic takes it for a failed validation."""
    assert issubclass(PolygonError, UsageError)
    assert issubclass(PolygonError, ValueError)


def test_relative_points_are_scaled_and_pixels_stay() -> None:
    assert to_pixels([(0.5, 0.25)], (640, 480)) == ((320, 120),)
    assert to_pixels([(50, 25)], (640, 480)) == ((50, 25),)
    assert is_relative([(0, 1), (1, 1)])
    assert not is_relative([(0, 1), (2, 1)])


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=6))
def test_exactly_the_polygons_that_shapely_finds_valid_are_usable(eighths: list[tuple[int, int]]) -> None:
    # Eighths have no rounding: a corner that lies on a side of the whole numbers lies on it here too.
    points = [(x / 8, y / 8) for x, y in eighths]
    whole = shapely.Polygon(eighths)
    if whole.is_valid and whole.area > 0:
        assert validate_polygon(points) == tuple(points)
    else:
        with pytest.raises(PolygonError):
            validate_polygon(points)
