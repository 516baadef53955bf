"""Pictures that the tests of this area share."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tracking.arrays import Image


def detailed_picture(height: int, width: int, seed: int = 0) -> Image:
    """Structure at every scale, as in a photograph: noise octaves added up."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(7):
        cells = 2 ** (octave + 1)
        noise = rng.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(128 + 30 * total, 0, 255), np.uint8)


@pytest.fixture
def picture() -> Callable[..., Image]:
    return detailed_picture
