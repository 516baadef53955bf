"""Random changes of where things are in the picture."""

from typing import Any, TypeAlias

import numpy as np
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as ops

from reid.batches.transforms.rand_augment import FILL

Tensor: TypeAlias = Any


class RandomFlip:
    """Mirrors left and right."""

    def __init__(self, probability: float = 0.5) -> None:
        """Choose how often."""
        self._probability = probability

    def __call__(self, image: Tensor, rng: np.random.Generator) -> Tensor:
        """Flip a (3, H, W) image or leave it."""
        return ops.horizontal_flip(image) if rng.random() < self._probability else image


class RandomAffine:
    """Shift, rotation and zoom in one step (Srinivas Murthy 2020, section 3.1)."""

    def __init__(
        self, shift: float = 0.2, rotation: float = 25.0, zoom: tuple[float, float] = (0.8, 1.2)
    ) -> None:
        """Choose the ranges.

        Args:
            shift: Largest shift either way, as a share of width and height.
            rotation: Largest rotation either way, degrees.
            zoom: Smallest and largest scale.
        """
        self._shift, self._rotation, self._zoom = shift, rotation, zoom

    def __call__(self, image: Tensor, rng: np.random.Generator) -> Tensor:
        """Transform a (3, H, W) uint8 image."""
        height, width = image.shape[-2:]
        right, down = rng.uniform(-self._shift, self._shift, 2)
        return ops.affine(
            image,
            angle=float(rng.uniform(-self._rotation, self._rotation)),
            translate=[round(right * width), round(down * height)],
            scale=float(rng.uniform(*self._zoom)),
            shear=[0.0, 0.0],
            interpolation=InterpolationMode.BILINEAR,
            fill=FILL,
        )
