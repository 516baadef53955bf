"""Moving pictures of a stretch of footage in which nobody can be recognised, for a person who counts."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.configuration import Configuration
from pipeline.setup.still import blurred_jpeg
from pipeline.sources import CameraSource
from tracking.arrays import Image
from tracking.errors import FootageError

PICTURES_A_SECOND = 4.0
"""Enough to see who rides where; each of them is blurred and audited."""

_WIDTH = 640
_HEAD = struct.Struct("<dI")


@dataclass(frozen=True, slots=True)
class Reach:
    """Time of which a camera has footage.

    Attributes:
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
    """

    start: float
    end: float


def reach_of(configuration: Configuration, camera_id: str) -> tuple[Reach, ...]:
    """The stretches that the footage of a camera spans, by its plan.

    Raises:
        FietsflowError: The footage cannot be read.
    """
    source = CameraSource(configuration.footage(camera_id))
    return tuple(Reach(one.start, one.end) for one in source.sources)


def moving_pictures(configuration: Configuration, camera_id: str, start: float, end: float) -> bytes:
    """The pictures of a stretch, each blurred as a whole until an audit finds no detail in it.

    They are encoded in memory; riders are moving shapes, told apart by how they move.

    Args:
        configuration: Of the site.
        camera_id: Camera.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.

    Returns:
        For each picture its moment behind `start` (float64, seconds), the length of its JPEG (uint32), both
        little-endian, and the JPEG.

    Raises:
        FietsflowError: The footage cannot be read, has nothing there, or cannot be blurred enough.
    """
    settings = configuration.camera(camera_id).anonymize
    parts: list[bytes] = []
    for moment, image in _pictures(configuration, camera_id, start, end):
        jpeg = blurred_jpeg(_small(image), settings)
        parts += [_HEAD.pack(moment - start, len(jpeg)), jpeg]
    if not parts:
        raise FootageError(f"camera {camera_id}: its footage holds no picture of this minute")
    return b"".join(parts)


def _pictures(
    configuration: Configuration, camera_id: str, start: float, end: float
) -> Iterator[tuple[float, Image]]:
    footage = replace(configuration.footage(camera_id), max_fps=PICTURES_A_SECOND)
    source = CameraSource(footage)
    for one in source.sources:
        if one.start < end and one.end > start:
            behind = {one.name: start} if start > one.start else {}
            for frame in source.limited_to([one], behind, end).frames():
                if start <= frame.time < end:
                    yield frame.time, frame.image


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    if width <= _WIDTH:
        return image.copy()
    size = (_WIDTH, max(1, round(height * _WIDTH / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
