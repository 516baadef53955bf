"""A picture of a camera's view in which nobody can be recognised."""

from dataclasses import replace
from itertools import islice

import cv2
import numpy as np

from anonymize import blur, kernel_for_height
from anonymize.audit import DETAIL_LIMIT, detail_ratio
from anonymize.settings import AnonymizeSettings
from pipeline.configuration import Configuration
from pipeline.sources import CameraSource
from tracking.arrays import Image
from tracking.errors import FietsflowError, FootageError

_PICTURES = 25
"""The middle of so many leaves out who goes by, and holds little memory."""
_EVERY_S = 1.0
_WIDTH = 1280
_QUALITY = 85
_MOST_BLURS = 6


def still_of(configuration: Configuration, camera_id: str) -> bytes:
    """The view of a camera as JPEG: the middle of several pictures, blurred as a whole.

    The first takes out who goes by; the second makes who stands there, and number plates, unrecognisable:
    it is as strong as the program blurs, and stronger where an audit would still find detail.

    Args:
        configuration: Of the site.
        camera_id: Camera.

    Raises:
        FietsflowError: The footage cannot be read.
    """
    footage = replace(configuration.footage(camera_id), max_fps=1 / _EVERY_S)
    frames = islice(CameraSource(footage).frames(), _PICTURES)
    pictures = [_small(frame.image) for frame in frames]
    if not pictures:
        raise FootageError(f"camera {camera_id}: not one picture of it can be decoded")
    middle = np.asarray(np.median(np.stack(pictures), axis=0), np.uint8)
    return blurred_jpeg(middle, configuration.camera(camera_id).anonymize)


def blurred_jpeg(image: Image, settings: AnonymizeSettings) -> bytes:
    """A whole picture, blurred until the audit finds no detail in it.

    Args:
        image: (H, W, 3) uint8 BGR.
        settings: Of the camera.

    Raises:
        FietsflowError: However often it is blurred, detail is left.
    """
    strong = settings.model_copy(update={"kernel": "thesis9"})
    height = round(settings.largest_rider * image.shape[0])
    kernel = kernel_for_height(height, strong.kernel_pixels)
    for _ in range(_MOST_BLURS):
        image = blur(image, kernel, strong.method)
        encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
        seen = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        if detail_ratio(seen, strong, height) <= DETAIL_LIMIT:
            return bytes(encoded.tobytes())
        kernel = 2 * kernel + 1
    raise FietsflowError("a still of this camera cannot be blurred enough to be shown")


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    if width <= _WIDTH:
        return image.copy()
    size = (_WIDTH, max(1, round(height * _WIDTH / width)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
