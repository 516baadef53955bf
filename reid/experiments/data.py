"""The data of an experiment, whatever layout they have: what is learned from, what is measured on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.datasets import PUBLISHED, CropFile, Part, ReidDataset, read_part, read_two_cameras
from reid.datasets.tables import TRACKLETS
from reid.training.description import DataSettings, Layout
from reid.training.masks import IMAGES, MASKS, MaskSet
from reid.training.sources import read_data
from tracking.arrays import BoolArray
from tracking.errors import UsageError

TWO_CAMERAS_PARTS = (0.69, 0.845)
"""Of two cameras: riders before the first share train, those before the second validate, the rest test."""


@dataclass(frozen=True, slots=True)
class TestImages:
    """Labelled images to measure on.

    Attributes:
        crops: The images.
        query: (N,) marks of those that ask; None where each one asks.
    """

    crops: tuple[CropFile, ...]
    query: BoolArray | None = None


def detect_layout(folder: Path) -> Layout:
    """Tell a data set by what lies in its folder.

    Raises:
        UsageError: It is missing, or no data set that is known.
    """
    if not folder.is_dir():
        raise UsageError(f"--data: {folder} is no folder; name the folder of a re-ID data set")
    if (folder / TRACKLETS).is_file():
        return "own"
    if (folder / IMAGES).is_dir() and (folder / MASKS).is_dir():
        return "masks"
    if (folder / "bounding_box_train").is_dir():
        return "market"
    if next(folder.glob("*_cam[0-9]*.*"), None) is not None:
        return "two_cameras"
    raise UsageError(
        f"--data: {folder} is no data set that experiments know: a set of `pipeline dataset build`, "
        "Market-1501, pictures like rider_0001_cam1.jpg, or images/ with masks/"
    )


def training_data(folder: Path) -> DataSettings:
    """What a training on a folder reads.

    Raises:
        UsageError: It is no data set that is known.
    """
    layout = detect_layout(folder)
    if layout != "two_cameras":
        return DataSettings(layout=layout, folder=folder)
    riders = len(read_two_cameras(folder).identities)
    return DataSettings(layout=layout, folder=folder, identities=(0, round(TWO_CAMERAS_PARTS[0] * riders)))


def test_images(folder: Path) -> TestImages:
    """Images to report results on.

    Raises:
        UsageError: It is no data set of riders, or the part is empty.
    """
    match detect_layout(folder):
        case "own":
            return TestImages(read_part(folder, Part.TEST).require_links().crops)
        case "two_cameras":
            return TestImages(_riders(read_two_cameras(folder), TWO_CAMERAS_PARTS[1], 1.0))
        case "market":
            parts = PUBLISHED["market"].read(folder)
            asks = [True] * len(parts.query.crops) + [False] * len(parts.gallery.crops)
            return TestImages(parts.query.crops + parts.gallery.crops, np.array(asks))
        case other:
            raise UsageError(f"--data: {folder} holds {other}, which show no riders to find again")


def validation_images(folder: Path) -> TestImages | None:
    """Images of other riders to choose a threshold on; None where the data set has none."""
    match detect_layout(folder):
        case "own":
            return TestImages(read_part(folder, Part.VALIDATION).crops)
        case "two_cameras":
            return TestImages(_riders(read_two_cameras(folder), *TWO_CAMERAS_PARTS))
        case _:
            return None


def describe_data(folder: Path) -> str:
    """Say in words how large a data set is."""
    learned = read_data(training_data(folder))
    if isinstance(learned, MaskSet):
        return f"{folder.name}: {len(learned)} pictures with masks"
    return f"{folder.name}: trained on {_sizes(learned.crops)}, tested on {_sizes(test_images(folder).crops)}"


def _sizes(crops: Sequence[CropFile]) -> str:
    return f"{len({crop.identity for crop in crops})} riders ({len(crops)} images)"


def _riders(dataset: ReidDataset, first: float, end: float) -> tuple[CropFile, ...]:
    """Those of a share of the riders, by ascending number."""
    names = dataset.identities
    return dataset.with_identities(names[round(first * len(names)) : round(end * len(names))]).crops
