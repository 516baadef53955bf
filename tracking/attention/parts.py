"""From what changed in a small picture to the part of the frame that is looked at."""

from collections.abc import Iterable
from itertools import combinations
from math import ceil, floor

import cv2
import numpy as np

from tracking.arrays import BoolArray, Image
from tracking.values import Part

_LEAST_POINTS = 3
"""Points of the small picture below which a change is noise."""
_MARGIN = 0.5
"""Margin around what moves, in its own sizes: what stands beside a rider tells what the rider is."""
_LEAST_MARGIN = 0.06
"""The same, share of the frame's longer side."""
_GRID = 0.1
"""Parts begin and end on a grid of this share of the longer side, so that few sizes occur."""
_WHOLE = 0.7
"""Share of the frame from which the whole of it is looked at."""
_DETOUR = 0.02
"""What each look costs beside its pixels, share of a look at the whole frame."""
_REACH = 0.15
"""How far beyond the region movement still matters, share of the picture's height: a rider's foot lies in the
region, the rider above it."""


def moving_parts(changed: BoolArray, frame_size: tuple[int, int]) -> tuple[Part, ...]:
    """Boxes around what changed.

    Args:
        changed: (h, w) mask over a small picture of the frame.
        frame_size: Width and height of the frame in pixels.
    """
    # Closed by one point: a rider's head and wheels are one thing.
    joined = cv2.dilate(changed.astype(np.uint8), np.ones((3, 3), np.uint8))
    number, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if number < 2:
        return ()
    across, down = frame_size[0] / changed.shape[1], frame_size[1] / changed.shape[0]
    parts = []
    for left, top, width, height, _ in stats[1:]:
        if np.count_nonzero(changed[top : top + height, left : left + width]) < _LEAST_POINTS:
            continue
        right, bottom = (left + width) * across, (top + height) * down
        parts.append((int(left * across), int(top * down), int(right), int(bottom)))
    return tuple(parts)


def enclosing(parts: Iterable[Part], frame_size: tuple[int, int]) -> tuple[Part, ...]:
    """The few parts to look at so that everything is seen with a margin, on the grid, apart from each other.

    Returns:
        Parts; none where it would be cheaper to look at the whole frame.
    """
    width, height = frame_size
    step = _GRID * max(frame_size)
    around = [_on_grid(_with_margin(part, max(frame_size)), step, frame_size) for part in parts]
    together = _joined(around, _DETOUR * width * height)
    cost = sum(_area(part) + _DETOUR * width * height for part in together)
    return () if cost > _WHOLE * width * height else tuple(together)


def within(region: Image) -> BoolArray:
    """Where movement matters: the region, and what stands on it; (h, w) mask."""
    reach = max(1, round(_REACH * region.shape[0]))
    return np.asarray(cv2.dilate(region, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0)


def _with_margin(part: Part, longer_side: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = part
    margin = max(_MARGIN * max(right - left, bottom - top), _LEAST_MARGIN * longer_side)
    return left - margin, top - margin, right + margin, bottom + margin


def _on_grid(edges: tuple[float, float, float, float], step: float, frame_size: tuple[int, int]) -> Part:
    left, top = (max(round(floor(edge / step) * step), 0) for edge in edges[:2])
    right, bottom = (
        min(round(ceil(edge / step) * step), limit) for edge, limit in zip(edges[2:], frame_size, strict=True)
    )
    return left, top, right, bottom


def _joined(parts: list[Part], detour: float) -> list[Part]:
    """Join parts as long as one look at both costs no more than two."""
    parts = list(dict.fromkeys(parts))
    merged = True
    while merged:
        merged = False
        for first, second in combinations(parts, 2):
            both = _around(first, second)
            if _area(both) <= _area(first) + _area(second) + detour or _touch(first, second):
                parts = [part for part in parts if part not in (first, second)] + [both]
                merged = True
                break
    return parts


def _around(first: Part, second: Part) -> Part:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )


def _touch(first: Part, second: Part) -> bool:
    """Whether they have pixels in common: who is in both would be found twice."""
    return max(first[0], second[0]) < min(first[2], second[2]) and max(first[1], second[1]) < min(
        first[3], second[3]
    )


def _area(part: Part) -> int:
    return (part[2] - part[0]) * (part[3] - part[1])
