"""Batches in which every image appears once per epoch, whoever it shows."""

from functools import lru_cache

from reid.batches.sampler import Purpose, generator
from tracking.arrays import IntArray
from tracking.errors import UsageError


class ImageSampler:
    """Draws images without replacement; what is left over at the end of an epoch is not shown in it.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self, images: int, images_per_batch: int = 32, seed: int = 0, steps_per_epoch: int | None = None
    ) -> None:
        """Count the batches.

        Args:
            images: How many there are.
            images_per_batch: Images of a batch; all where there are fewer.
            seed: Seed of the order.
            steps_per_epoch: At most so many batches of an epoch; as many as there are full ones where None.

        Raises:
            UsageError: If there are fewer than two images, of which batch normalisation learns nothing.
        """
        if images < 2:
            raise UsageError(f"there are {images} training images; at least 2 are needed")
        self._images, self._batch, self._seed = images, min(images_per_batch, images), seed
        full = images // self._batch
        self.steps_per_epoch = min(full, steps_per_epoch or full)
        self._plan = lru_cache(maxsize=2)(self._order)

    def batch(self, epoch: int, step: int) -> IntArray:
        """Choose the next images.

        Args:
            epoch: From 1.
            step: From 0, below `steps_per_epoch`.

        Returns:
            (images_per_batch,) indices.
        """
        return self._plan(epoch)[step * self._batch : (step + 1) * self._batch]

    def _order(self, epoch: int) -> IntArray:
        return generator(self._seed, Purpose.IDENTITIES, epoch).permutation(self._images)
