"""Labelled images from folders with boxes in YOLO format or as Pascal VOC."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from pydantic import Field

from tracking.arrays import FloatArray, IntArray
from tracking.errors import UsageError
from tracking.settings import Settings
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.learning.voc import read_voc

Meaning = Literal["cyclist", "pedestrian", "other", "ignored"]
_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")


class DatasetSettings(Settings):
    """A folder with ``images/``, ``labels/`` and ``classes.txt``, or one of empty streets.

    With ``annotations/`` in place of ``labels/`` its boxes are those of Pascal VOC, which name their classes.
    """

    folder: str = Field(description="folder within the data folder")
    classes: dict[str, Meaning] = Field(
        default_factory=dict,
        description="what its classes are here; a class that is not named here is left out",
    )
    cyclists_complete: float = Field(
        default=1.0, ge=0, le=1, description="how far the absence of a cyclist box means that there is none"
    )
    pedestrians_complete: float = Field(default=0.0, ge=0, le=1, description="the same of pedestrians")
    incomplete: str | None = Field(
        default=None, description="text file in the folder: stems of images in which cyclists are unlabelled"
    )
    held_back: tuple[str, ...] = Field(
        default=(), description="beginnings of the names of images that are kept for validation"
    )
    left_out: tuple[str, ...] = Field(
        default=(), description="beginnings of the names of images that are used for nothing"
    )
    top_px: int = Field(default=0, ge=0, description="rows to cut off above, such as a printed time")
    weight: float = Field(default=1.0, gt=0, description="how often it is drawn, relative to the others")


def read_folder(settings: DatasetSettings, data: Path, *, held_back: bool = False) -> list[LabelledImage]:
    """Read the images of one folder, in order of their names.

    Args:
        settings: The folder and what its labels mean.
        data: The folder above it.
        held_back: Those kept for validation, in place of the others.

    Raises:
        UsageError: The folder, an image or a label is missing or not readable.
    """
    folder = data / settings.folder
    pictures = folder / "images" if (folder / "images").is_dir() else folder
    files = sorted(file for file in pictures.glob("*") if file.suffix.lower() in _IMAGE_SUFFIXES)
    if not files:
        raise UsageError(f"{pictures}: no images there; a data set needs .jpg or .png files")
    meanings = {} if _is_voc(folder) else _meanings(folder, settings.classes)
    incomplete = _stems(folder / settings.incomplete) if settings.incomplete else frozenset()
    wanted = [
        file
        for file in files
        if file.name.startswith(settings.held_back or "\0") == held_back
        and not file.name.startswith(settings.left_out or "\0")
    ]
    return [_read(file, folder, settings, meanings, file.stem in incomplete) for file in wanted]


def _read(
    file: Path, folder: Path, settings: DatasetSettings, meanings: Mapping[int, Label], incomplete: bool
) -> LabelledImage:
    image = cv2.imread(str(file))
    if image is None:
        raise UsageError(f"{file}: not a readable image")
    # Not with_suffix: stems may contain dots.
    if _is_voc(folder):
        named = {name: Label[meaning.upper()] for name, meaning in settings.classes.items()}
        boxes, labels = read_voc(folder / "annotations" / f"{file.stem}.xml", named)
    else:
        rows = folder / "labels" / f"{file.stem}.txt"
        boxes, labels = _read_boxes(rows, meanings, image.shape[1], image.shape[0])
    boxes[:, 1::2] -= settings.top_px
    kept = boxes[:, 3] > 1
    complete = 0.0 if incomplete else settings.cyclists_complete
    background = np.array([complete, settings.pedestrians_complete], np.float32)
    name = f"{settings.folder}/{file.stem}"
    cropped = np.ascontiguousarray(image[settings.top_px :])
    return LabelledImage(name, cropped, np.clip(boxes[kept], 0, None), labels[kept], background)


def _is_voc(folder: Path) -> bool:
    return (folder / "annotations").is_dir()


def _read_boxes(
    path: Path, meanings: Mapping[int, Label], width: int, height: int
) -> tuple[FloatArray, IntArray]:
    """Boxes of the classes with a meaning."""
    boxes, labels = [], []
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(filter(str.strip, lines), 1):
        try:
            kind, x, y, wide, high = (float(value) for value in line.split())
        except ValueError as error:
            raise UsageError(
                f"{path}: line {number}: expected class, centre x, centre y, width, height"
            ) from error
        if int(kind) in meanings:
            boxes.append((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
            labels.append(meanings[int(kind)])
    relative = np.asarray(boxes, np.float32).reshape(-1, 4)
    return relative * np.array([width, height] * 2, np.float32), np.asarray(labels, np.int64)


def _meanings(folder: Path, classes: Mapping[str, Meaning]) -> dict[int, Label]:
    if not classes:
        return {}
    # Sequences of one data set share the file.
    path = next((p for p in (folder / "classes.txt", folder.parent / "classes.txt") if p.is_file()), None)
    if path is None:
        raise UsageError(f"{folder / 'classes.txt'}: missing; it names the classes, one per line")
    names = path.read_text("utf-8").split()
    unknown = sorted(set(classes) - set(names))
    if unknown:
        raise UsageError(f"{path}: has no class {unknown[0]!r}; it names {', '.join(names)}")
    return {number: Label[classes[name].upper()] for number, name in enumerate(names) if name in classes}


def _stems(path: Path) -> frozenset[str]:
    if not path.is_file():
        raise UsageError(f"{path}: no such file; it should list stems of incompletely labelled images")
    return frozenset(path.read_text("utf-8").split())
