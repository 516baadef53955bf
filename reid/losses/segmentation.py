"""Weighted binary cross-entropy of person masks."""

from torch import Tensor
from torch.nn import functional


def weighted_mask_loss(
    logits: Tensor, mask: Tensor, person_weight: float = 3.0, background_weight: float = 1.0
) -> Tensor:
    """Average −(α p ln x + β (1 − p) ln(1 − x)) / (α + β) over pixels, x = sigmoid(logit).

    Losing a pixel of the person costs α/β times as much as keeping one of the background.

    Args:
        logits: (N, 1, H, W) of the person.
        mask: (N, 1, H, W) p, 1 on the person, 0 elsewhere.
        person_weight: α.
        background_weight: β.

    Returns:
        Scalar.
    """
    target = mask.to(logits)
    person = person_weight * target * functional.logsigmoid(logits)
    background = background_weight * (1 - target) * functional.logsigmoid(-logits)
    return -(person + background).mean() / (person_weight + background_weight)
