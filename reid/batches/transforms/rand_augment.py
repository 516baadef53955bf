"""RandAugment (Cubuk 2020) with the fourteen operations of Schoustra 2020, V-D1.

Strengths grow in proportion to the magnitude M; at M = 30 they reach the largest values of AutoAugment
(shear 0.3, translation 150/331 of the side, rotation 30 degrees, factors 1 ± 0.9, 4 bits).
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as ops

Tensor: TypeAlias = Any
LARGEST_MAGNITUDE = 30
LARGEST_SHEAR_DEGREES = float(np.degrees(np.arctan(0.3)))
LARGEST_SHIFT = 150 / 331
LARGEST_ROTATION = 30.0
LARGEST_FACTOR_CHANGE = 0.9
MOST_BITS_LOST = 4
FILL = [124.0, 116.0, 104.0]
"""ImageNet's mean colour, which normalisation turns into zero."""

Operation: TypeAlias = Callable[[Tensor, float], Tensor]
"""Of an image and a strength in -1..1; operations without direction take its size."""


def _affine(
    image: Tensor, angle: float = 0.0, shift: Sequence[int] = (0, 0), shear: Sequence[float] = (0.0, 0.0)
) -> Tensor:
    return ops.affine(
        image,
        angle=angle,
        translate=list(shift),
        scale=1.0,
        shear=list(shear),
        interpolation=InterpolationMode.BILINEAR,
        fill=FILL,
    )


def _shift(image: Tensor, strength: float, axis: int) -> Tensor:
    pixels = round(strength * LARGEST_SHIFT * image.shape[-1 - axis])
    return _affine(image, shift=(pixels, 0) if axis == 0 else (0, pixels))


def _factor(strength: float) -> float:
    return 1.0 + strength * LARGEST_FACTOR_CHANGE


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "identity": lambda image, _: image,
        "color": lambda image, s: ops.adjust_saturation(image, _factor(s)),
        "shear_x": lambda image, s: _affine(image, shear=(s * LARGEST_SHEAR_DEGREES, 0.0)),
        "shear_y": lambda image, s: _affine(image, shear=(0.0, s * LARGEST_SHEAR_DEGREES)),
        "auto_contrast": lambda image, _: ops.autocontrast(image),
        "posterize": lambda image, s: ops.posterize(image, 8 - round(abs(s) * MOST_BITS_LOST)),
        "equalize": lambda image, _: ops.equalize(image),
        "contrast": lambda image, s: ops.adjust_contrast(image, _factor(s)),
        "translate_x": lambda image, s: _shift(image, s, axis=0),
        "translate_y": lambda image, s: _shift(image, s, axis=1),
        "rotate": lambda image, s: _affine(image, angle=s * LARGEST_ROTATION),
        "brightness": lambda image, s: ops.adjust_brightness(image, _factor(s)),
        "solarize": lambda image, s: ops.solarize(image, 255.0 * (1.0 - abs(s))),
        "sharpness": lambda image, s: ops.adjust_sharpness(image, _factor(s)),
    }
)


class RandAugment:
    """Applies N operations drawn at random, one after the other, each at magnitude M."""

    def __init__(self, operations: int = 8, magnitude: float = 8.0, names: Sequence[str] = ()) -> None:
        """Choose N, M and the operations.

        Args:
            operations: N.
            magnitude: M, 0..30.
            names: Operations to draw from; all fourteen where empty.
        """
        self._count, self._strength = operations, magnitude / LARGEST_MAGNITUDE
        self._operations = [OPERATIONS[name] for name in (names or OPERATIONS)]

    def __call__(self, image: Tensor, rng: np.random.Generator) -> Tensor:
        """Augment one image.

        Args:
            image: (3, H, W) uint8 RGB.
            rng: Random numbers.

        Returns:
            (3, H, W) uint8.
        """
        for choice in rng.integers(0, len(self._operations), self._count):
            sign = 1.0 if rng.random() < 0.5 else -1.0
            image = self._operations[int(choice)](image, sign * self._strength)
        return image
