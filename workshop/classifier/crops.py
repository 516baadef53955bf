"""Crops to learn from: somebody or something with a border around the box, and what it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray, Image
from tracking.boxes import iou_matrix
from tracking.detectors import Detector
from tracking.errors import UsageError
from workshop.detector.learning.samples import Label, LabelledImage

BORDER = 0.3
"""Of a box's sides, kept around it: room to cut it otherwise."""
MOST_PX = 260
"""Larger crops are shrunk: the program shrinks them to half of it."""
LEAST_WIDTH, LEAST_HEIGHT = 5.0, 12.0
SAME, APART = 0.55, 0.1
"""Overlap (IoU) from which a box of the detector shows somebody labelled, and up to which it does not."""
SHAPES = (0.3, 1.2)
"""Least and largest width over height of people and riders."""
FAINTEST = 0.08
"""Least score of a box of the detector that may be a passage."""


class Shown(IntEnum):
    """What a crop shows; the first four in the order of `tracking.riders.classifier.KINDS`."""

    CYCLIST = 0
    ON_FOOT = 1
    MOTOR = 2
    OTHER = 3
    NO_CYCLIST = -1
    """Whatever it is, it is no cyclist."""


@dataclass(frozen=True, slots=True)
class LabelledCrop:
    """One crop.

    Attributes:
        image: (h, w, 3) uint8 BGR, with a border.
        box: (4,) xyxy pixels of the box in it.
        shown: What it shows.
        source: Where it comes from.
        simulated: Whether it was painted.
    """

    image: Image
    box: FloatArray
    shown: Shown
    source: str
    simulated: bool = False


def cut_out(
    image: Image, box: FloatArray, shown: Shown, source: str, *, simulated: bool = False
) -> Iterator[LabelledCrop]:
    """Cut a box out of a picture; nothing where it is too small to tell.

    Args:
        image: (H, W, 3) uint8 BGR.
        box: (4,) xyxy pixels.
        shown: What it shows.
        source: Where it comes from.
        simulated: Whether it was painted.
    """
    sides = np.array([box[2] - box[0], box[3] - box[1]])
    if sides[0] < LEAST_WIDTH or sides[1] < LEAST_HEIGHT:
        return
    height, width = image.shape[:2]
    left, top = np.maximum(np.floor(box[:2] - BORDER * sides), 0).astype(int)
    right, bottom = np.minimum(np.ceil(box[2:] + BORDER * sides), (width, height)).astype(int)
    if right - left < LEAST_WIDTH or bottom - top < LEAST_WIDTH:
        return
    part = image[top:bottom, left:right].copy()
    inside = (box - np.array([left, top] * 2)).astype(np.float64)
    scale = min(1.0, MOST_PX / max(part.shape[:2]))
    if scale < 1:
        size = tuple(max(1, round(length * scale)) for length in part.shape[1::-1])
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    yield LabelledCrop(part, inside * scale, shown, source, simulated)


def labelled_crops(images: Iterable[LabelledImage], shown: dict[Label, Shown]) -> Iterator[LabelledCrop]:
    """The labelled boxes of pictures.

    Args:
        images: Pictures.
        shown: What labels mean; others are left out.
    """
    for image in images:
        for box, label in zip(image.boxes, image.labels.tolist(), strict=True):
            if Label(label) in shown:
                yield from cut_out(image.image, box, shown[Label(label)], _folder(image.name))


def detected_crops(images: Iterable[LabelledImage], detector: Detector) -> Iterator[LabelledCrop]:
    """What a detector sees in pictures of which it is known who is in them: cut, and mistaken, as in a run.

    Args:
        images: Pictures; where cyclists may be unlabelled, nothing is taken for none.
        detector: Answers whole cyclists and pedestrians.
    """
    for image in images:
        (found,) = detector.detect([image.image])
        boxes = found.xyxy[found.score >= FAINTEST].astype(np.float64)
        riders = _overlap(boxes, image, Label.CYCLIST, Label.IGNORED)
        walkers = _overlap(boxes, image, Label.PEDESTRIAN)
        for box, rider, walker in zip(boxes, riders, walkers, strict=True):
            shown = _shown(rider, walker, complete=bool(image.background[0] >= 1))
            if shown is not None:
                yield from cut_out(image.image, box, shown, f"{_folder(image.name)}, detected")


