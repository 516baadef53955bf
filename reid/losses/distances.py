"""Distances and pairings inside a batch, as the metric losses need them."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

Reduction = Literal["mean", "sum"]


class Pairings(NamedTuple):
    """Which images of a batch belong together.

    Attributes:
        positive: (N, N) bool, same identity but not the same image.
        negative: (N, N) bool, other identity.
    """

    positive: Tensor
    negative: Tensor


def in_full_precision(values: Tensor) -> Tensor:
    """Turn half precision into float32; squares of features overflow and differences vanish in it."""
    return values.float() if values.dtype in {torch.float16, torch.bfloat16} else values


def pairwise_distances(embeddings: Tensor, squared: bool = False) -> Tensor:
    """Measure all Euclidean distances of a batch.

    Args:
        embeddings: (N, D).
        squared: Leave out the root.

    Returns:
        (N, N); the gradient of a distance of zero is zero.
    """
    exact = in_full_precision(embeddings)
    # The faster form by products loses the digits of small distances, on which hard positives depend.
    distances = torch.cdist(exact, exact, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.square() if squared else distances


def pairings(labels: Tensor) -> Pairings:
    """Pair the images of a batch by identity.

    Args:
        labels: (N,) integers.

    Returns:
        Masks of positives and negatives.
    """
    same = labels[:, None] == labels[None, :]
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return Pairings(same & ~itself, ~same)


def zero_like(embeddings: Tensor) -> Tensor:
    """Make a zero with a gradient, for a batch in which a loss finds nothing to compare."""
    return in_full_precision(embeddings).sum() * 0.0


def reduce(values: Tensor, reduction: Reduction) -> Tensor:
    """Take mean or sum; of no values at all both are zero."""
    return values.sum() / max(values.numel(), 1) if reduction == "mean" else values.sum()


def hardest_positive(distances: Tensor, positive: Tensor) -> Tensor:
    """Find max_p D_ap of each anchor.

    Args:
        distances: (N, N).
        positive: (N, N) bool.

    Returns:
        (N,); -inf for an anchor without a positive.
    """
    return distances.masked_fill(~positive, -torch.inf).amax(dim=1)


def hardest_negative(distances: Tensor, negative: Tensor) -> Tensor:
    """Find min_n D_an of each anchor.

    Args:
        distances: (N, N).
        negative: (N, N) bool.

    Returns:
        (N,); inf for an anchor without a negative.
    """
    return distances.masked_fill(~negative, torch.inf).amin(dim=1)
