"""Counts corrected for what matching gets wrong, with an interval that says how sure that is.

Of M counted journeys a share P (precision) is right, and of the true journeys only a share R (recall) is
found: the expected truth is M · P / R. P and R come from a labelled sample, so they are uncertain themselves,
and which journeys of this very day were lost is chance as well. All of it is drawn:

- right, wrong and lost journeys of the sample are three Poisson streams whose rates have Gamma posteriors.
  P and R share the rate of the right ones, so their errors go together and largely cancel in P / R; drawing
  them independently would make every interval too wide;
- the right ones of the counted: C ~ Binomial(M, P);
- the lost ones of the day: negative binomial (C + ½, R), the posterior for a Poisson stream thinned by R
  under Jeffreys' prior on its rate.

The interval holds the middle 95 % of the total, by mid-P quantiles because it is a whole number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import betaln

from tracking.arrays import FloatArray, IntArray

LEVEL = 0.95
"""Probability that the interval holds the truth."""
_DRAWS = 20_000
_JEFFREYS = 0.5
_LEAST_RATE = 1e-3
_STRENGTHS = np.geomspace(1.0, 1000.0, 31)
"""Candidate strengths of the common prior, in right journeys."""


@dataclass(frozen=True, slots=True)
class LabelledSample:
    """Journeys of which somebody knows whether they are right.

    Attributes:
        correct: Counted journeys that are right.
        claimed: Counted journeys.
        truth: True journeys.
    """

    correct: int
    claimed: int
    truth: int

    def __post_init__(self) -> None:
        if not 0 <= self.correct <= min(self.claimed, self.truth):
            raise ValueError(
                f"{self.correct} right of {self.claimed} counted and {self.truth} true is impossible"
            )


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """What is known of right, wrong and lost journeys: shapes of three Gamma distributions of equal scale.

    Attributes:
        correct: Shape for those that are counted and right.
        wrong: Shape for those that are counted and wrong.
        lost: Shape for those that are true and not counted.
    """

    correct: float
    wrong: float
    lost: float

    @classmethod
    def after(cls, sample: LabelledSample, prior: "ErrorRates | None" = None) -> Self:
        """Learn from a sample, starting from `prior` (Jeffreys' by default)."""
        start = prior or ErrorRates(_JEFFREYS, _JEFFREYS, _JEFFREYS)
        return cls(
            start.correct + sample.correct,
            start.wrong + sample.claimed - sample.correct,
            start.lost + sample.truth - sample.correct,
        )

    @classmethod
    def common(cls, samples: Iterable[LabelledSample]) -> Self:
        """What related cells have in common (empirical Bayes), to be used as their prior.

        The shares are those of all cells together; how closely single cells follow them is the strength that
        makes the samples most likely under Beta-binomial distributions.
        """
        table = np.array([(one.correct, one.claimed, one.truth) for one in samples], np.float64).reshape(
            -1, 3
        )
        correct, claimed, truth = table.T
        right = correct.sum() + _JEFFREYS
        wrong, lost = ((of - correct).sum() + _JEFFREYS for of in (claimed, truth))
        likelihood = np.zeros(len(_STRENGTHS))
        for of, missed in ((claimed, wrong), (truth, lost)):
            alpha, beta = _STRENGTHS[:, None], _STRENGTHS[:, None] * missed / right
            likelihood += (betaln(correct + alpha, of - correct + beta) - betaln(alpha, beta)).sum(axis=1)
        strength = float(_STRENGTHS[int(np.argmax(likelihood))])
        return cls(strength, strength * float(wrong / right), strength * float(lost / right))

    @property
    def precision(self) -> float:
        """Expected share of the counted journeys that are right."""
        return self.correct / (self.correct + self.wrong)

    @property
    def recall(self) -> float:
        """Expected share of the true journeys that are counted."""
        return self.correct / (self.correct + self.lost)

    def draw(self, dice: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
        """Draw precisions and recalls that belong together, two (count,) arrays."""
        right, wrong, lost = (
            np.maximum(dice.gamma(shape, size=count), 1e-12)
            for shape in (self.correct, self.wrong, self.lost)
        )
        return right / (right + wrong), right / (right + lost)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A corrected count.

    Attributes:
        expected: Matches × precision / recall.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
    """

    expected: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether the interval contains a number."""
        return self.low <= truth <= self.high


def corrected_count(
    matches: int, known: LabelledSample | ErrorRates, level: float = LEVEL, seed: int = 0
) -> Estimate:
    """Correct a count of journeys for precision and recall.

    Args:
        matches: Journeys that were counted.
        known: A labelled sample of such journeys, or what is known after one.
        level: Probability that the interval holds the truth.
        seed: Of the draws; the same seed gives the same interval.

    Raises:
        ValueError: `matches` is negative.
    """
    if matches < 0:
        raise ValueError(f"a count of {matches} journeys is impossible")
    rates = known if isinstance(known, ErrorRates) else ErrorRates.after(known)
    dice = np.random.default_rng(seed)
    precision, recall = rates.draw(dice, _DRAWS)
    correct = dice.binomial(matches, precision)
    total = correct + dice.negative_binomial(correct + _JEFFREYS, np.clip(recall, _LEAST_RATE, 1.0))
    low, high = _middle(total, level)
    return Estimate(matches * rates.precision / rates.recall, low, high)


def _middle(draws: IntArray, level: float) -> tuple[float, float]:
    """Smallest and largest whole number whose mid-P rank lies in the middle `level` of the draws."""
    values, counts = np.unique(draws, return_counts=True)
    share: FloatArray = counts / counts.sum()
    rank = np.cumsum(share) - share / 2
    tail = (1 - level) / 2
    inside = np.flatnonzero((rank >= tail) & (rank <= 1 - tail))
    if not len(inside):
        inside = np.array([int(np.argmax(share))])
    return float(values[inside[0]]), float(values[inside[-1]])
