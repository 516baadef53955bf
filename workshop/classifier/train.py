"""Gather crops, learn, export, measure: everything that one command does."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch

from pipeline.registry import resolve_weights
from tracking.arrays import Image
from tracking.detectors import Detector
from workshop.adaptation.footage import find_footage, glimpses, step_for
from workshop.adaptation.settings import TeachingSettings
from workshop.classifier.batches import CropBatches
from workshop.classifier.crops import (
    LabelledCrop,
    Shown,
    detected_crops,
    empty_crops,
    labelled_crops,
    parts_of_vehicles,
    photographs,
    refused_crops,
)
from workshop.classifier.description import ClassifierDescription, FolderSettings, QuietSettings
from workshop.classifier.learning import ClassifierTrainer
from workshop.classifier.measure import Quality, measure
from workshop.classifier.network import ClassifierNetwork, export_classifier
from workshop.classifier.simulated import simulated_crops
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.samples import Label
from workshop.detector.measure import open_detector
from workshop.detector.train import packaged_weights

FILE = "rider_classifier.onnx"
_USUAL = {Label.CYCLIST: Shown.CYCLIST, Label.PEDESTRIAN: Shown.ON_FOOT, Label.OTHER: Shown.OTHER}
_MOTOR = {Label.OTHER: Shown.MOTOR}

EMPTY_PLACES = 20
"""Crops of each empty street."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainedClassifier:
    """What came out.

    Attributes:
        path: The .onnx file.
        quality: Of each group of crops that was held back.
    """

    path: Path
    quality: dict[str, Quality]


def train_classifier(
    description: ClassifierDescription, data: Path, output: Path, tell: Tell = lambda _: None
) -> TrainedClassifier:
    """Train and measure a classifier of crops; interrupted at any moment, the same call goes on.

    Args:
        description: Pictures, network, budget.
        data: Folder above the real pictures.
        output: Folder for state and the finished file.
        tell: Told how far it is, a word for the stage first.

    Raises:
        UsageError: Pictures are missing or wrong, or `output` holds another training.
        WeightsError: The ImageNet weights or the packaged detector are missing.
        TrainingError: The training diverged.
    """
    cv2.setNumThreads(1)
    detector = open_detector(resolve_weights("cyclist_detector", "detector"), threads=1)
    crops = list(gathered(description, data, detector, tell))
    networks = [
        _member(number, crops, description, output, tell) for number in range(description.learning.members)
    ]
    path = export_classifier(networks, output / FILE, description.learning.side)
    held = list(held_back(description, data, detector, tell))
    return TrainedClassifier(path, measure(path, held))


def _member(
    number: int, crops: Sequence[LabelledCrop], description: ClassifierDescription, output: Path, tell: Tell
) -> ClassifierNetwork:
    """One network, with a seed of its own."""
    first = description.learning
    settings = first.model_copy(update={"seed": first.seed + number})
    torch.manual_seed(settings.seed)
    network = ClassifierNetwork(
        settings.blocks, settings.frozen_blocks, settings.dropout, description.weights or packaged_weights()
    )
    trainer = ClassifierTrainer(network, CropBatches(crops, settings), settings, output, digest_of(crops))
    stage = f"member-{number + 1}"
    return trainer.run(lambda step, cost: tell(f"{stage} {step}/{settings.steps} cost {cost:.3f}"))


def gathered(
    description: ClassifierDescription, data: Path, detector: Detector, tell: Tell
) -> Iterator[LabelledCrop]:
    """All crops to learn from.

    Args:
        description: Which.
        data: Folder above the real pictures.
        detector: Says where a run would cut.
        tell: Told how far it is.

    Raises:
        UsageError: Pictures are missing or wrong.
    """
    rng = np.random.default_rng((description.learning.seed, 41))
    for folder in description.labelled:
        tell(f"crops {folder.boxes.folder}")
        yield from of_folder(folder, data, detector)
        yield from parts_of_vehicles(read_folder(folder.boxes, data), rng)
    for photographed in description.photographs:
        yield from photographs(
            data / photographed.folder, photographed.names, Shown[photographed.shown.upper()]
        )
    if description.no_cyclists is not None:
        tell(f"crops {description.no_cyclists.folder}")
        yield from refused_crops(_quiet(description.no_cyclists, data), detector)
    tell("crops simulated")
    streets = [] if description.streets is None else read_folder(description.streets, data)
    yield from empty_crops(streets, rng, EMPTY_PLACES)
    yield from simulated_crops(description.simulated, [street.image for street in streets])


def held_back(
    description: ClassifierDescription, data: Path, detector: Detector, tell: Tell
) -> Iterator[LabelledCrop]:
    """All crops to measure on."""
    tell("measuring")
    for folder in description.labelled:
        if folder.boxes.held_back:
            yield from of_folder(folder, data, detector, held_back=True)
    yield from simulated_crops(description.held_back)


def of_folder(
    folder: FolderSettings, data: Path, detector: Detector, *, held_back: bool = False
) -> Iterator[LabelledCrop]:
    """Labelled boxes of a folder, and those that the detector sees there."""
    images = read_folder(folder.boxes, data, held_back=held_back)
    yield from labelled_crops(images, _USUAL)
    yield from detected_crops(images, detector)
    if folder.motor:
        motor = folder.boxes.model_copy(update={"classes": dict.fromkeys(folder.motor, "other")})
        yield from labelled_crops(read_folder(motor, data, held_back=held_back), _MOTOR)


def digest_of(crops: Sequence[LabelledCrop]) -> str:
    """What tells one set of crops from another."""
    digest = hashlib.sha256()
    for crop in crops:
        digest.update(f"{crop.source}|{crop.shown}|{crop.image.shape}|{int(crop.image.sum())}".encode())
    return digest.hexdigest()[:16]


def _quiet(settings: QuietSettings, data: Path) -> Iterator[tuple[str, Image]]:
    teaching = TeachingSettings(most_frames=settings.frames)
    sources = find_footage([data / settings.folder], settings.left_out)
    step = step_for(sources, teaching)
    seen = chain.from_iterable(glimpses(source, step, teaching) for source in sources)
    return ((f"{settings.folder}/{glimpse.name.rsplit('/', 1)[0]}", glimpse.image) for glimpse in seen)
