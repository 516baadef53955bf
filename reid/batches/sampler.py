"""What every sampler promises: a batch is a pure function of (seed, epoch, step).

Nothing is remembered between batches, so a training that was killed goes on with the very batch it
would have drawn.
"""

from enum import IntEnum
from typing import Protocol

import numpy as np

from tracking.arrays import IntArray


class Sampler(Protocol):
    """Chooses the images of a batch.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose the images of one batch.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            Indices of images; what their order means is told by the sampler.
        """
        ...


class Purpose(IntEnum):
    """What random numbers are for; keeps the streams of one seed apart."""

    IDENTITIES = 1
    IMAGES = 2
    CAMERAS = 3
    PAIRS = 4
    ANCHORS = 5
    TRIPLETS = 6
    TRANSFORMS = 7


def generator(seed: int, purpose: Purpose, *position: int) -> np.random.Generator:
    """Random numbers that depend on nothing but the arguments."""
    return np.random.default_rng((seed, int(purpose), *position))


def draw(images: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """Draw images of one identity; where there are too few, all of them and duplicates at random.

    Args:
        images: (M,) indices, M of at least 1.
        count: How many.
        rng: Random numbers.

    Returns:
        (count,) indices.
    """
    if len(images) >= count:
        return rng.choice(images, count, replace=False)
    duplicates = rng.choice(images, count - len(images))
    return rng.permutation(np.concatenate([images, duplicates]))
