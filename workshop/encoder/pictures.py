"""Pictures of riders as the program itself would cut, shrink and blur them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from anonymize import Anonymizer
from tracking.arrays import Image

MARGIN = 0.22
"""Border with which riders are rendered: room to cut them as a detector would."""
LONGEST_SIDE = 128
"""Pixels to which the program shrinks larger crops before it blurs them."""
TAUGHT_EDGES = (0.04, 0.04)
"""How far the edges lie off in pictures that teach, across and along, as shares of width and height."""
DETECTED_EDGES = (0.09, 0.05)
"""How far those of the shipped detector lie off (`benchmarks.detector_edges`)."""
_USUAL_MARGIN = 0.05
_MOST_SPREADS = 3.25


@dataclass(frozen=True, slots=True)
class Finish:
    """How rendered or photographed riders become crops of the program.

    Attributes:
        anonymizer: Blurs them; None leaves them sharp.
        edges: Deviation of left and right edges, and of upper and lower ones, as those of a detector's boxes.
    """

    anonymizer: Anonymizer | None
    edges: tuple[float, float] = TAUGHT_EDGES

    def rendered(self, image: Image, rng: Generator) -> Image:
        """Finish a rider that was rendered with a border of `MARGIN`.

        Args:
            image: (h, w, 3) uint8 BGR.
            rng: Random numbers.

        Returns:
            A smaller picture.
        """
        spreads = np.array(self.edges * 2)
        margins = rng.normal(_USUAL_MARGIN, spreads)
        margins = np.clip(margins, _USUAL_MARGIN - _MOST_SPREADS * spreads, MARGIN)
        sides = np.array([image.shape[1], image.shape[0]] * 2) / (1 + 2 * MARGIN)
        left, top, right, bottom = np.floor((MARGIN - margins) * sides).astype(int)
        cut = image[top : image.shape[0] - bottom, left : image.shape[1] - right]
        return self.anonymised(shrunk(cut))

    def anonymised(self, image: Image) -> Image:
        """Blur a crop, or leave it sharp."""
        return image.copy() if self.anonymizer is None else self.anonymizer.crop(image)


def shrunk(image: Image) -> Image:
    """Shrink a crop to `LONGEST_SIDE`; a smaller one stays as it is."""
    scale = LONGEST_SIDE / max(image.shape[:2])
    if scale >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
