"""The one place that writes pictures of real streets: crops that were anonymised before they were kept."""

from pathlib import Path

import cv2

from tracking.errors import FietsflowError
from tracking.values import Crop

JPEG_QUALITY = 95
"""The blur left no detail that a coarser picture would save."""


def write_crop(path: Path, crop: Crop) -> None:
    """Write the anonymised crop of a rider as JPEG, at its own size.

    Args:
        path: File to write; its folder exists.
        crop: As the chain hands it out, which keeps anonymised pixels only.

    Raises:
        FietsflowError: The disk does not take it.
    """
    if not cv2.imwrite(str(path), crop.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise FietsflowError(f"{path}: cannot be written; see whether the disk is full")
