"""Who in one frame is whom in the next, and how fast: pace tells what small pictures of people do not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from workshop.adaptation.opinions import Opinion

_GROWTH = 1.5
"""Heights of one person in neighbouring frames differ by less than this factor."""
_FAR = 1e3
"""Costs more than any pair of neighbours."""


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody in two frames.

    Attributes:
        first: Row in the first frame.
        second: Row in the second.
        pace: Own heights per second.
    """

    first: int
    second: int
    pace: float


def steps(first: Opinion, second: Opinion, seconds: float, fastest: float) -> Iterator[Step]:
    """Join the objects of two frames one to one, so that all together move least.

    One to one, because a rider who left is else taken for a walker who stands where the rider came by.

    Args:
        first: Of one frame.
        second: Of another.
        seconds: Between the two, more than 0.
        fastest: Nobody is faster, own heights per second.
    """
    from scipy.optimize import linear_sum_assignment  # Takes a moment; the command line must not wait for it

    if not len(first) or not len(second):
        return
    ways = ways_between(first.boxes, second.boxes)
    possible = (ways <= fastest * seconds) & alike(first.boxes, second.boxes)
    rows, columns = linear_sum_assignment(np.where(possible, ways, _FAR))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if possible[row, column]:
            yield Step(row, column, float(ways[row, column]) / seconds)


def ways_between(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """(N, M) distances of the middles of (N, 4) and (M, 4) boxes, in the mean of both heights."""
    middles, elsewhere = ((one[:, :2] + one[:, 2:]) / 2 for one in (boxes, others))
    heights = (_heights(boxes)[:, None] + _heights(others)[None]) / 2
    return np.asarray(np.linalg.norm(middles[:, None] - elsewhere[None], axis=2) / heights)


def alike(boxes: FloatArray, others: FloatArray) -> BoolArray:
    """(N, M) whether two boxes may be of one person by their heights."""
    high, other = _heights(boxes)[:, None], _heights(others)[None]
    return np.asarray(np.maximum(high, other) <= _GROWTH * np.minimum(high, other))


def _heights(boxes: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(boxes[:, 3] - boxes[:, 1], 1.0))
