"""Batches of training pictures, the same in every run of a seed, also in a run that was interrupted."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import cv2
import numpy as np
import torch
from torch import Tensor

from tracking.arrays import Image
from workshop.detector.learning.augmentation import AugmentationSettings, augment
from workshop.detector.learning.composing import compose
from workshop.detector.learning.losses import TargetBatch
from workshop.detector.learning.parts import CompositionSettings, Source
from workshop.detector.learning.targets import Targets, make_targets

_AHEAD = 2
"""Batches that are prepared while the network learns."""


class Batches:
    """Draws training pictures and what they should be answered with.

    Every step has a random stream of its own, so that a training can go on at any step.

    Args:
        sources: Where the parts of pictures come from.
        fillers: Empty streets.
        composition: How pictures are put together.
        augmentation: How they are changed.
        size: Pictures in a batch.
        seed: Seed of all draws.
        finish: What happens to each picture at last; nothing where None.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        fillers: Sequence[Image],
        composition: CompositionSettings,
        augmentation: AugmentationSettings,
        *,
        size: int,
        seed: int,
        finish: Callable[[Image, np.random.Generator], Image] | None = None,
    ) -> None:
        self._sources, self._fillers = sources, fillers
        self._composition, self._augmentation = composition, augmentation
        self._size, self._seed, self._finish = size, seed, finish

    def from_step(self, first: int, last: int) -> Iterator[tuple[Tensor, TargetBatch]]:
        """Batches of the steps ``first`` to ``last - 1``, prepared in a thread of their own.

        Yields:
            (B, 3, H, W) float32 red, green, blue in 0..1, and the targets.
        """
        with ThreadPoolExecutor(1) as pool:
            waiting: list[Future[tuple[Tensor, TargetBatch]]] = []
            for step in range(first, last + _AHEAD):
                if step < last:
                    waiting.append(pool.submit(self.batch, step))
                if step >= first + _AHEAD:
                    yield waiting.pop(0).result()

    def batch(self, step: int) -> tuple[Tensor, TargetBatch]:
        """The batch of one step."""
        images, targets = [], []
        for number in range(self._size):
            rng = np.random.default_rng((self._seed, step, number))
            picture = compose(self._sources, self._fillers, self._composition, rng)
            image = augment(picture.image, self._augmentation, rng)
            if self._finish is not None:
                image = self._finish(image, rng)
            images.append(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            targets.append(make_targets(picture.boxes, picture.labels, picture.background))
        pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
        return pixels.to(torch.float32).div_(255), _stack(targets)


def _stack(targets: Sequence[Targets]) -> TargetBatch:
    return TargetBatch(
        heat=torch.from_numpy(np.stack([target.heat for target in targets])),
        certain=torch.from_numpy(np.stack([target.certain for target in targets])),
        edges=torch.from_numpy(np.stack([target.edges for target in targets])),
        learning=torch.from_numpy(np.stack([target.learning for target in targets])),
    )
