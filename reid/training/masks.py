"""Batches of images with person masks, to train segmentation (Ramchandani, Guess & Wells, 3.1)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader

from reid.batches import Purpose, Sampler, generator
from reid.batches.transforms import TransformSettings
from reid.batches.transforms.pipeline import CropTransform
from reid.training.batches import Batch, read_crop
from tracking.errors import UsageError

IMAGES, MASKS = "images", "masks"
_IMAGE_NAMES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})


@dataclass(frozen=True, slots=True)
class MaskSet:
    """Images and their masks.

    Attributes:
        name: For messages.
        images: Image files, in the order of their names.
        masks: Mask files of the images, one channel: 0 is background, everything else the person, so that
            part labels such as LIP's nineteen count as one.
    """

    name: str
    images: tuple[Path, ...]
    masks: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def identities(self) -> tuple[int, ...]:
        """None: masks do not say who it is."""
        return ()


def read_masks(folder: Path) -> MaskSet:
    """Read a folder with ``images/NAME.jpg`` and ``masks/NAME.png``.

    Raises:
        UsageError: If a folder is missing or empty, or an image has no mask.
    """
    for part in (IMAGES, MASKS):
        if not (folder / part).is_dir():
            raise UsageError(f"{folder / part}: is no folder; masks need the folders {IMAGES} and {MASKS}")
    images = tuple(
        path for path in sorted((folder / IMAGES).iterdir()) if path.suffix.lower() in _IMAGE_NAMES
    )
    if not images:
        raise UsageError(f"{folder / IMAGES}: holds no images (.jpg, .png)")
    masks = tuple(folder / MASKS / f"{path.stem}.png" for path in images)
    missing = [path for path in masks if not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]}: is missing ({len(missing)} of {len(images)} masks)")
    return MaskSet(str(folder), images, masks)


class MaskBatches:
    """Batches whose targets are masks; image and mask are mirrored together, nothing else is random.

    Attributes:
        steps_per_epoch: Batches of an epoch.
    """

    steps_per_epoch: int

    def __init__(
        self,
        dataset: MaskSet,
        sampler: Sampler,
        transforms: TransformSettings,
        seed: int = 0,
        workers: int = 0,
    ) -> None:
        """Put data, sampler and transforms together.

        Args:
            dataset: Images and masks.
            sampler: Chooses the images of a batch.
            transforms: Size, normalisation, blur and the share of mirrored images.
            seed: Seed of the mirroring.
            workers: Processes that load images; 0 loads them in this one.
        """
        self.steps_per_epoch = sampler.steps_per_epoch
        self._dataset, self._sampler, self._workers = dataset, sampler, workers
        self._pairs = _Pairs(dataset, CropTransform(transforms, training=False), transforms, seed)

    @property
    def fingerprint(self) -> str:
        """Changes whenever file names change."""
        return hashlib.sha256("\n".join(path.name for path in self._dataset.images).encode()).hexdigest()

    def batches(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """Give the batches of an epoch in order.

        Args:
            epoch: From 1.
            first_step: Where a resumed epoch goes on.

        Raises:
            UsageError: If an image or mask cannot be read.
        """
        chosen = [self._sampler.batch(epoch, step) for step in range(first_step, self.steps_per_epoch)]
        loader: Any = DataLoader(
            self._pairs,
            batch_sampler=[[(int(index), epoch) for index in indices] for indices in chosen],
            num_workers=self._workers,
            generator=torch.Generator(),
        )
        for (images, masks), indices in zip(loader, chosen, strict=True):
            nobody = torch.zeros(len(images), dtype=torch.int64)
            yield Batch(images, nobody, nobody, indices, masks)

    def describe(self, batch: Batch) -> str:
        """Name the first files of a batch."""
        return "images " + ", ".join(self._dataset.images[int(index)].name for index in batch.indices[:4])


@dataclass(frozen=True, slots=True)
class _Pairs:
    dataset: MaskSet
    transform: CropTransform
    settings: TransformSettings
    seed: int

    def __getitem__(self, place: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
        index, epoch = place
        image = self.transform(read_crop(self.dataset.images[index]), np.random.default_rng(0))
        mask = read_mask(self.dataset.masks[index], self.settings.size)
        mirrored = generator(self.seed, Purpose.TRANSFORMS, epoch, index).random() < self.settings.flip
        return (image.flip(-1), mask.flip(-1)) if mirrored else (image, mask)


def read_mask(path: Path, size: tuple[int, int]) -> torch.Tensor:
    """Read a mask.

    Args:
        path: One channel; everything but 0 is the person.
        size: Height and width to bring it to.

    Returns:
        (1, height, width) float32, 1 on the person.

    Raises:
        UsageError: If it cannot be read.
    """
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise UsageError(f"{path}: the mask cannot be read; remove it with its image or write it again")
    height, width = size
    resized = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)
    return torch.from_numpy((resized > 0).astype(np.float32)[None])
