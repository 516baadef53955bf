"""Pairs of images for Siamese networks (Ramchandani, Guess & Wells, section 4.3)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reid.batches.groups import groups_of_identities
from reid.batches.sampler import Purpose, draw, generator
from tracking.arrays import IntArray


@dataclass(frozen=True, slots=True)
class Pairs:
    """Image pairs of an epoch.

    Attributes:
        left: (c * k,) indices of images.
        right: (c * k,) indices of images.
    """

    left: IntArray
    right: IntArray


class PairSampler:
    """Draws k pairs of identities, then c pairs of images of each; a fresh sample in every epoch.

    One tenth of the identity pairs are an identity with itself, as in the paper. A batch holds the
    left images first, then the right ones in the same order.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self,
        identities: IntArray,
        breadth: int = 1000,
        depth: int = 4,
        same_share: float = 0.1,
        pairs_per_batch: int = 32,
        seed: int = 0,
    ) -> None:
        """Group the images.

        Args:
            identities: (N,) identity of each image.
            breadth: k, identity pairs of an epoch.
            depth: c, image pairs of each identity pair.
            same_share: Share of the identity pairs that are the same identity twice.
            pairs_per_batch: Image pairs of a batch; the last one of an epoch may hold fewer.
            seed: Seed of all random choices.

        Raises:
            UsageError: If there are fewer than two identities, or nobody has two images.
        """
        self._groups = groups_of_identities(identities)
        self._repeated = np.array([i for i, images in enumerate(self._groups) if len(images) > 1], np.int64)
        self._breadth, self._depth, self._seed = breadth, depth, seed
        self._same = round(breadth * same_share)
        self._batch = pairs_per_batch
        self.steps_per_epoch = -(-breadth * depth // pairs_per_batch)
        self._plan = lru_cache(maxsize=2)(self._draw_epoch)

    def epoch(self, epoch: int) -> Pairs:
        """All pairs of an epoch, in the order in which the batches take them."""
        return self._plan(epoch)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose the next pairs.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (2 * pairs,) indices: the left images, then the right ones.
        """
        pairs = self._plan(epoch)
        part = slice(step * self._batch, (step + 1) * self._batch)
        return np.concatenate([pairs.left[part], pairs.right[part]])

    def _draw_epoch(self, epoch: int) -> Pairs:
        rng = generator(self._seed, Purpose.PAIRS, epoch)
        left, right = [], []
        for identity in rng.choice(self._repeated, self._same):
            one, other = self._same_pairs(self._groups[identity], rng)
            left.append(one)
            right.append(other)
        for _ in range(self._breadth - self._same):
            first, second = rng.choice(len(self._groups), 2, replace=False)
            left.append(draw(self._groups[first], self._depth, rng))
            right.append(draw(self._groups[second], self._depth, rng))
        order = rng.permutation(self._breadth * self._depth)
        return Pairs(np.concatenate(left)[order], np.concatenate(right)[order])

    def _same_pairs(self, images: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Pairs of two different images of one identity."""
        one = rng.integers(0, len(images), self._depth)
        other = (one + rng.integers(1, len(images), self._depth)) % len(images)
        return images[one], images[other]
