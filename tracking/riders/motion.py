"""How far and how fast something went, in its own heights.

A person, and a rider on a bicycle, is about 1.7 m high wherever it is in the picture, so
the height of the box is the ruler at that place: displacements are divided by the local
height before they are added up. One height per second is about 6 km/h for motion across
the view; motion along the view looks slower, never faster.
"""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import FloatArray
from tracking.riders.evidence import Evidence

_STEP_S = 0.5
_WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Motion:
    """Movement of one passage.

    Attributes:
        displacement: Largest distance from the start, in own heights.
        growth: Change of size between the ends, as a factor ≥ 1.
        speed: Brisk speed (upper quartile over the passage), own heights per second.
    """

    displacement: float
    growth: float
    speed: float


def measure_motion(evidence: Evidence) -> Motion:
    """Measure the movement of one passage, robust to jitter and to boxes that change their kind.

    Positions are medians over half-second steps of the head point (middle of the top edge):
    the head stays where it is when the bicycle box comes and goes.
    """
    times, heads, heights = _steps(evidence)
    if len(times) < 2:
        return Motion(0.0, 1.0, 0.0)
    local = (heights[1:] + heights[:-1]) / 2
    path = np.concatenate([np.zeros((1, 2)), np.cumsum(np.diff(heads, axis=0) / local[:, None], axis=0)])
    third = max(len(heights) // 3, 1)
    ends = np.median(heights[:third]), np.median(heights[-third:])
    return Motion(
        displacement=float(np.linalg.norm(path - path[0], axis=1).max()),
        growth=float(max(ends) / min(ends)),
        speed=_brisk_speed(times, path),
    )


def _steps(evidence: Evidence) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Median time, head point and height of each half-second step: (K,), (K, 2), (K,)."""
    steady = evidence.steady
    times, heads, heights = steady.times, steady.heads, steady.heights
    step = np.minimum(_STEP_S, max((times[-1] - times[0]) / 2, 1e-3))
    bins = ((times - times[0]) / step).astype(int)
    starts = np.flatnonzero(np.diff(bins, prepend=-1))
    groups = [slice(start, end) for start, end in zip(starts, [*starts[1:], len(bins)], strict=True)]
    return (
        np.array([np.mean(times[group]) for group in groups]),
        np.array([np.median(heads[group], axis=0) for group in groups]),
        np.array([np.median(heights[group]) for group in groups]),
    )


def _brisk_speed(times: FloatArray, path: FloatArray) -> float:
    """Upper quartile of the speeds over windows of about a second, heights per second."""
    last = np.minimum(np.searchsorted(times, times + _WINDOW_S - 1e-6), len(times) - 1)
    first = np.arange(len(times))
    whole = times[last] - times[first] >= 0.7 * min(_WINDOW_S, times[-1] - times[0])
    span = times[last[whole]] - times[first[whole]]
    distance = np.linalg.norm(path[last[whole]] - path[first[whole]], axis=1)
    return float(np.quantile(distance / span, 0.75))
