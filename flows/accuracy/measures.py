"""The small formulas of traffic counting."""

import math


def ratio(part: float, whole: float, empty: float = 1.0) -> float:
    """`part` of `whole`; `empty` where there is nothing to be right or wrong about."""
    return part / whole if whole else empty


def harmonic_mean(precision: float, recall: float) -> float:
    """F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def relative_error(counted: int, true: int) -> float:
    """(counted − true) / true; infinite where nobody was there and somebody was counted."""
    if not true:
        return float("inf") if counted else 0.0
    return (counted - true) / true


def geh(counted: float, true: float, hours: float) -> float:
    """Geoffrey E. Havers' statistic √(2(M − C)² / (M + C)) of hourly volumes; below 5 is a good count.

    Args:
        counted: Count.
        true: True count.
        hours: Length of the counted period.

    Returns:
        0 where nothing was and nothing was counted.
    """
    if not counted + true:
        return 0.0
    return math.sqrt(2 * (counted - true) ** 2 / (counted + true) / max(hours, 1e-9))
