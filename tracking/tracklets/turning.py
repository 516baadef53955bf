"""Riders who seem to turn round on the spot: one who left the view, and one who came in there.

Nobody on a bicycle reverses without having stood. Where a track does, with a clear speed before and after,
the boxes after the turn belong to somebody else, who entered where and when the first one left. In the middle
of the view the speeds must be more than a rider could lose and gain in between; where the way led out of the
region nobody needs to have braked.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tracking.arrays import FloatArray
from tracking.region import RegionOfInterest, bottom_centres
from tracking.seconds import TIME_TOLERANCE_S
from tracking.tracklets.geometry import heights

WINDOW_S = 0.5
"""Stretch before and after the turn from which the speeds are taken; a real turn is slow for longer."""
LEAST_S = 0.3
"""Length of each stretch that tells a way from jitter."""
STRAYS_S = 1.0
"""Time between the two in which boxes may be anybody's: those who ride abreast leave one after the other."""
BRAKING = 1.5
"""How hard a rider who really turns brakes, box heights per second squared (2.5 m/s²)."""
OPPOSITE = -0.5
"""Cosine between the ways before and after: at least 120 degrees apart."""
CLEARNESS = 8.0
"""Way within a window over the scatter around it, from which boxes are steady enough to tell."""

_LEAST_BOXES = 3
"""Fewer have no scatter around a line."""
_EDGE_PX = 1.0


class _Run(NamedTuple):
    velocity: FloatArray
    clear_speed: float


def boxes_after_turn(
    times: Sequence[float],
    boxes: Sequence[FloatArray],
    least_speed: float,
    frame_width: float | None = None,
    region: RegionOfInterest | None = None,
) -> int:
    """Count the newest boxes that belong to somebody who rides the other way.

    Args:
        times: N seconds since the epoch, increasing.
        boxes: N arrays (4,) xyxy pixels.
        least_speed: Speed before and after, box heights per second, below which a turn is possible; 0: any
            turn is possible.
        frame_width: Pixels; None where it is not known.
        region: Outside which nobody is followed; None where that is not known.

    Returns:
        Number of boxes behind the turn, 0 without one.
    """
    end = len(times)
    after = _within(times, end) if least_speed else 0
    if not after:
        return 0
    for start in range(end - after, 0, -1):
        if times[end - after] - times[start] > STRAYS_S + TIME_TOLERANCE_S:
            break
        before = _within(times, start)
        if not before or not _opposite(boxes, start - before, start - 1, end - after, end - 1):
            continue
        rows = [*range(start - before, start), *range(end - after, end)]
        recent = np.array([boxes[row] for row in rows], np.float64)
        moments = np.array([times[row] - times[-1] for row in rows])
        height = max(float(heights(recent).mean()), 1.0)
        heads = _heads(recent, frame_width) / height
        earlier, later = _run(moments[:before], heads[:before]), _run(moments[before:], heads[before:])
        between_s = (end - after - start) * float(moments[-1] - moments[before]) / (after - 1)
        speed = min(earlier.clear_speed, later.clear_speed)
        way = earlier.velocity * height * float(moments[before] - moments[before - 1])
        if speed < least_speed or (
            speed < least_speed + BRAKING * between_s and not _leaves(region, recent[before - 1], way)
        ):
            continue
        length = float(np.linalg.norm(earlier.velocity) * np.linalg.norm(later.velocity))
        if float(earlier.velocity @ later.velocity) < OPPOSITE * length:
            # The stretch may begin with the last boxes of the one who left.
            return after - int(np.argmax(heads[before:] @ earlier.velocity))
    return 0


def _leaves(region: RegionOfInterest | None, box: FloatArray, way: FloatArray) -> bool:
    """Whether somebody who goes on from a box like that is outside the region afterwards."""
    if region is None:
        return False
    foot = region.within_frame(bottom_centres(box))[0]
    return region.share_until_edge(foot, foot + way) is not None


def _opposite(boxes: Sequence[FloatArray], one: int, two: int, three: int, four: int) -> bool:
    """Whether the way from the first to the second box leads back from the third to the fourth."""
    a, b, c, d = (boxes[row].tolist() for row in (one, two, three, four))
    across = (b[0] + b[2] - a[0] - a[2]) * (d[0] + d[2] - c[0] - c[2])
    along = (b[1] - a[1]) * (d[1] - c[1])
    return bool(across + 4 * along < 0)


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
    """How many of the entries before `end` lie within one window of the last of them; 0 for too few."""
    start = end
    while start > 0 and times[end - 1] - times[start - 1] <= WINDOW_S:
        start -= 1
    enough = end - start >= _LEAST_BOXES and times[end - 1] - times[start] >= LEAST_S - TIME_TOLERANCE_S
    return end - start if enough else 0


def _run(times: FloatArray, heads: FloatArray) -> _Run:
    """Velocity over a window, by a line through its heads; where that is not clear, its speed counts as 0."""
    centred, way = times - times.mean(), heads - heads.mean(axis=0)
    velocity = centred @ way / max(float(centred @ centred), 1e-9)
    scatter = float(np.sqrt(((way - centred[:, None] * velocity) ** 2).sum(axis=1).mean()))
    speed, span = float(np.linalg.norm(velocity)), float(np.ptp(times))
    return _Run(velocity, speed if speed * span >= CLEARNESS * scatter else 0.0)
