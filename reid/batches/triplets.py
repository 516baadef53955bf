"""Triplets drawn before the batch (Srinivas Murthy 2020, section 3.1): the positive from another camera."""

from functools import lru_cache

import numpy as np

from reid.batches.groups import group_images
from reid.batches.sampler import Purpose, generator
from tracking.arrays import IntArray
from tracking.errors import UsageError


class TripletSampler:
    """Draws (anchor, positive, negative): positives from another camera, negatives from any.

    Every image that has a positive is an anchor once per epoch. A batch holds the anchors first, then
    the positives, then the negatives, each in the same order. With hard negatives (see
    `reid.training.mining`) a share of the negatives is drawn from them.

    Attributes:
        steps_per_epoch: Batches of an epoch.
        anchors: (A,) indices of the images that can be anchors.
    """

    steps_per_epoch: int
    anchors: IntArray

    def __init__(
        self,
        identities: IntArray,
        cameras: IntArray,
        triplets_per_batch: int = 32,
        seed: int = 0,
        hard_negatives: list[IntArray] | None = None,
        hard_share: float = 0.3,
        steps_per_epoch: int | None = None,
    ) -> None:
        """Group the images.

        Args:
            identities: (N,) identity of each image.
            cameras: (N,) camera of each image.
            triplets_per_batch: Triplets of a batch.
            seed: Seed of all random choices.
            hard_negatives: For each image the indices of its hard negatives, possibly none.
            hard_share: Share of the negatives that are hard, where the anchor has any.
            steps_per_epoch: Batches of an epoch; as many as there are full ones where None.

        Raises:
            UsageError: If nobody was seen by two cameras, or there is one identity only.
        """
        self._identities, self._cameras = np.asarray(identities), np.asarray(cameras)
        self._images = {key[0]: images for key, images in group_images(identities).items()}
        self.anchors = self._find_anchors()
        self._batch, self._seed = triplets_per_batch, seed
        self._hard, self._hard_share = hard_negatives, hard_share
        self.steps_per_epoch = steps_per_epoch or max(1, len(self.anchors) // triplets_per_batch)
        self._plan = lru_cache(maxsize=2)(self._order_anchors)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose triplets.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (3 * triplets,) indices: anchors, positives, negatives.
        """
        rng = generator(self._seed, Purpose.TRIPLETS, epoch, step)
        anchors = self._plan(epoch)[step]
        positives = np.array([self._draw_positive(anchor, rng) for anchor in anchors], np.int64)
        negatives = np.array([self._draw_negative(anchor, rng) for anchor in anchors], np.int64)
        return np.concatenate([anchors, positives, negatives])

    def _find_anchors(self) -> IntArray:
        if len(self._images) < 2:
            raise UsageError(
                f"the training images show {len(self._images)} identities; a negative needs at least 2"
            )
        linked = [images for images in self._images.values() if len(np.unique(self._cameras[images])) > 1]
        if not linked:
            raise UsageError(
                f"none of the {len(self._images)} training identities was seen by two cameras, so there "
                "is no positive from another camera; use sampler.kind: single_camera, or linked data"
            )
        return np.sort(np.concatenate(linked))

    def _order_anchors(self, epoch: int) -> list[IntArray]:
        rng = generator(self._seed, Purpose.ANCHORS, epoch)
        needed = self.steps_per_epoch * self._batch
        passes = [rng.permutation(self.anchors) for _ in range(-(-needed // len(self.anchors)))]
        return np.split(np.concatenate(passes)[:needed], self.steps_per_epoch)

    def _draw_positive(self, anchor: int, rng: np.random.Generator) -> int:
        same = self._images[int(self._identities[anchor])]
        return int(rng.choice(same[self._cameras[same] != self._cameras[anchor]]))

    def _draw_negative(self, anchor: int, rng: np.random.Generator) -> int:
        wants_hard = rng.random() < self._hard_share
        if self._hard is not None and wants_hard and len(self._hard[anchor]):
            return int(rng.choice(self._hard[anchor]))
        while True:
            candidate = int(rng.integers(len(self._identities)))
            if self._identities[candidate] != self._identities[anchor]:
                return candidate
