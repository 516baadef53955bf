"""Nearest neighbours of embeddings, exactly or by an approximate index (Srinivas Murthy 2020, 3.3.2)."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from reid.studies.distances import Metric, pairwise_distances
from tracking.arrays import FloatArray, IntArray
from tracking.errors import UsageError

SearchKind = Literal["exact", "hnsw"]
_ROWS = 1024
"""Queries whose distances to the whole gallery are in memory at once."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest of the gallery for each query, nearest first.

    Attributes:
        indices: (Q, k) rows of the gallery; -1 where an approximate index found fewer.
        distances: (Q, k) Euclidean; infinite where the index is -1.
    """

    indices: IntArray
    distances: FloatArray


class Index(Protocol):
    """A gallery that can be searched."""

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find the k nearest.

        Args:
            queries: (Q, D).
            k: At least 1; the whole gallery at most is returned.
        """
        ...


class ExactIndex:
    """Compares with everything: O(n) per query, and never wrong.

    A gallery of this program holds the sightings of some twenty minutes, hundreds to a few thousand:
    there a matrix product beats every index. Approximate search pays off beyond some hundred
    thousand embeddings.
    """

    def __init__(self, gallery: FloatArray) -> None:
        """Keep the gallery.

        Args:
            gallery: (G, D).
        """
        self._gallery = gallery

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find the k nearest; of equally near ones the first."""
        k = min(k, len(self._gallery))
        parts = [
            _nearest(pairwise_distances(queries[start : start + _ROWS], self._gallery, Metric.EUCLIDEAN), k)
            for start in range(0, len(queries), _ROWS)
        ]
        if not parts:
            return Neighbours(np.zeros((0, k), np.int64), np.zeros((0, k), np.float32))
        return Neighbours(
            np.concatenate([part.indices for part in parts]),
            np.concatenate([part.distances for part in parts]),
        )


class HnswIndex:
    """Hierarchical navigable small worlds (Malkov & Yashunin 2018), by FAISS.

    Takes the place of Annoy, which the source used and which is no longer maintained.
    """

    def __init__(self, gallery: FloatArray, links: int = 32, effort: int = 128) -> None:
        """Build the graph; on one thread, so that it is the same every time.

        Args:
            gallery: (G, D).
            links: Neighbours that each embedding is linked with.
            effort: Candidates that are looked at; more find better.

        Raises:
            UsageError: If FAISS is not installed.
        """
        try:
            import faiss
        except ImportError as error:
            raise UsageError(
                "search: hnsw needs FAISS; run `pip install fietsflow[lab]` or use exact"
            ) from error
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)
        try:
            self._index = faiss.IndexHNSWFlat(gallery.shape[1], links)
            self._index.hnsw.efConstruction = self._index.hnsw.efSearch = effort
            self._index.add(np.ascontiguousarray(gallery, np.float32))
        finally:
            faiss.omp_set_num_threads(threads)

    def search(self, queries: FloatArray, k: int) -> Neighbours:
        """Find k near ones, almost always the nearest."""
        k = min(k, self._index.ntotal)
        if k == 0 or len(queries) == 0:
            return Neighbours(np.zeros((len(queries), k), np.int64), np.zeros((len(queries), k), np.float32))
        squared, indices = self._index.search(np.ascontiguousarray(queries, np.float32), k)
        distances = np.where(indices < 0, np.inf, np.sqrt(np.maximum(squared, 0.0)))
        return Neighbours(indices.astype(np.int64), distances.astype(np.float32))


def build_index(gallery: FloatArray, kind: SearchKind = "exact") -> Index:
    """Build an index over a gallery.

    Args:
        gallery: (G, D).
        kind: exact or hnsw.
    """
    return ExactIndex(gallery) if kind == "exact" else HnswIndex(gallery)


def _nearest(distances: FloatArray, k: int) -> Neighbours:
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return Neighbours(order, np.take_along_axis(distances, order, axis=1))
