"""Riders who seem to turn round on the spot: one who left the view, and one who came in there.

Nobody on a bicycle reverses without having stood. Where a track does, with a clear speed before and after,
the boxes after the turn belong to somebody else, who entered where and when the first one left.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tracking.arrays import FloatArray
from tracking.tracklets.geometry import heights

WINDOW_S = 0.5
"""Stretch before and after the turn from which the speeds are taken; a real turn is slow for longer."""
LEAST_BOXES = 4
STRAYS = 4
"""Boxes between the two that may be anybody's: those who ride abreast leave one after the other."""
OPPOSITE = -0.5
"""Cosine between the ways before and after: at least 120 degrees apart."""
CLEARNESS = 8.0
"""Way within a window over the scatter around it, from which boxes are steady enough to tell."""

_EDGE_PX = 1.0


class _Run(NamedTuple):
    velocity: FloatArray
    clear: bool


def boxes_after_turn(
    times: Sequence[float],
    boxes: Sequence[FloatArray],
    least_speed: float,
    frame_width: float | None = None,
) -> int:
    """Count the newest boxes that belong to somebody who rides the other way.

    Args:
        times: N seconds since the epoch, increasing.
        boxes: N arrays (4,) xyxy pixels.
        least_speed: Speed before and after, box heights per second, below which a turn is possible; 0: any
            turn is possible.
        frame_width: Pixels; None where it is not known.

    Returns:
        Number of boxes behind the turn, 0 without one.
    """
    after = _within(times, len(times)) if least_speed else 0
    if after < LEAST_BOXES:
        return 0
    for start in range(len(times) - after, max(len(times) - after - STRAYS, 0), -1):
        before = _within(times, start)
        if before < LEAST_BOXES:
            continue
        rows = [*range(start - before, start), *range(len(times) - after, len(times))]
        recent = np.array([boxes[row] for row in rows], np.float64)
        moments = np.array([times[row] - times[-1] for row in rows])
        heads = _heads(recent, frame_width) / max(float(heights(recent).mean()), 1.0)
        if (heads[before - 1] - heads[0]) @ (heads[-1] - heads[before]) >= 0:
            continue
        earlier = _run(moments[:before], heads[:before], least_speed)
        later = _run(moments[before:], heads[before:], least_speed)
        length = float(np.linalg.norm(earlier.velocity) * np.linalg.norm(later.velocity))
        if earlier.clear and later.clear and float(earlier.velocity @ later.velocity) < OPPOSITE * length:
            return after
    return 0


def _heads(boxes: FloatArray, frame_width: float | None) -> FloatArray:
    """(N, 2) middle of the upper edge: it stays when the bicycle's box comes and goes.

    Where the frame cuts boxes off at one side, the other side tells how they move.
    """
    left, right = boxes[:, 0], boxes[:, 2]
    cut_left = bool((left <= _EDGE_PX).any())
    cut_right = frame_width is not None and bool((right >= frame_width - _EDGE_PX).any())
    across = (left + right) / 2 if cut_left == cut_right else right if cut_left else left
    return np.stack([across, boxes[:, 1]], axis=1)


def _within(times: Sequence[float], end: int) -> int:
    """How many of the entries before `end` lie within one window of the last of them."""
    start = end
    while start > 0 and times[end - 1] - times[start - 1] <= WINDOW_S:
        start -= 1
    return end - start


def _run(times: FloatArray, heads: FloatArray, least_speed: float) -> _Run:
    """Speed over a window, by a line through its heads."""
    centred, way = times - times.mean(), heads - heads.mean(axis=0)
    velocity = centred @ way / max(float(centred @ centred), 1e-9)
    scatter = float(np.sqrt(((way - centred[:, None] * velocity) ** 2).sum(axis=1).mean()))
    speed, span = float(np.linalg.norm(velocity)), float(np.ptp(times))
    return _Run(velocity, speed >= least_speed and speed * span >= CLEARNESS * scatter)
