"""Percentiles of travel times, exact."""

import numpy as np

from tracking.arrays import IntArray


def percentiles_hundredths(travels: IntArray, starts: IntArray, counts: IntArray, percent: int) -> IntArray:
    """Interpolate linearly between the two nearest ranks, as NumPy's ``linear`` does.

    Args:
        travels: (N,) travel times, microseconds, sorted within each of K parts.
        starts: (K,) where each part begins.
        counts: (K,) how many it has, at least one.
        percent: 0..100.

    Returns:
        (K,) hundredths of a microsecond, a whole number of them.
    """
    below, weight = np.divmod((counts - 1) * percent, 100)
    above = np.minimum(below + 1, counts - 1)
    hundredths: IntArray = travels[starts + below] * (100 - weight) + travels[starts + above] * weight
    return hundredths
