"""Re-ranking by k-reciprocal neighbours (Zhong, Zheng, Cao & Li, CVPR 2017), written from the paper.

Two images that are each other's near neighbours share their neighbours too. Useful for a closed set of
recorded images; not for a stream, because every new image changes all distances, and not with a
threshold that was calibrated on the original distances.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, vstack

from reid.studies.distances import Metric, pairwise_distances
from tracking.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Reranking:
    """Parameters, with the paper's values for Market-1501.

    Attributes:
        k1: Neighbours that may be reciprocal.
        k2: Neighbours, an image itself among them, over which its encoding is averaged.
        original_share: Lambda, weight of the original distance in the result.
    """

    k1: int = 20
    k2: int = 6
    original_share: float = 0.3

    def distances(self, queries: FloatArray, gallery: FloatArray) -> FloatArray:
        """Compare queries with a gallery in the light of all their neighbours.

        Original distances are squared Euclidean, divided by the largest one: the paper mixes them with
        a Jaccard distance of 0..1 and leaves their scale open.

        Args:
            queries: (Q, D).
            gallery: (G, D).

        Returns:
            (Q, G) float32 in 0..1. Takes memory for (Q + G)^2 numbers.
        """
        mixed = self._mix(np.concatenate([queries, gallery]), len(queries))
        return mixed[:, len(queries) :]

    def distances_among(self, embeddings: FloatArray) -> FloatArray:
        """Compare every image with every other in the light of all their neighbours.

        Args:
            embeddings: (N, D).

        Returns:
            (N, N) float32 in 0..1.
        """
        return self._mix(embeddings, len(embeddings))

    def _mix(self, everything: FloatArray, queries: int) -> FloatArray:
        original = pairwise_distances(everything, everything, Metric.SQUARED_EUCLIDEAN)
        original = original / np.maximum(original.max(), np.finfo(np.float32).tiny)
        # An image is its own nearest neighbour even beside a copy of it.
        np.fill_diagonal(original, -1.0)
        ranking = np.argsort(original, axis=1, kind="stable")
        np.fill_diagonal(original, 0.0)
        encodings = _expand(_encode(original, ranking, self.k1), ranking, self.k2)
        jaccard = _jaccard(encodings, queries)
        mixed = (1.0 - self.original_share) * jaccard + self.original_share * original[:queries]
        return np.asarray(mixed, np.float32)


def _encode(original: FloatArray, ranking: IntArray, k1: int) -> csr_matrix:
    """Each image as a vector over all: exp(-distance) where the other is an expanded reciprocal neighbour."""
    narrow, half = _reciprocal(ranking, k1), _reciprocal(ranking, round(k1 / 2))
    rows = []
    for image, near in enumerate(narrow):
        members = near.copy()
        for neighbour in np.flatnonzero(near):
            candidate = half[neighbour]
            if 3 * np.count_nonzero(candidate & near) >= 2 * np.count_nonzero(candidate):
                members |= candidate
        rows.append(csr_matrix(np.where(members, np.exp(-original[image]), 0.0)[None, :]))
    return csr_matrix(vstack(rows))


def _reciprocal(ranking: IntArray, k: int) -> BoolArray:
    """(N, N) mask: each among the other's k nearest, or the same image."""
    near = np.zeros(ranking.shape, bool)
    np.put_along_axis(near, ranking[:, : k + 1], True, axis=1)
    return np.asarray(near & near.T)


def _expand(encodings: csr_matrix, ranking: IntArray, k2: int) -> csr_matrix:
    """Replace each encoding by the mean over the image's k2 nearest."""
    count, near = len(ranking), ranking[:, :k2]
    width = near.shape[1]
    mean = csr_matrix(
        (np.full(near.size, 1.0 / width), near.ravel(), np.arange(0, near.size + 1, width)), (count, count)
    )
    return csr_matrix(mean @ encodings)


def _jaccard(encodings: csr_matrix, queries: int) -> FloatArray:
    """(queries, N) distances 1 - sum of minima / sum of maxima."""
    columns = csc_matrix(encodings)
    totals = np.asarray(encodings.sum(axis=1)).ravel()
    result = np.empty((queries, encodings.shape[0]))
    for query in range(queries):
        start, end = encodings.indptr[query : query + 2]
        minima = np.zeros(encodings.shape[0])
        for column, weight in zip(encodings.indices[start:end], encodings.data[start:end], strict=True):
            part = slice(columns.indptr[column], columns.indptr[column + 1])
            minima[columns.indices[part]] += np.minimum(weight, columns.data[part])
        result[query] = 1.0 - minima / (totals[query] + totals - minima)
    return result
