"""Verification, alone or together with identification (Zheng 2017)."""

from torch import Tensor
from torch.nn import functional


def verification(logits: Tensor, same: Tensor) -> Tensor:
    """Average −y ln p − (1 − y) ln(1 − p), p = sigmoid(logit), over pairs.

    The 2-way softmax of the ident-and-verif network is the same: it depends on the difference of its
    two logits alone.

    Args:
        logits: (N,) of a verification head.
        same: (N,) y, true for two images of one identity.

    Returns:
        Scalar.
    """
    return functional.binary_cross_entropy_with_logits(logits, same.to(logits))


def verification_and_identification(
    pair_logits: Tensor,
    class_logits: tuple[Tensor, Tensor],
    labels: tuple[Tensor, Tensor],
    verification_weight: float = 1.0,
    smoothing: float = 0.0,
) -> Tensor:
    """Add the cross-entropies of both images of each pair and that of the pair.

    Args:
        pair_logits: (N,) of a verification head.
        class_logits: (N, classes) of the first and of the second images.
        labels: (N,) identities of the first and of the second images.
        verification_weight: Weight of the pair's part.
        smoothing: Label smoothing ε of the identification.

    Returns:
        Scalar.
    """
    identification = sum(
        functional.cross_entropy(logits, truth, label_smoothing=smoothing)
        for logits, truth in zip(class_logits, labels, strict=True)
    )
    return identification + verification_weight * verification(pair_logits, labels[0] == labels[1])
