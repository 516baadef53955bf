"""Which embeddings are compared with which, and how far apart they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reid.retrieval.embeddings import DISTRACTOR, EmbeddingSet
from tracking.arrays import BoolArray, FloatArray, IntArray

_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question: queries against a gallery.

    Market protocol: images of the same rider by the same camera are no answer (junk), for they are next to
    the query in time. All against the rest: every image asks once, and all others are searched.

    Attributes:
        found: Embeddings with their truth.
        exclude_same_camera: Leave out all images of the query's camera, as the program itself does.
    """

    found: EmbeddingSet
    exclude_same_camera: bool = False

    @property
    def queries(self) -> IntArray:
        """Positions of those that ask; a distractor asks only where everything does."""
        if self.found.query is None:
            return np.arange(len(self.found))
        return np.flatnonzero(self.found.query)

    @property
    def gallery(self) -> IntArray:
        """Positions of those that are searched."""
        if self.found.query is None:
            return np.arange(len(self.found))
        return np.flatnonzero(~self.found.query)

    def blocks(self) -> "Iterator[Block]":
        """Compare a part of the queries at a time with the whole gallery, so that memory stays bounded."""
        gallery = self.gallery
        if not len(gallery):
            return
        step = max(1, _BLOCK_CELLS // len(gallery))
        for start in range(0, len(self.queries), step):
            queries = self.queries[start : start + step]
            yield Block(
                queries,
                gallery,
                distances(self.found.embedding[queries], self.found.embedding[gallery]),
                *self._relations(queries, gallery),
            )

    def _relations(self, queries: IntArray, gallery: IntArray) -> tuple[BoolArray, BoolArray]:
        who, where = self.found.identity, self.found.camera
        nobody = who[queries] == DISTRACTOR
        same = (who[queries][:, None] == who[gallery][None, :]) & ~nobody[:, None]
        beside = where[queries][:, None] == where[gallery][None, :]
        itself = queries[:, None] == gallery[None, :]
        left_out = beside if self.exclude_same_camera else same & beside
        return same, ~(left_out | itself)


@dataclass(frozen=True, slots=True)
class Block:
    """Some queries against the whole gallery.

    Attributes:
        queries: (q,) positions in the set.
        gallery: (g,) positions in the set.
        distance: (q, g) Euclidean distances.
        same: (q, g) True where both show the same rider.
        valid: (q, g) False for what is not compared: junk and the query itself.
    """

    queries: IntArray
    gallery: IntArray
    distance: FloatArray
    same: BoolArray
    valid: BoolArray


def distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Euclidean distances of unit vectors.

    Args:
        first: (q, D) rows of unit norm.
        second: (g, D) likewise.

    Returns:
        (q, g) float64 in 0..2.
    """
    cosine = first.astype(np.float64) @ second.astype(np.float64).T
    apart: FloatArray = np.sqrt(np.clip(2.0 - 2.0 * cosine, 0.0, 4.0))
    return apart
