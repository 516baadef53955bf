"""Which way a passage went: over a counting line, or through the view."""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import FloatArray
from tracking.region.interest import bottom_centres
from tracking.region.line import CountingLine

UNKNOWN = "unknown"
"""It hardly moved."""
UNCROSSED = "uncrossed"
"""It did not cross the counting line, or went back over it."""
_LEAST_MOVE = 0.5
_MOST_END_POINTS = 5


@dataclass(frozen=True, slots=True)
class Crossing:
    """A passage over a counting line.

    Attributes:
        direction: Name of the direction.
        time: Seconds since the epoch, interpolated between the boxes before and behind the line.
    """

    direction: str
    time: float


def direction_of(
    boxes: FloatArray, line: CountingLine | None = None, frame_size: tuple[int, int] | None = None
) -> str:
    """Name the direction of a passage.

    Args:
        boxes: (N, 4) xyxy pixels in order of time, N at least 1.
        line: Counting line; None takes the heading through the view.
        frame_size: Width and height in pixels, needed for a line in relative coordinates.

    Returns:
        With a line one of its names or ``uncrossed``. Without: ``left``, ``right``, ``away`` (up in the
        picture), ``towards`` (down), or ``unknown`` when it moved less than half its own height.
    """
    if line is None:
        return _heading(boxes)
    crossing = crossing_of(np.arange(len(boxes), dtype=np.float64), boxes, line, frame_size)
    return crossing.direction if crossing else UNCROSSED


def crossing_of(
    times: FloatArray, boxes: FloatArray, line: CountingLine, frame_size: tuple[int, int] | None = None
) -> Crossing | None:
    """Find where a passage crossed a line.

    Who wobbles on the line crosses it several times; what counts is the balance, and the first crossing
    in its direction gives the time.

    Args:
        times: (N,) seconds since the epoch, increasing.
        boxes: (N, 4) xyxy pixels.
        line: Counting line.
        frame_size: Width and height in pixels, needed for a line in relative coordinates.

    Returns:
        The crossing, or None when the passage ended on the side on which it began.

    Raises:
        PolygonError: The line lies outside the frame, or is relative and there is no frame.
    """
    start, end = np.array(line.ends(frame_size), np.float64)
    along = end - start
    offset = bottom_centres(boxes) - start
    side = along[0] * offset[:, 1] - along[1] * offset[:, 0]
    position = offset @ along / (along @ along)
    # A point on the line belongs to the right-hand side, so that touching it counts once.
    turn = np.diff((side >= 0).astype(np.int64))
    step = side[:-1] - side[1:]
    share = np.divide(side[:-1], step, out=np.zeros(len(turn)), where=turn != 0)
    met = position[:-1] + share * np.diff(position)
    turn[(met < 0) | (met > 1)] = 0
    balance = int(np.sign(turn.sum()))
    if balance == 0:
        return None
    first = int(np.flatnonzero(turn == balance)[0])
    moment = float(times[first] + share[first] * (times[first + 1] - times[first]))
    return Crossing(line.forward if balance > 0 else line.backward, moment)


def _heading(boxes: FloatArray) -> str:
    """Main axis of the way from the entry to the exit point, each the median of the outer fifth."""
    ground = bottom_centres(boxes)
    outer = min(max(len(ground) // 5, 1), _MOST_END_POINTS)
    way = np.median(ground[-outer:], axis=0) - np.median(ground[:outer], axis=0)
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    if np.hypot(*way) < _LEAST_MOVE * height or not way.any():
        return UNKNOWN
    if abs(way[0]) >= abs(way[1]):
        return "right" if way[0] > 0 else "left"
    return "towards" if way[1] > 0 else "away"
