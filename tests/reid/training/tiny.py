"""A training small enough to be killed and repeated within seconds; importable by worker processes."""

import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from reid.batches import IdentitySampler
from reid.batches.transforms import RandAugmentSettings, TransformSettings
from reid.batches.transforms.pipeline import CropTransform
from reid.datasets.values import CropFile, ReidDataset
from reid.training import (
    Batch,
    Costs,
    CropBatches,
    OptimizerSettings,
    Progress,
    ScheduleSettings,
    Trainer,
    TrainingSettings,
)

IDENTITIES, IMAGES = 8, 6


def write_riders(folder: Path, identities: int = IDENTITIES, images: int = IMAGES) -> ReidDataset:
    """Riders told apart by the colour of their upper half, in noise."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    crops = []
    for identity in range(identities):
        colour = rng.integers(0, 256, 3)
        for number in range(images):
            image = rng.integers(60, 120, (32, 16, 3))
            image[:16] = np.clip(colour + rng.integers(-25, 25, (16, 16, 3)), 0, 255)
            path = folder / f"{identity:04d}_{number}.png"
            cv2.imwrite(str(path), image.astype(np.uint8))
            crops.append(CropFile(path, identity + 100, camera=number % 2 + 1))
    return ReidDataset("riders", tuple(crops))


class TinyNetwork(nn.Module):
    """Convolution, batch normalisation and dropout: everything that has state or draws random numbers."""

    def __init__(self, dimension: int = 8) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d((2, 1))
        )
        self.project = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(16, dimension))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.project(self.body(images))


class Centres(nn.Module):
    """Squared distance to trained class centres and cross-entropy over them: an objective with weights."""

    def __init__(self, classes: int = IDENTITIES, dimension: int = 8) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(classes, dimension))

    def forward(self, network: nn.Module, batch: Batch) -> Costs:
        embedding = network(batch.images).float()
        distances = torch.cdist(embedding, self.centres).square()
        entropy = nn.functional.cross_entropy(-distances, batch.identities)
        return Costs(entropy, (("entropy", entropy),), embedding)


def make_source(dataset: ReidDataset, seed: int = 3, workers: int = 0) -> CropBatches:
    sampler = IdentitySampler([crop.identity for crop in dataset.crops], 4, 3, seed, steps_per_epoch=5)
    transforms = TransformSettings(size=(32, 16), rand_augment=RandAugmentSettings(operations=1))
    return CropBatches(dataset, sampler, CropTransform(transforms, training=True), seed, workers)


def tiny_settings(**changes: object) -> TrainingSettings:
    return TrainingSettings(
        epochs=8,
        schedule=ScheduleSettings(learning_rate=1e-2, warmup_epochs=2),
        optimizer=OptimizerSettings(weight_decay=5e-4, loss_learning_rate=0.05),
        seed=3,
        threads=1,
        checkpoint_steps=3,
        log_steps=2,
    ).model_copy(update=changes)


def train(images: Path, folder: Path, delay_s: float = 0.0) -> None:
    """Train to the end; with a delay per row of the curves, so that there is a moment to be killed in."""
    torch.manual_seed(11)
    trainer = Trainer(TinyNetwork(), Centres(), make_source(write_riders(images)), tiny_settings(), folder)

    def wait(_: Progress) -> None:
        time.sleep(delay_s)

    trainer.run(wait)
