"""From images on disk to batches of tensors, the same ones whether or not the training was interrupted."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader

from reid.batches import Purpose, Sampler, generator
from reid.batches.transforms import CropTransform
from reid.datasets.values import ReidDataset
from tracking.arrays import Image, IntArray
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from.

    Attributes:
        images: (N, 3, H, W) float32, normalised.
        identities: (N,) int64, numbered from 0 without gaps.
        cameras: (N,) int64.
        indices: (N,) which images of the data set they are.
        targets: (N, …) what the network should answer, where that is not the identity (masks).
    """

    images: torch.Tensor
    identities: torch.Tensor
    cameras: torch.Tensor
    indices: IntArray
    targets: torch.Tensor | None = None

    def to(self, device: str) -> "Batch":
        """Move the tensors."""
        return Batch(
            self.images.to(device, non_blocking=True),
            self.identities.to(device, non_blocking=True),
            self.cameras.to(device, non_blocking=True),
            self.indices,
            None if self.targets is None else self.targets.to(device, non_blocking=True),
        )


class BatchSource(Protocol):
    """Gives the batches of any epoch from any step on."""

    steps_per_epoch: int

    @property
    def fingerprint(self) -> str:
        """Changes whenever images or labels change."""
        ...

    def batches(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """Give the batches of an epoch in order.

        Args:
            epoch: From 1.
            first_step: Where a resumed epoch goes on.
        """
        ...

    def describe(self, batch: Batch) -> str:
        """Name the images of a batch, for a message."""
        ...


class CropBatches:
    """Batches of a re-identification data set.

    Random transforms depend on (seed, epoch, step, place in the batch) alone, not on workers or on what
    came before.

    Attributes:
        steps_per_epoch: Batches of an epoch.
        identities: (N,) int64, numbered from 0 without gaps, of all images.
        cameras: (N,) int64, of all images.
    """

    steps_per_epoch: int
    identities: IntArray
    cameras: IntArray

    def __init__(
        self,
        dataset: ReidDataset,
        sampler: Sampler,
        transform: CropTransform,
        seed: int = 0,
        workers: int = 0,
        keep_in_memory: bool = False,
    ) -> None:
        """Put data, sampler and transform together.

        Args:
            dataset: The images.
            sampler: Chooses the images of a batch.
            transform: Turns crops into network input.
            seed: Seed of the random transforms.
            workers: Processes that load images; 0 loads them in this one.
            keep_in_memory: Decode each image once and keep it.
        """
        self.identities, self.cameras = label_arrays(dataset)
        self.steps_per_epoch = sampler.steps_per_epoch
        self._dataset, self._sampler, self._workers = dataset, sampler, workers
        self._crops = _Crops(
            tuple(crop.path for crop in dataset.crops), transform, seed, {} if keep_in_memory else None
        )

    @property
    def fingerprint(self) -> str:
        """Changes whenever file names or labels change."""
        digest = hashlib.sha256()
        for crop in self._dataset.crops:
            digest.update(f"{crop.path.name}\0{crop.identity}\0{crop.camera}\n".encode())
        return digest.hexdigest()

    def batches(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """Give the batches of an epoch in order.

        Args:
            epoch: From 1.
            first_step: Where a resumed epoch goes on.

        Raises:
            UsageError: If an image cannot be read.
        """
        chosen = [self._sampler.batch(epoch, step) for step in range(first_step, self.steps_per_epoch)]
        places = [
            [_Place(int(index), (epoch, step, place)) for place, index in enumerate(indices)]
            for step, indices in enumerate(chosen, first_step)
        ]
        loader: Any = DataLoader(
            self._crops,
            batch_sampler=places,
            num_workers=self._workers,
            collate_fn=torch.stack,
            pin_memory=torch.cuda.is_available(),
            # Without one of its own, the loader would consume the random numbers of the training.
            generator=torch.Generator(),
        )
        for images, indices in zip(loader, chosen, strict=True):
            yield Batch(
                images,
                torch.from_numpy(self.identities[indices]),
                torch.from_numpy(self.cameras[indices]),
                indices,
            )

    def describe(self, batch: Batch) -> str:
        """Name the files of a batch, the first few."""
        names = list(dict.fromkeys(self._dataset.crops[int(index)].path.name for index in batch.indices))
        more = f" and {len(names) - 4} more" if len(names) > 4 else ""
        return f"images {', '.join(names[:4])}{more}"


@dataclass(frozen=True, slots=True)
class _Place:
    """An image, and where it stands in the training."""

    index: int
    position: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Crops:
    """What PyTorch's loader takes images from."""

    paths: Sequence[Path]
    transform: CropTransform
    seed: int
    memory: dict[int, Image] | None

    def __getitem__(self, place: _Place) -> torch.Tensor:
        rng = generator(self.seed, Purpose.TRANSFORMS, *place.position)
        return self.transform(self._read(place.index), rng)

    def _read(self, index: int) -> Image:
        if self.memory is None:
            return read_crop(self.paths[index])
        if index not in self.memory:
            self.memory[index] = read_crop(self.paths[index])
        return self.memory[index]


def read_crop(path: Path) -> Image:
    """Decode an image file.

    Returns:
        (h, w, 3) uint8 BGR.

    Raises:
        UsageError: If it is missing or no image.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UsageError(f"{path}: the image cannot be read; remove it or write it again")
    return np.asarray(image, np.uint8)


def label_arrays(dataset: ReidDataset) -> tuple[IntArray, IntArray]:
    """Labels of a data set as arrays.

    Returns:
        (N,) identities numbered from 0 without gaps, and (N,) cameras.
    """
    names = np.array([crop.identity for crop in dataset.crops], np.int64)
    cameras = np.array([crop.camera for crop in dataset.crops], np.int64)
    return np.unique(names, return_inverse=True)[1].astype(np.int64), cameras
