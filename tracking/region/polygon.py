"""Polygons of the site file: what is a usable one, and where it lies in a frame."""

import math
from collections.abc import Sequence
from typing import TypeAlias

import shapely

from tracking.errors import UsageError

Point: TypeAlias = tuple[float, float]

_FLAT = 1e-9
"""Area, as a share of the square of the extent, that is nothing but rounding."""


class PolygonError(UsageError, ValueError):
    """A polygon or line that cannot be used; the sentence leaves room for the file and key before it."""


def is_relative(points: Sequence[Point]) -> bool:
    """True when no coordinate exceeds 1: shares of the frame's width and height instead of pixels."""
    return all(max(x, y) <= 1.0 for x, y in points)


def to_pixels(points: Sequence[Point], frame_size: tuple[int, int]) -> tuple[Point, ...]:
    """Scale relative points to pixels; pixel points stay.

    Args:
        points: Relative (all coordinates at most 1) or pixel coordinates.
        frame_size: Width and height in pixels.
    """
    if not is_relative(points):
        return tuple(points)
    width, height = frame_size
    return tuple((x * width, y * height) for x, y in points)


def validate_polygon(
    points: Sequence[Sequence[float]], frame_size: tuple[int, int] | None = None
) -> tuple[Point, ...]:
    """Check a polygon and return its points.

    Args:
        points: Corners in order, relative (all coordinates at most 1) or in pixels.
        frame_size: Width and height in pixels; None while the frame is not known, which leaves the right
            and lower bound of pixel coordinates unchecked.

    Raises:
        PolygonError: Fewer than 3 points, a point that is no pair of numbers or lies outside the frame, a
            polygon that crosses itself or encloses no area.
    """
    corners = validate_points(points, frame_size)
    distinct = set(corners)
    if len(distinct) < 3:
        raise PolygonError(f"a polygon needs at least 3 different points, not {len(distinct)}")
    extent = max(max(corner) for corner in corners)
    if shapely.MultiPoint(corners).convex_hull.area <= _FLAT * extent**2:
        raise PolygonError("the polygon encloses no area: all its points lie on one line")
    if not shapely.Polygon(corners).is_valid:
        raise PolygonError(
            f"the polygon crosses or touches itself{_where(corners)}; "
            "give its corners in order around the outline"
        )
    return corners


def _where(corners: Sequence[Point]) -> str:
    reason = shapely.is_valid_reason(shapely.Polygon(corners))
    _, bracket, place = reason.partition("[")
    if not bracket:
        return ""
    x, y = (float(value) for value in place.rstrip("]").split())
    return f" near ({x:g}, {y:g})"


def validate_points(
    points: Sequence[Sequence[float]], frame_size: tuple[int, int] | None
) -> tuple[Point, ...]:
    """Check that points are pairs of numbers inside the frame; arguments and errors as `validate_polygon`."""
    pairs = tuple(_pair(number, point) for number, point in enumerate(points, 1))
    if not pairs:
        return pairs
    right, lower = _extent(pairs, frame_size)
    for number, (x, y) in enumerate(pairs, 1):
        if not (0 <= x <= right and 0 <= y <= lower):
            raise PolygonError(
                f"point {number} ({x:g}, {y:g}) lies outside the frame; {_bounds(right, lower)}"
            )
        if right > 1 and max(x, y) <= 1 and not (x.is_integer() and y.is_integer()):
            raise PolygonError(
                f"point {number} ({x:g}, {y:g}) is relative but others are in pixels; use one of the two"
            )
    return pairs


def _extent(pairs: Sequence[Point], frame_size: tuple[int, int] | None) -> tuple[float, float]:
    """Greatest x and y that points with these coordinates may have."""
    # Pixels of a 2 x 2 frame make no sense, a relative coordinate that is a little too large does.
    if max(max(pair) for pair in pairs) <= 2.0:
        return 1.0, 1.0
    return (float(frame_size[0]), float(frame_size[1])) if frame_size else (math.inf, math.inf)


def _bounds(right: float, lower: float) -> str:
    if right == 1.0:
        return "relative coordinates go from 0 to 1"
    if math.isinf(right):
        return "coordinates are never negative"
    return f"pixel coordinates go from 0 to {right:g} across and from 0 to {lower:g} down"


def _pair(number: int, point: Sequence[float]) -> Point:
    try:
        x, y = point
        pair = (float(x), float(y))
    except (TypeError, ValueError):
        raise PolygonError(f"point {number} must be two numbers [x, y], not {point!r}") from None
    if not all(map(math.isfinite, pair)):
        raise PolygonError(f"point {number} must be two finite numbers [x, y], not {point!r}")
    return pair
