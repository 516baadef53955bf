"""Batch-hard pairwise loss (equation 6 of the cyclist thesis)."""

import torch
from torch import Tensor

from reid.losses.distances import (
    Reduction,
    hardest_negative,
    hardest_positive,
    pairings,
    pairwise_distances,
    zero_like,
)


def batch_hard_pairwise(
    embeddings: Tensor,
    labels: Tensor,
    positive_margin: float = 0.3,
    negative_margin: float = 0.9,
    reduction: Reduction = "mean",
) -> Tensor:
    """Sum [max_p D_ap − m_p]_+ + [m_n − min_n D_an]_+ over the anchors of a batch.

    A triplet only orders distances: (0.4, 0.6) and (1.4, 1.6) cost the same. This loss holds each
    against a fixed bound, so that one threshold between m_p and m_n serves all queries. The thesis
    gives no margins; these fit unit-norm embeddings and leave room for its threshold of 0.62.

    Args:
        embeddings: (N, D).
        labels: (N,) identities.
        positive_margin: m_p, distance within which images of one identity should lie.
        negative_margin: m_n, distance beyond which other identities should lie.
        reduction: The equation's sum, or the mean over anchors.

    Returns:
        Scalar; an anchor without a positive or negative lacks that part.
    """
    pairs = pairings(labels)
    distances = pairwise_distances(embeddings)
    # Anchors without a partner hold an infinite distance, which the hinge turns into zero.
    apart = torch.relu(hardest_positive(distances, pairs.positive) - positive_margin)
    close = torch.relu(negative_margin - hardest_negative(distances, pairs.negative))
    total = zero_like(embeddings) + apart.sum() + close.sum()
    return total / max(len(labels), 1) if reduction == "mean" else total
