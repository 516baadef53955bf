"""How sure a sample is: 95 % intervals of precision, recall, factor and GEH.

Right, wrong and lost cyclists are three Poisson streams whose rates have Gamma posteriors under Jeffreys'
prior, as in `flows.statistics.correction`. That is preferred to a bootstrap over the minutes, which says of a
sample without an error that there are none. Errors come in bursts, however (a group, low sun): where the
minutes scatter more around their common ratio than the streams would, as the variance of a ratio estimator
shows (Cochran 1977, 6.3), the posteriors are widened by that factor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.statistics import ErrorRates, LabelledSample
from tracking.arrays import FloatArray

_DRAWS = 20_000
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted in one stretch.

    Attributes:
        hand: Cyclists that a person counted.
        counted: Cyclists that the program counted.
        right: Those of the program that are those of the person; at most the smaller of both.
    """

    hand: int
    counted: int
    right: int


@dataclass(frozen=True, slots=True)
class Band:
    """A number with its 95 % interval.

    Attributes:
        value: What the sample says.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether the interval contains a number."""
        return self.low <= truth <= self.high


def rates_of(tallies: Sequence[Tally]) -> ErrorRates:
    """What the stretches of a camera say of right, wrong and lost ones; scatter makes it vaguer."""
    hand, counted, right = (
        sum(getattr(one, name) for one in tallies) for name in ("hand", "counted", "right")
    )
    rates = ErrorRates.after(LabelledSample(right, counted, hand))
    scatter = scatter_of(tallies)
    return ErrorRates(rates.correct / scatter, rates.wrong / scatter, rates.lost / scatter)


def scatter_of(tallies: Sequence[Tally]) -> float:
    """Variance of the stretches around their common ratio, over that of three Poisson streams; at least 1."""
    if len(tallies) < 2:
        return 1.0
    hand, counted, right = np.array([(one.hand, one.counted, one.right) for one in tallies], np.float64).T
    ratio = (hand.sum() + 1) / (counted.sum() + 1)
    between = float(((hand - ratio * counted) ** 2).sum()) * len(tallies) / (len(tallies) - 1)
    wrong, lost = counted.sum() - right.sum(), hand.sum() - right.sum()
    within = float((1 - ratio) ** 2 * right.sum() + lost + ratio**2 * wrong)
    return max(between / max(within, 1.0), 1.0)


def factor_band(rates: ErrorRates) -> Band:
    """What a count is multiplied with: (true + 1) / (counted + 1), which is 1 where nobody passed."""
    right, wrong, lost = _draw(rates)
    return _band(
        (rates.correct + rates.lost) / (rates.correct + rates.wrong), (right + lost) / (right + wrong)
    )


def precision_band(rates: ErrorRates, matched: int, counted: int) -> Band:
    """Share of the counted ones that are right."""
    right, wrong, _ = _draw(rates)
    return _band(matched / counted if counted else 1.0, right / (right + wrong))


def recall_band(rates: ErrorRates, matched: int, hand: int) -> Band:
    """Share of the true ones that are counted."""
    right, _, lost = _draw(rates)
    return _band(matched / hand if hand else 1.0, right / (right + lost))


def geh_band(rates: ErrorRates, hand: int, counted: int, hours: float) -> Band:
    """GEH of the hourly volumes, √(2 (M − C)² / (M + C)).

    Args:
        rates: Of the camera.
        hand: Cyclists that a person counted.
        counted: Cyclists that the program counted.
        hours: That were counted.
    """
    # The shapes may have been made vaguer: what was counted tells how many stand for one of them.
    each = (hand + counted + 2) / (2 * rates.correct + rates.wrong + rates.lost) / max(hours, 1e-9)
    right, wrong, lost = (each * one for one in _draw(rates))
    value = float(_geh(np.array(counted / hours), np.array(hand / hours)))
    return _band(value, _geh(right + wrong, right + lost))


def _geh(counted: FloatArray, true: FloatArray) -> FloatArray:
    both = counted + true
    return np.sqrt(2 * (counted - true) ** 2 / np.maximum(both, 1e-12))


def _draw(rates: ErrorRates) -> tuple[FloatArray, FloatArray, FloatArray]:
    dice = np.random.default_rng(0)
    right, wrong, lost = (
        np.maximum(dice.gamma(shape, size=_DRAWS), 1e-12)
        for shape in (rates.correct, rates.wrong, rates.lost)
    )
    return right, wrong, lost


def _band(value: float, draws: FloatArray) -> Band:
    """The middle 95 %; it reaches the value, which chance may put at an end."""
    low, high = np.percentile(draws, _ENDS).tolist()
    return Band(float(value), float(min(low, value)), float(max(high, value)))
