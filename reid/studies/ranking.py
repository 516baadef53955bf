"""CMC, mAP and decisions by a threshold under other distances than the one an encoder was trained for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reid.retrieval import Comparison, EmbeddingSet, RankingScores, score_ranking
from reid.retrieval.comparison import Block
from reid.studies.distances import Metric, pairwise_distances
from reid.studies.reranking import Reranking
from tracking.arrays import FloatArray


class PairScore(Protocol):
    """A learned judgement of pairs, such as a verification head's (`reid.training.pair_scores`)."""

    def __call__(self, queries: FloatArray, gallery: FloatArray, /) -> FloatArray:
        """Judge all queries with all of the gallery.

        Args:
            queries: (Q, D).
            gallery: (G, D).

        Returns:
            (Q, G) probability of the same rider.
        """
        ...


Measure = Metric | Reranking | PairScore
"""By what embeddings can be compared."""


def rank_by(found: EmbeddingSet, measure: Measure, exclude_same_camera: bool = False) -> RankingScores:
    """Rank the gallery by any distance, re-ranked, or by a learned score of pairs.

    Args:
        found: Embeddings with their truth; averaged per tracklet (`found.averaged()`) or not.
        measure: A metric, re-ranking with its parameters, or a score of pairs.
        exclude_same_camera: Leave out all images of the query's camera.

    Returns:
        CMC and mAP. Takes memory for queries times gallery, re-ranking for the square of both together.
    """
    return score_ranking(compare_by(found, measure, exclude_same_camera))


def compare_by(
    found: EmbeddingSet,
    measure: Measure,
    exclude_same_camera: bool = False,
    rows: FloatArray | None = None,
) -> Comparison:
    """Compare by any distance; for CMC and mAP, and for decisions by a threshold (`PairDistances.of`).

    Args:
        found: Embeddings with their truth; averaged per tracklet (`found.averaged()`) or not.
        measure: A metric, re-ranking with its parameters, or a score of pairs, of which one minus the
            probability of the same rider is the distance.
        exclude_same_camera: Leave out all images of the query's camera.
        rows: (N, D) what is compared instead of the set's embeddings, such as the same ones before
            they were scaled to unit norm.

    Returns:
        The comparison. Takes memory for queries times gallery, re-ranking for the square of both together.
    """
    plain = Comparison(found, exclude_same_camera)
    compared = found.embedding if rows is None else rows
    queries, gallery = compared[plain.queries], compared[plain.gallery]
    if isinstance(measure, Metric):
        table = pairwise_distances(queries, gallery, measure)
    elif not isinstance(measure, Reranking):
        table = 1.0 - np.asarray(measure(queries, gallery), np.float64)
    elif found.query is None:
        table = measure.distances_among(compared)
    else:
        table = measure.distances(queries, gallery)
    return _Measured(found, exclude_same_camera, table)


@dataclass(frozen=True, slots=True)
class _Measured(Comparison):
    """A comparison whose distances are known already.

    Attributes:
        table: (queries, gallery).
    """

    table: FloatArray | None = None

    def blocks(self) -> Iterator[Block]:
        """All at once."""
        relations = self._relations(self.queries, self.gallery)
        yield Block(self.queries, self.gallery, np.asarray(self.table), *relations)
