"""Contrastive loss (Hadsell 2006, equation 4), which the Siamese network trains with."""

import torch
from torch import Tensor

from reid.losses.distances import in_full_precision, pairwise_distances, zero_like


def contrastive(first: Tensor, second: Tensor, same: Tensor, margin: float) -> Tensor:
    """Average y ½ D² + (1 − y) ½ [m − D]²_+ over pairs.

    Args:
        first: (N, D).
        second: (N, D).
        same: (N,) y, true for two images of one identity.
        margin: m, at most 2 for unit-norm embeddings; the report's 100 is for unnormalised ones.

    Returns:
        Scalar.
    """
    difference = in_full_precision(first) - in_full_precision(second)
    return _cost(torch.linalg.vector_norm(difference, dim=1), same.bool(), margin).mean()


def batch_contrastive(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Average the contrastive loss over all pairs of different images in a batch.

    Args:
        embeddings: (N, D).
        labels: (N,) identities.
        margin: m.

    Returns:
        Scalar; zero for less than two images.
    """
    if len(labels) < 2:
        return zero_like(embeddings)
    first, second = torch.triu_indices(len(labels), len(labels), offset=1, device=labels.device)
    distances = pairwise_distances(embeddings)[first, second]
    return _cost(distances, labels[first] == labels[second], margin).mean()


def _cost(distances: Tensor, same: Tensor, margin: float) -> Tensor:
    return 0.5 * torch.where(same, distances.square(), torch.relu(margin - distances).square())
