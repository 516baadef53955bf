"""How far a reconstructed image is from its original."""

from typing import Literal

from torch import Tensor

ReconstructionKind = Literal["l1", "l2", "max_pixel"]


def reconstruction(images: Tensor, originals: Tensor, kind: ReconstructionKind = "l1") -> Tensor:
    """Measure the error of an auto-encoder.

    Args:
        images: (N, C, H, W) reconstructions.
        originals: (N, C, H, W).
        kind: Mean absolute difference (the report's best), mean squared difference (its blurry one),
            or the largest difference of each image, averaged over images.

    Returns:
        Scalar.
    """
    difference = (images - originals).abs()
    if kind == "l1":
        return difference.mean()
    if kind == "l2":
        return difference.square().mean()
    return difference.flatten(1).amax(dim=1).mean()
