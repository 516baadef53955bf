"""Where faces are: certainly within the top of the rider's box, and wherever a face model sees one."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tracking.arrays import Image
from tracking.errors import WeightsError

HEAD_SHARE = 0.3
"""Share of a rider's box, from its top, that holds the head; generous, since riders lean and crops
carry a margin."""
FACE_GROWTH = 0.25
"""Part of its size by which a found face grows on each side: hair and ears identify too."""
SMALLEST_SIDE = 160
"""Crops are enlarged to this many pixels before the face model sees them; it misses faces below
about ten pixels."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels inside a picture.

    Attributes:
        left: First column.
        top: First row.
        right: Column after the last.
        bottom: Row after the last.
    """

    left: int
    top: int
    right: int
    bottom: int


def head_region(height: int, width: int) -> Region:
    """The part of a rider's crop in which the head must be.

    Args:
        height: Height of the crop in pixels.
        width: Width of the crop in pixels.

    Returns:
        Its whole upper part: it needs no model, so it cannot miss.
    """
    return Region(0, 0, width, min(height, max(1, round(HEAD_SHARE * height))))


class FaceFinder:
    """Finds faces with YuNet (Wu, Peng, Yu 2023) through OpenCV; not to be shared between threads."""

    def __init__(self, weights: Path, score: float = 0.3) -> None:
        """Load the face model.

        Args:
            weights: YuNet as ONNX.
            score: Least score of a reported face.

        Raises:
            WeightsError: If the file is missing or is no YuNet model.
        """
        if not weights.is_file():
            raise WeightsError(f"anonymize.face_model: {weights} does not exist; give the YuNet .onnx file")
        try:
            self._detector = cv2.FaceDetectorYN.create(
                str(weights), "", (SMALLEST_SIDE, SMALLEST_SIDE), score
            )
            self._detector.detect(np.zeros((SMALLEST_SIDE, SMALLEST_SIDE, 3), np.uint8))
        except cv2.error as error:
            raise WeightsError(
                f"anonymize.face_model: {weights} cannot be used as a YuNet face model ({error.err})"
            ) from error

    def find(self, image: Image) -> tuple[Region, ...]:
        """Find faces.

        Args:
            image: (H, W, 3) uint8 BGR.

        Returns:
            Grown face boxes clipped to the picture, in the model's order.
        """
        height, width = image.shape[:2]
        if image.size == 0:
            return ()
        scale = max(1.0, SMALLEST_SIDE / min(height, width))
        enlarged = cv2.resize(image, None, fx=scale, fy=scale) if scale > 1.0 else image
        self._detector.setInputSize((enlarged.shape[1], enlarged.shape[0]))
        _, found = self._detector.detect(np.ascontiguousarray(enlarged))
        boxes = np.zeros((0, 4)) if found is None else found[:, :4].astype(np.float64) / scale
        regions = (_grown_region(box, height, width) for box in boxes)
        return tuple(r for r in regions if r.right > r.left and r.bottom > r.top)


def _grown_region(box: np.ndarray[tuple[int], np.dtype[np.float64]], height: int, width: int) -> Region:
    left, top, box_width, box_height = box.tolist()
    across, along = FACE_GROWTH * box_width, FACE_GROWTH * box_height
    return Region(
        left=int(np.clip(np.floor(left - across), 0, width)),
        top=int(np.clip(np.floor(top - along), 0, height)),
        right=int(np.clip(np.ceil(left + box_width + across), 0, width)),
        bottom=int(np.clip(np.ceil(top + box_height + along), 0, height)),
    )
