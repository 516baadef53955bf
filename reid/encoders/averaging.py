"""From the embeddings of single crops to one embedding of a tracklet."""

import numpy as np

from reid.encoders.preprocessing import to_unit_rows
from tracking.arrays import FloatArray


def average_embeddings(embeddings: FloatArray, normalise_first: bool = True) -> FloatArray:
    """Average the crops of one tracklet (Schoustra 2020, tracklet averaging).

    Args:
        embeddings: (N, D), N of at least 1.
        normalise_first: Scale each row to unit norm before the mean, so that every crop has one vote.

    Returns:
        (D,) float32 of unit norm. Where the rows cancel out there is no mean direction; the first
        row then stands for all.

    Raises:
        ValueError: If there are no rows, or only rows of zeros.
    """
    if embeddings.ndim != 2 or len(embeddings) == 0:
        raise ValueError(f"expected (N, D) embeddings with N of at least 1, got shape {embeddings.shape}")
    rows = to_unit_rows(embeddings) if normalise_first else np.asarray(embeddings, np.float64)
    for candidate in (rows.mean(axis=0), *rows):
        norm = float(np.linalg.norm(candidate))
        if norm > 1e-6:
            return np.asarray(candidate / norm, np.float32)
    raise ValueError("every embedding of the tracklet is zero")


def embedding_quality(embeddings: FloatArray) -> float:
    """How far a tracklet's averaged embedding can be trusted.

    The length of the mean of unit vectors (the mean resultant length of directional statistics) says
    how well the crops agree; the factor N / (N + 1) says that few crops cannot prove agreement.

    Args:
        embeddings: (N, D), of any scale.

    Returns:
        0..1; 0 for no crops, 0.5 at most for one.
    """
    if len(embeddings) == 0:
        return 0.0
    agreement = float(np.linalg.norm(to_unit_rows(embeddings).mean(axis=0)))
    return min(1.0, agreement) * len(embeddings) / (len(embeddings) + 1)
