"""Distances by which embeddings can be compared (the study of S3: does the metric matter after training?)."""

from enum import StrEnum

import numpy as np
from scipy.spatial.distance import cdist

from reid.encoders.preprocessing import to_unit_rows
from tracking.arrays import FloatArray


class Metric(StrEnum):
    """How far two embeddings are apart."""

    EUCLIDEAN = "euclidean"
    SQUARED_EUCLIDEAN = "squared_euclidean"
    COSINE = "cosine"
    """One minus the cosine of the angle."""
    CORRELATION = "correlation"
    """One minus Pearson's correlation of the two vectors' entries."""
    CITYBLOCK = "cityblock"
    MINKOWSKI = "minkowski"


def pairwise_distances(
    queries: FloatArray, gallery: FloatArray, metric: Metric = Metric.EUCLIDEAN, order: float = 3.0
) -> FloatArray:
    """Distances of all queries to all of the gallery.

    Args:
        queries: (Q, D).
        gallery: (G, D).
        metric: Which distance. On unit vectors Euclidean, squared and cosine rank alike.
        order: Exponent p of Minkowski, at least 1.

    Returns:
        (Q, G), float32; float64 for cityblock and Minkowski.
    """
    match metric:
        case Metric.EUCLIDEAN:
            return np.asarray(np.sqrt(_squared(queries, gallery)), np.float32)
        case Metric.SQUARED_EUCLIDEAN:
            return np.asarray(_squared(queries, gallery), np.float32)
        case Metric.COSINE:
            return np.asarray(1.0 - to_unit_rows(queries) @ to_unit_rows(gallery).T, np.float32)
        case Metric.CORRELATION:
            return pairwise_distances(_centred(queries), _centred(gallery), Metric.COSINE)
        case Metric.CITYBLOCK:
            return np.asarray(cdist(queries, gallery, "cityblock"))
        case Metric.MINKOWSKI:
            return np.asarray(cdist(queries, gallery, "minkowski", p=order))


def _squared(queries: FloatArray, gallery: FloatArray) -> FloatArray:
    # In float64, because the difference of large squares decides between near neighbours.
    left, right = np.asarray(queries, np.float64), np.asarray(gallery, np.float64)
    lengths = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(lengths - 2.0 * left @ right.T, 0.0))


def _centred(rows: FloatArray) -> FloatArray:
    return np.asarray(rows - rows.mean(axis=1, keepdims=True))
