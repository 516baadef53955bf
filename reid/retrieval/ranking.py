"""Closed world: CMC and mAP (Zheng et al. 2015, Market-1501)."""

from dataclasses import dataclass

import numpy as np

from reid.retrieval.comparison import Block, Comparison
from tracking.arrays import BoolArray, FloatArray

DEEPEST = 20
"""Length of the CMC curve."""


@dataclass(frozen=True, slots=True)
class RankingScores:
    """How high the right answers stand.

    Attributes:
        cmc: (20,) share of the queries with a right answer among the first k.
        mean_average_precision: Mean over the queries.
        queries: Queries that have a right answer in the gallery.
        unanswerable: Queries that have none; they are left out.
    """

    cmc: FloatArray
    mean_average_precision: float
    queries: int
    unanswerable: int

    @property
    def rank1(self) -> float:
        """Share of the queries whose nearest answer is right."""
        return float(self.cmc[0])

    @property
    def rank5(self) -> float:
        """Share of the queries with a right answer among the first five."""
        return float(self.cmc[4])


def average_precisions(right: BoolArray) -> FloatArray:
    """Average precision of ranked answers.

    The mean, over the right answers, of the precision at their rank: right answers at ranks 1 and 4 give
    (1/1 + 2/4) / 2 = 75 %, at ranks 2 and 5 (1/2 + 2/5) / 2 = 45 %.

    Args:
        right: (Q, R) marks in order of rank; at least one in each row.

    Returns:
        (Q,).
    """
    precision = np.cumsum(right, axis=1) / np.arange(1, right.shape[1] + 1)
    average: FloatArray = (precision * right).sum(axis=1) / right.sum(axis=1)
    return average


def score_ranking(comparison: Comparison) -> RankingScores:
    """Rank the gallery by distance for each query; the earlier of two equals comes first."""
    first, average = [np.zeros(0, np.int64)], [np.zeros(0)]
    for block in comparison.blocks():
        right = _ranked(block)
        answerable = right.any(axis=1)
        first.append(np.argmax(right[answerable], axis=1))
        average.append(np.asarray(average_precisions(right[answerable]), np.float64))
    places, averages = np.concatenate(first), np.concatenate(average)
    count = max(len(places), 1)
    return RankingScores(
        np.cumsum(np.bincount(places[places < DEEPEST], minlength=DEEPEST)) / count,
        float(averages.sum() / count),
        len(places),
        len(comparison.queries) - len(places),
    )


def _ranked(block: Block) -> BoolArray:
    """Marks of the right answers in order of rank; what is not compared stands at the end, unmarked."""
    order = np.argsort(np.where(block.valid, block.distance, np.inf), axis=1, kind="stable")
    return np.take_along_axis(block.same & block.valid, order, axis=1)
