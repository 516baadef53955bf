"""What an answer costs."""

from dataclasses import dataclass

import torch
from torch import Tensor

_SHARPNESS, _TOLERANCE = 2.0, 4.0
"""α and β of the focal loss for points (Law & Deng 2018, arXiv:1808.01244, equation 1)."""


@dataclass(frozen=True, slots=True)
class TargetBatch:
    """`Targets` of a batch as tensors, with a leading axis B."""

    heat: Tensor
    certain: Tensor
    edges: Tensor
    learning: Tensor


@dataclass(frozen=True, slots=True)
class Costs:
    """The parts of the loss.

    Attributes:
        score: Of the scores.
        box: Of the boxes, 0..2.
        total: What is minimised.
    """

    score: Tensor
    box: Tensor
    total: Tensor


def cost(logits: Tensor, edges: Tensor, targets: TargetBatch, box_weight: float) -> Costs:
    """Compare the network's answer with what it should be.

    Args:
        logits: (B, 2, h, w).
        edges: (B, 4, h, w) pixels.
        targets: What should be answered.
        box_weight: Weight of the boxes beside the scores.
    """
    score = focal_cost(logits, targets.heat, targets.certain)
    box = box_cost(edges, targets.edges, targets.learning)
    return Costs(score, box, score + box_weight * box)


def focal_cost(logits: Tensor, heat: Tensor, certain: Tensor) -> Tensor:
    """Focal loss for points: easy cells cost little, neighbours of a centre are forgiven.

    Args:
        logits: (B, C, h, w).
        heat: (B, C, h, w), 1 at centres.
        certain: (B, C, h, w) weights.

    Returns:
        Sum over the cells per centre.
    """
    probability = torch.sigmoid(logits)
    centre = (heat >= 1.0).float()
    right = torch.nn.functional.logsigmoid(logits) * (1 - probability) ** _SHARPNESS * centre
    empty = torch.nn.functional.logsigmoid(-logits) * probability**_SHARPNESS * (1 - heat) ** _TOLERANCE
    sums = -(certain * (right + empty * (1 - centre))).sum()
    return sums / torch.clamp((centre * certain).sum(), min=1.0)


def box_cost(edges: Tensor, wanted: Tensor, learning: Tensor) -> Tensor:
    """1 - GIoU of the boxes that the cells near a centre answer.

    Source: Rezatofighi et al. 2019, arXiv:1902.09630. Both boxes contain the cell, so that all sides are
    distances from it and intersection and hull are minima and maxima.

    Args:
        edges: (B, 4, h, w) left, top, right, bottom in pixels.
        wanted: The same, true.
        learning: (B, h, w) weights.

    Returns:
        Weighted mean, 0..2.
    """
    area = (edges[:, 0] + edges[:, 2]) * (edges[:, 1] + edges[:, 3])
    true_area = (wanted[:, 0] + wanted[:, 2]) * (wanted[:, 1] + wanted[:, 3])
    inner, outer = torch.minimum(edges, wanted), torch.maximum(edges, wanted)
    common = (inner[:, 0] + inner[:, 2]).clamp(min=0) * (inner[:, 1] + inner[:, 3]).clamp(min=0)
    hull = (outer[:, 0] + outer[:, 2]) * (outer[:, 1] + outer[:, 3])
    union = (area + true_area - common).clamp(min=1e-6)
    loss = 1 - common / union + (hull - union) / hull.clamp(min=1e-6)
    return (loss * learning).sum() / learning.sum().clamp(min=1e-6)
