"""Percentiles of travel times, exact."""

from collections.abc import Sequence


def percentile_hundredths(travels: Sequence[int], percent: int) -> int:
    """Interpolate linearly between the two nearest ranks, as NumPy's ``linear`` does.

    Args:
        travels: Sorted travel times, microseconds; at least one.
        percent: 0..100.

    Returns:
        Hundredths of a microsecond, a whole number of them.
    """
    below, weight = divmod((len(travels) - 1) * percent, 100)
    above = min(below + 1, len(travels) - 1)
    return travels[below] * (100 - weight) + travels[above] * weight
