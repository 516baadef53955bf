"""How far the errors of a sample may be chance.

Of the true journeys of a cell some are lost, and some are claimed that are none of it. Both rates are known
only as well as so few journeys can tell: their posterior leans on all cells together with the weight of two
journeys.
"""

import numpy as np

from tracking.arrays import FloatArray, IntArray

_LEANS = 2.0
_DRAWS = 4000
_ENDS = (2.5, 97.5)


def cell_intervals(
    truth: IntArray, lost: IntArray, surplus: IntArray
) -> tuple[list[float | None], list[float | None]]:
    """Bound the relative error of each cell at 95 %.

    Args:
        truth: (C,) true journeys.
        lost: (C,) those of them that are in no claimed journey of the cell.
        surplus: (C,) claimed journeys that are none of the cell's true ones.

    Returns:
        Lower and upper ends; None for cells in which nobody rode.
    """
    gone, come = _rates(truth, lost, surplus, np.random.default_rng(0))
    ends = np.percentile(come - gone, _ENDS, axis=0)
    lows, highs = (
        [float(end) if count else None for end, count in zip(row, truth.tolist(), strict=True)]
        for row in ends
    )
    return lows, highs


def total_interval(truth: IntArray, lost: IntArray, surplus: IntArray) -> tuple[float, float]:
    """Bound Σ |estimate − truth| / Σ truth in other samples of the same size at 95 %.

    Args:
        truth: (C,) true journeys.
        lost: (C,) see `cell_intervals`.
        surplus: (C,) likewise.

    Returns:
        Lower and upper end; 0 and 0 where nobody rode.
    """
    if not truth.sum():
        return 0.0, 0.0
    dice = np.random.default_rng(0)
    gone, come = _rates(truth, lost, surplus, dice)
    errors = np.abs(dice.poisson(come * truth) - dice.binomial(truth, gone)).sum(axis=1) / truth.sum()
    low, high = np.percentile(errors, _ENDS)
    return float(low), float(high)


def _rates(
    truth: IntArray, lost: IntArray, surplus: IntArray, dice: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw the shares of lost and of surplus journeys, two (draws, C) arrays."""
    everyone = float(truth.sum())
    usual_gone, usual_come = ((float(some.sum()) + 0.5) / (everyone + 1.0) for some in (lost, surplus))
    usual_gone = min(usual_gone, 0.99)
    shape = (_DRAWS, len(truth))
    gone = dice.beta(lost + _LEANS * usual_gone, truth - lost + _LEANS * (1 - usual_gone), shape)
    come = dice.gamma(surplus + _LEANS * usual_come, 1.0, shape) / (truth + _LEANS)
    return gone, come
