"""Crops as the program would cut, shrink and blur them, seen by any camera."""

import cv2
import numpy as np
from numpy.random import Generator

from anonymize import Anonymizer, AnonymizeSettings
from tracking.arrays import Image
from workshop.classifier.crops import LabelledCrop
from workshop.detector.learning.augmentation import jpeg
from workshop.encoder.pictures import DETECTED_EDGES, LONGEST_SIDE

USUAL_MARGIN = 0.05
"""Border around a box in the crops of a run, as a share of its sides."""
HEIGHTS = (14.0, 110.0)
"""Least and largest height to which crops are shrunk, pixels."""
AS_SEEN = 0.3
"""Share of the crops that stay as large as they are."""
_LEAST = 5
_GREY, _CODEC, _NOISE, _COLOUR, _SOFT = 0.25, 0.4, 0.2, 0.5, 0.3
"""How often each change is made: milder ones than for whole frames, for what is left of a crop is little."""
_BLURS = tuple(
    None if kernel is None else Anonymizer(AnonymizeSettings(kernel=kernel))
    for kernel in ("thesis5", "thesis5", "thesis5", "thesis7", None)
)
"""Three in five pass the default blur, one a stronger one, one stays sharp."""


def finished(crop: LabelledCrop, rng: Generator) -> Image:
    """One crop as a run might have cut it.

    Args:
        crop: With a border.
        rng: Decides.
    """
    image = _cut(crop, rng)
    if rng.random() < 0.5:
        image = image[:, ::-1]
    wanted = float(np.exp(rng.uniform(*np.log(HEIGHTS)))) / image.shape[0]
    scale = min(1.0 if rng.random() < AS_SEEN else wanted, LONGEST_SIDE / max(image.shape[:2]), 1.0)
    if scale < 1:
        size = tuple(max(_LEAST, round(length * scale)) for length in image.shape[1::-1])
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    image = _changed(np.ascontiguousarray(image), rng)
    blur = _BLURS[int(rng.integers(len(_BLURS)))]
    return image if blur is None else blur.crop(image)


def _changed(image: Image, rng: Generator) -> Image:
    """What light, sensors and codecs do to a crop."""
    if rng.random() < _COLOUR:
        mean, contrast, light = float(image.mean()), rng.uniform(0.6, 1.5), rng.uniform(-30, 30)
        image = np.clip((image - mean) * contrast + mean + light, 0, 255).astype(np.uint8)
    if rng.random() < _GREY:
        image = np.asarray(
            cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
        )
    if rng.random() < _NOISE:
        noise = rng.normal(0, rng.uniform(2, 10), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < _CODEC:
        image = jpeg(image, int(rng.integers(20, 80)))
    if rng.random() < _SOFT:
        image = np.asarray(cv2.blur(image, (int(rng.integers(1, 4)), int(rng.integers(1, 3)))), np.uint8)
    return image


def _cut(crop: LabelledCrop, rng: Generator) -> Image:
    """The box with its usual margin, its edges as far off as the detector's."""
    height, width = crop.image.shape[:2]
    sides = np.array([crop.box[2] - crop.box[0], crop.box[3] - crop.box[1]])
    first, second = (rng.normal(0.0, DETECTED_EDGES) * sides for _ in range(2))
    left, top = np.maximum(crop.box[:2] - USUAL_MARGIN * sides + first, 0).astype(int)
    right, bottom = np.minimum(np.ceil(crop.box[2:] + USUAL_MARGIN * sides + second), (width, height)).astype(
        int
    )
    if right - left < _LEAST or bottom - top < _LEAST:
        return crop.image
    return crop.image[top:bottom, left:right]
