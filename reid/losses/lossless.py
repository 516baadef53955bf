"""Lossless triplet loss (Arsenault; body-recognition thesis, section 3.2.4)."""

import torch
from torch import Tensor
from torch.nn import functional

from reid.losses.distances import in_full_precision, pairings, pairwise_distances, zero_like

LARGEST_SQUARED_DISTANCE = 4.0


def lossless_triplet(
    anchor: Tensor, positive: Tensor, negative: Tensor, beta: float = 4.0, epsilon: float = 1e-8
) -> Tensor:
    """Average −ln(−d_ap/β + 1 + ε) − ln(−(D − d_an)/β + 1 + ε) over triplets.

    d are squared distances of unit-norm embeddings, at most D = 4. There is no distance at which the
    loss is zero, so easy triplets still have a gradient.

    Args:
        anchor: (N, D).
        positive: (N, D), same identities.
        negative: (N, D), other identities.
        beta: β; below D the logarithm would see a negative number.
        epsilon: ε, which bounds the loss at the worst distance.

    Returns:
        Scalar.

    Raises:
        ValueError: If β is below 4 or ε not positive.
    """
    _check(beta, epsilon)
    unit = [functional.normalize(in_full_precision(part)) for part in (anchor, positive, negative)]
    near = (unit[0] - unit[1]).square().sum(dim=1)
    far = (unit[0] - unit[2]).square().sum(dim=1)
    return (_penalty(near, beta, epsilon) + _penalty(LARGEST_SQUARED_DISTANCE - far, beta, epsilon)).mean()


def batch_all_lossless_triplet(
    embeddings: Tensor, labels: Tensor, beta: float = 4.0, epsilon: float = 1e-8
) -> Tensor:
    """Average the lossless loss over all triplets of a batch.

    The loss is a sum of one part for the positive and one for the negative. So instead of going
    through the triplets, each pair is counted as often as it is part of one.

    Args:
        embeddings: (N, D).
        labels: (N,) identities.
        beta: β, at least 4.
        epsilon: ε, positive.

    Returns:
        Scalar; zero if no triplet can be made.

    Raises:
        ValueError: If β is below 4 or ε not positive.
    """
    _check(beta, epsilon)
    pairs = pairings(labels)
    positives, negatives = pairs.positive.sum(dim=1), pairs.negative.sum(dim=1)
    triplets = (positives * negatives).sum()
    if triplets == 0:
        return zero_like(embeddings)
    squared = pairwise_distances(functional.normalize(in_full_precision(embeddings)), squared=True)
    near = (_penalty(squared, beta, epsilon) * pairs.positive).sum(dim=1)
    far = (_penalty(LARGEST_SQUARED_DISTANCE - squared, beta, epsilon) * pairs.negative).sum(dim=1)
    return (near * negatives + far * positives).sum() / triplets


def _penalty(distances: Tensor, beta: float, epsilon: float) -> Tensor:
    # Rounding can carry a distance beyond its bound.
    return -torch.log((1 - distances / beta).clamp(min=0.0) + epsilon)


def _check(beta: float, epsilon: float) -> None:
    if beta < LARGEST_SQUARED_DISTANCE or epsilon <= 0:
        raise ValueError(
            f"beta {beta} must be at least {LARGEST_SQUARED_DISTANCE}, epsilon {epsilon} positive"
        )
