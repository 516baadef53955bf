"""Folders of pictures as a source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.sources.report import count
from tracking.arrays import Image


def read_image(path: Path) -> Image | None:
    """Read a picture as (H, W, 3) uint8 BGR, turned upright; None where it cannot be decoded."""
    try:
        # Not by name: OpenCV takes only UTF-8.
        content = np.frombuffer(path.read_bytes(), np.uint8)
        pixels = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except OSError:
        return None
    except cv2.error:  # Raised for absurd sizes in a damaged header; None is returned for the rest.
        return None
    return None if pixels is None else np.asarray(pixels, np.uint8)


def shrunk(brightness: Image, width: int) -> Image:
    """Shrink (H, W) uint8 to a width, in its own proportions; a smaller one stays."""
    across = min(width, brightness.shape[1])
    down = max(1, round(brightness.shape[0] * across / brightness.shape[1]))
    return np.asarray(cv2.resize(brightness, (across, down), interpolation=cv2.INTER_AREA), np.uint8)


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """Bring (H, W, 3) uint8 to a width and height in pixels; one that has it already stays."""
    if image.shape[:2] == size[::-1]:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class ImagePicture:
    """A picture of a folder that is not read before somebody asks for it.

    Attributes:
        index: Position in the folder, from 0.
        seconds: Since the first picture.
        path: The file.
    """

    index: int
    seconds: float
    path: Path

    def small(self, width: int) -> Image | None:
        """Read its brightness, (h, width) uint8; None where the file is damaged."""
        image = self.image()
        return None if image is None else shrunk(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), width)

    def image(self) -> Image | None:
        """Read (H, W, 3) uint8 BGR; None where the file is damaged."""
        return read_image(self.path)


class ImageReader:
    """Iterates over the pictures of a folder.

    Args:
        paths: The files in order of time.
        offsets_s: Seconds of each since the first.
    """

    def __init__(self, paths: Sequence[Path], offsets_s: Sequence[float]) -> None:
        self._paths = paths
        self._offsets_s = offsets_s

    def __iter__(self) -> Iterator[ImagePicture]:
        """Begin at the first picture."""
        last_s = -1.0
        for index, (path, seconds) in enumerate(zip(self._paths, self._offsets_s, strict=True)):
            if seconds > last_s:
                yield ImagePicture(index, seconds, path)
                last_s = seconds

    @property
    def beyond(self) -> int:
        """Pictures behind the beginning of the next source: none, their names tell their time."""
        return 0

    @property
    def damages(self) -> int:
        """Pictures left out up to now without having been asked for: none."""
        return 0

    def problems(self) -> tuple[str, ...]:
        """Sentences about pictures whose time repeats that of the one before."""
        repeats = len(self._offsets_s) - len(set(self._offsets_s))
        return (f"{count(repeats, 'picture')} with the time of the one before left out",) if repeats else ()