def parts_of_vehicles(images: Iterable[LabelledImage], rng: Generator) -> Iterator[LabelledCrop]:
    """Pieces of what is neither rider nor walker, shaped like people: wheels, lamps, doors.

    Args:
        images: Pictures; of each labelled box that is large enough one piece.
        rng: Decides where.
    """
    for image in images:
        people = image.boxes[image.labels != int(Label.OTHER)].astype(np.float64)
        for box in image.boxes[image.labels == int(Label.OTHER)].astype(np.float64):
            piece = _piece(box, rng)
            if not len(people) or iou_matrix(piece[None], people).max() == 0:
                yield from cut_out(image.image, piece, Shown.OTHER, f"{_folder(image.name)}, parts")


def empty_crops(images: Iterable[LabelledImage], rng: Generator, each: int) -> Iterator[LabelledCrop]:
    """Places in empty streets, shaped like people.

    Args:
        images: Pictures without people.
        rng: Decides where.
        each: How many of each picture.
    """
    for image in images:
        height, width = image.image.shape[:2]
        for _ in range(each):
            whole = np.array([0.0, 0.0, width, height])
            yield from cut_out(image.image, _piece(whole, rng), Shown.OTHER, f"{_folder(image.name)}, empty")


def _piece(box: FloatArray, rng: Generator) -> FloatArray:
    """(4,) a place in a box, 12 pixels to two thirds of its height high, as wide as people and riders are."""
    sides = box[2:] - box[:2]
    high = float(np.exp(rng.uniform(np.log(LEAST_HEIGHT), np.log(max(0.67 * sides[1], LEAST_HEIGHT + 1)))))
    size = np.minimum([high * float(rng.uniform(*SHAPES)), high], sides)
    corner = box[:2] + rng.random(2) * (sides - size)
    return np.concatenate([corner, corner + size])


def refused_crops(pictures: Iterable[tuple[str, Image]], detector: Detector) -> Iterator[LabelledCrop]:
    """What a detector sees where nobody cycles.

    Args:
        pictures: Source and (H, W, 3) uint8 BGR.
        detector: Answers boxes.
    """
    for source, picture in pictures:
        (found,) = detector.detect([picture])
        for box in found.xyxy[found.score >= FAINTEST].astype(np.float64):
            yield from cut_out(picture, box, Shown.NO_CYCLIST, source)


def photographs(folder: Path, names: Iterable[str], shown: Shown) -> Iterator[LabelledCrop]:
    """Pictures each of which shows one thing from edge to edge.

    Raises:
        UsageError: There is none, or one cannot be read.
    """
    files = sorted(file for name in names for file in folder.glob(name))
    if not files:
        raise UsageError(f"{folder}: no pictures named like {', '.join(names)} there")
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None:
            raise UsageError(f"{file}: not a readable image")
        height, width = picture.shape[:2]
        yield LabelledCrop(
            np.asarray(picture, np.uint8), np.array([0.0, 0.0, width, height]), shown, folder.name
        )


def _shown(rider: float, walker: float, *, complete: bool) -> Shown | None:
    """What a box of the detector shows, by its overlap with labelled riders and walkers."""
    if rider >= SAME:
        return Shown.CYCLIST
    if rider < APART and walker >= SAME:
        return Shown.ON_FOOT
    return Shown.NO_CYCLIST if complete and max(rider, walker) < APART else None


def _overlap(boxes: FloatArray, image: LabelledImage, *labels: Label) -> FloatArray:
    """(N,) largest overlap (IoU) with boxes of these labels."""
    mine = image.boxes[np.isin(image.labels, [int(one) for one in labels])]
    if not len(mine) or not len(boxes):
        return np.zeros(len(boxes))
    return np.asarray(iou_matrix(boxes, mine.astype(np.float64)).max(axis=1))


def _folder(name: str) -> str:
    return name.rsplit("/", 1)[0]
