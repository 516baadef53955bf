"""CMC and mAP under other distances than the one an encoder was trained for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reid.evaluation import Comparison, EmbeddingSet, RankingScores, score_ranking
from reid.evaluation.comparison import Block
from reid.studies.distances import Metric, pairwise_distances
from reid.studies.reranking import Reranking
from tracking.arrays import FloatArray


def rank_by(
    found: EmbeddingSet, measure: Metric | Reranking, exclude_same_camera: bool = False
) -> RankingScores:
    """Rank the gallery by any distance, or re-ranked.

    Args:
        found: Embeddings with their truth; averaged per tracklet (`found.averaged()`) or not.
        measure: A metric, or re-ranking with its parameters.
        exclude_same_camera: Leave out all images of the query's camera.

    Returns:
        CMC and mAP. Takes memory for queries times gallery, re-ranking for the square of both together.
    """
    plain = Comparison(found, exclude_same_camera)
    queries, gallery = found.embedding[plain.queries], found.embedding[plain.gallery]
    if isinstance(measure, Metric):
        table = pairwise_distances(queries, gallery, measure)
    elif found.query is None:
        table = measure.distances_among(found.embedding)
    else:
        table = measure.distances(queries, gallery)
    return score_ranking(_Measured(found, exclude_same_camera, table))


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
