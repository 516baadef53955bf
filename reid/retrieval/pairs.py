"""Open world, pair by pair: is this the same rider, yes or no, below a distance τ (Schoustra 2020)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np

from reid.retrieval.comparison import Comparison
from tracking.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class PairDistances:
    """Distances of pairs of the same rider and of different riders, both increasing.

    Attributes:
        same: (P,) distances of pairs that show one rider.
        different: (N,) distances of pairs that show two.
    """

    same: FloatArray
    different: FloatArray

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compare every query with the gallery; where everything asks, each pair is taken once."""
        same: list[FloatArray] = [np.zeros(0)]
        different: list[FloatArray] = [np.zeros(0)]
        for block in comparison.blocks():
            once = block.valid
            if comparison.found.query is None:
                once = once & (block.queries[:, None] < block.gallery[None, :])
            same.append(block.distance[once & block.same])
            different.append(block.distance[once & ~block.same])
        return cls(np.sort(np.concatenate(same)), np.sort(np.concatenate(different)))

    def below(self, thresholds: FloatArray) -> tuple[IntArray, IntArray]:
        """Pairs of either kind whose distance is below each threshold."""
        return np.searchsorted(self.same, thresholds), np.searchsorted(self.different, thresholds)

    def at(self, threshold: float) -> "PairScores":
        """Decide all pairs by one threshold."""
        right, wrong = (int(count[0]) for count in self.below(np.array([threshold])))
        return PairScores(threshold, right, wrong, len(self.same) - right, len(self.different) - wrong)

    def best(self) -> "PairScores":
        """The threshold of maximum F1; the smallest of several equals.

        F1 can only be largest right above the distance of a pair of one rider. The threshold is put halfway
        between that pair and the next one of either kind, so that it does not hang on a rounding error.
        """
        if not len(self.same):
            return self.at(0.0)
        just_above = np.nextafter(np.unique(self.same), np.inf)
        right, wrong = self.below(just_above)
        best = int(np.argmax(2 * right / (right + wrong + len(self.same))))
        return self.at(self._halfway(float(just_above[best])))

    def at_false_positive_rate(self, rate: float) -> "PairScores":
        """The largest threshold at which no more than this share of the different pairs is taken for one."""
        allowed = int(np.floor(rate * len(self.different) + 1e-9))
        if allowed >= len(self.different):
            return self.at(2.0)
        return self.at(float(self.different[allowed]))

    def curve(self, points: int = 201) -> "tuple[PairScores, ...]":
        """Precision and recall at evenly spaced thresholds from 0 to 2."""
        return tuple(map(partial(type(self).at, self), np.linspace(0.0, 2.0, points).tolist()))

    def _halfway(self, threshold: float) -> float:
        following = list(self._next(threshold))
        return (threshold + min(following)) / 2 if following else min(2.0, threshold + 1e-6)

    def _next(self, threshold: float) -> Iterator[float]:
        for kind in (self.same, self.different):
            place = int(np.searchsorted(kind, threshold))
            if place < len(kind):
                yield float(kind[place])


@dataclass(frozen=True, slots=True)
class PairScores:
    """Decisions at one threshold.

    Attributes:
        threshold: Distance τ below which a pair counts as one rider.
        true_positives: Pairs of one rider below it.
        false_positives: Pairs of two riders below it.
        false_negatives: Pairs of one rider not below it.
        true_negatives: Pairs of two riders not below it.
    """

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float:
        """Share of the pairs taken for one rider that are."""
        taken = self.true_positives + self.false_positives
        return self.true_positives / taken if taken else float(not self.false_negatives)

    @property
    def recall(self) -> float:
        """Share of the pairs of one rider that were taken for it (the true-positive rate)."""
        there = self.true_positives + self.false_negatives
        return self.true_positives / there if there else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = 2 * self.true_positives + self.false_positives + self.false_negatives
        return 2 * self.true_positives / total if total else 1.0

    @property
    def false_positive_rate(self) -> float:
        """Share of the pairs of two riders that were taken for one."""
        there = self.false_positives + self.true_negatives
        return self.false_positives / there if there else 0.0
