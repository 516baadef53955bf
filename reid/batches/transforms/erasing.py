"""Random erasing (Zhong 2020): a rectangle of noise hides a part of the rider."""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Tensor: TypeAlias = Any
ATTEMPTS = 100
"""Draws of a rectangle before giving up: a large and slim one may not fit."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a picture, in pixels."""

    top: int
    left: int
    height: int
    width: int


class RandomErasing:
    """Replaces a random rectangle with random values, after normalisation."""

    def __init__(
        self,
        probability: float = 0.5,
        area: tuple[float, float] = (0.02, 0.4),
        aspect: tuple[float, float] = (0.3, 3.33),
    ) -> None:
        """Choose how often and how large.

        Args:
            probability: Share of images that lose a rectangle.
            area: Smallest and largest area, as shares of the image.
            aspect: Smallest and largest height over width.
        """
        self._probability, self._area, self._aspect = probability, area, aspect

    def choose(self, height: int, width: int, rng: np.random.Generator) -> Rectangle | None:
        """Draw the rectangle for an image of this size; None where nothing is erased."""
        if rng.random() >= self._probability:
            return None
        for _ in range(ATTEMPTS):
            area = rng.uniform(*self._area) * height * width
            # Logarithmic, so that tall and wide rectangles are equally likely.
            aspect = math.exp(rng.uniform(*np.log(self._aspect)))
            tall, wide = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < tall <= height and 0 < wide <= width:
                top, left = rng.integers(0, height - tall + 1), rng.integers(0, width - wide + 1)
                return Rectangle(int(top), int(left), tall, wide)
        return None

    def __call__(self, image: Tensor, rng: np.random.Generator) -> Tensor:
        """Erase a part.

        Args:
            image: (3, H, W) float, normalised.
            rng: Random numbers.

        Returns:
            A new tensor, or the image itself where nothing is erased.
        """
        import torch

        found = self.choose(image.shape[-2], image.shape[-1], rng)
        if found is None:
            return image
        noise = rng.standard_normal((image.shape[0], found.height, found.width), np.float32)
        image = image.clone()
        rows = slice(found.top, found.top + found.height)
        image[:, rows, found.left : found.left + found.width] = torch.from_numpy(noise)
        return image
