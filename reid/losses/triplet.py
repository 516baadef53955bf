"""Triplet losses (Hermans 2017; equations 3–5 of the cyclist thesis).

A margin of None stands for the soft margin ln(1 + exp(x)) in place of [x + m]_+.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from reid.losses.distances import (
    Reduction,
    hardest_negative,
    hardest_positive,
    in_full_precision,
    pairings,
    pairwise_distances,
    reduce,
    zero_like,
)

TripletReduction = Literal["mean_active", "mean", "sum"]


def batch_all_triplet(
    embeddings: Tensor,
    labels: Tensor,
    margin: float | None = 0.3,
    squared: bool = False,
    reduction: TripletReduction = "mean_active",
) -> Tensor:
    """Sum [m + D_ap − D_an]_+ over all triplets of a batch (equation 5).

    P identities of K images make PK(K−1)(PK−K) triplets.

    Args:
        embeddings: (N, D).
        labels: (N,) identities.
        margin: m; None for the soft margin.
        squared: Use squared distances.
        reduction: The equation's sum, the mean of all triplets, or that of those with a loss, which
            Hermans found to train and both theses use.

    Returns:
        Scalar; zero if no triplet can be made.
    """
    pairs = pairings(labels)
    distances = pairwise_distances(embeddings, squared)
    anchor, positive = torch.nonzero(pairs.positive, as_tuple=True)
    gaps = distances[anchor, positive][:, None] - distances[anchor]
    losses = _hinge(gaps[pairs.negative[anchor]], margin)
    if losses.numel() == 0:
        return zero_like(embeddings)
    if reduction == "mean_active":
        # The count of a soft margin, which is never zero, is that of all triplets.
        return losses.sum() / (losses > 0).sum().clamp(min=1)
    return reduce(losses, reduction)


def batch_hard_triplet(
    embeddings: Tensor,
    labels: Tensor,
    margin: float | None = 0.3,
    squared: bool = False,
    reduction: Reduction = "mean",
) -> Tensor:
    """Sum [m + max_p D_ap − min_n D_an]_+ over the anchors of a batch (equation 4).

    Args:
        embeddings: (N, D).
        labels: (N,) identities.
        margin: m; None for the soft margin.
        squared: Use squared distances.
        reduction: The equation's sum, or the mean over anchors.

    Returns:
        Scalar; anchors without a positive or negative are left out.
    """
    pairs = pairings(labels)
    distances = pairwise_distances(embeddings, squared)
    complete = pairs.positive.any(dim=1) & pairs.negative.any(dim=1)
    if not complete.any():
        return zero_like(embeddings)
    furthest = hardest_positive(distances, pairs.positive)[complete]
    nearest = hardest_negative(distances, pairs.negative)[complete]
    return reduce(_hinge(furthest - nearest, margin), reduction)


def offline_triplet(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float | None = 0.2,
    squared: bool = True,
    reduction: Reduction = "mean",
) -> Tensor:
    """Sum [D²_ap − D²_an + α]_+ over triplets chosen beforehand (body-recognition thesis).

    Args:
        anchor: (N, D).
        positive: (N, D), same identities, other cameras.
        negative: (N, D), other identities.
        margin: α; None for the soft margin.
        squared: Use squared distances.
        reduction: The equation's sum, or the mean over triplets.

    Returns:
        Scalar.
    """
    near = _distance(anchor, positive, squared)
    far = _distance(anchor, negative, squared)
    return reduce(_hinge(near - far, margin), reduction)


def _distance(first: Tensor, second: Tensor, squared: bool) -> Tensor:
    difference = in_full_precision(first) - in_full_precision(second)
    return difference.square().sum(dim=1) if squared else torch.linalg.vector_norm(difference, dim=1)


def _hinge(gaps: Tensor, margin: float | None) -> Tensor:
    return functional.softplus(gaps) if margin is None else torch.relu(gaps + margin)
