"""How long what was seen now and then was in view: the time that each box stands for.

A camera is looked at so many times a second, more often where somebody is fast, less often where frames are
dropped. Counted boxes would mean another thing at each rate; the seconds they stand for mean the same.
"""

import numpy as np

from tracking.arrays import FloatArray

TIME_TOLERANCE_S = 1e-6
"""Times since the epoch carry a rounding error of up to 0.24 microseconds."""
MOST_S = 2 / 7
"""Longest time that one box stands for: what is looked at less than 3.5 times a second is not watched."""


def seconds_of(times: FloatArray) -> FloatArray:
    """The time that each box stands for: half of the gaps beside it, as far as they were watched.

    Args:
        times: (N,) seconds, never falling.

    Returns:
        (N,) seconds, above 0 but for boxes of one moment; the ends stand for one gap, as all do where boxes
        are spaced evenly.
    """
    if len(times) < 2:
        return np.full(len(times), MOST_S)
    gaps = np.minimum(np.diff(times), MOST_S)
    around = np.concatenate([gaps[:1], gaps, gaps[-1:]])
    return np.asarray((around[:-1] + around[1:]) / 2)
