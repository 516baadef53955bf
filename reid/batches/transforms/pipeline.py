"""The chain of transforms, for training and for evaluation."""

from collections.abc import Callable
from typing import Any, TypeAlias

import cv2
import numpy as np
import torch

from anonymize import blur, kernel_for_height
from reid.batches.transforms.erasing import RandomErasing
from reid.batches.transforms.geometry import RandomAffine, RandomFlip
from reid.batches.transforms.rand_augment import RandAugment
from reid.batches.transforms.settings import BlurSettings, TransformSettings
from tracking.arrays import Image

Tensor: TypeAlias = Any
Step: TypeAlias = Callable[[Tensor, np.random.Generator], Tensor]


def blur_crop(crop: Image, settings: BlurSettings) -> Image:
    """Blur a crop as the settings say.

    Args:
        crop: (h, w, 3) uint8 BGR.
        settings: Method and kernel.
    """
    preset = int(settings.kernel.removeprefix("thesis"))
    kernel = kernel_for_height(crop.shape[0], preset) if settings.scale_with_height else preset
    return blur(crop, kernel, settings.method)


class CropTransform:
    """Blur, resize, random changes, normalise, erase; only the first, second and fourth in evaluation."""

    def __init__(self, settings: TransformSettings, training: bool) -> None:
        """Build the chain.

        Args:
            settings: Which transforms.
            training: Whether the random ones take part.
        """
        self._settings = settings
        self._random: list[Step] = _random_steps(settings) if training else []
        erasing = settings.erasing if training else None
        self._erasing = RandomErasing(**dict(erasing)) if erasing else None
        self._mean = torch.tensor(settings.mean).view(3, 1, 1)
        self._std = torch.tensor(settings.std).view(3, 1, 1)

    def __call__(self, crop: Image, rng: np.random.Generator) -> Tensor:
        """Turn a crop into network input.

        Args:
            crop: (h, w, 3) uint8 BGR, any size but empty.
            rng: Random numbers; the result depends on nothing else.

        Returns:
            (3, height, width) float32.
        """
        if self._settings.blur:
            crop = blur_crop(crop, self._settings.blur)
        image = torch.from_numpy(resize(crop, *self._settings.size)[:, :, ::-1].transpose(2, 0, 1).copy())
        for step in self._random:
            image = step(image, rng)
        image = (image.float() / 255.0 - self._mean) / self._std
        return self._erasing(image, rng) if self._erasing else image


def resize(crop: Image, height: int, width: int) -> Image:
    """Resize as the encoders do, so that training and use see the same pixels."""
    shrinks = crop.shape[0] > height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (width, height), interpolation=interpolation), np.uint8)


def _random_steps(settings: TransformSettings) -> list[Step]:
    steps: list[Step] = [RandomFlip(settings.flip)]
    if settings.affine:
        steps.append(RandomAffine(**dict(settings.affine)))
    if settings.rand_augment:
        steps.append(RandAugment(**dict(settings.rand_augment)))
    return steps
