"""Small labelled images for the tests of the detector's training."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")
pytest.importorskip("torchvision", reason="training the detector needs the extra lab")

from workshop.detector.learning.samples import Label, LabelledImage


@pytest.fixture
def street() -> LabelledImage:
    """Grey road with a red rider of 40 × 60 px, a green walker of 20 × 50 px and a blue car."""
    image = np.full((240, 320, 3), 90, np.uint8)
    boxes = np.array([[60, 80, 100, 140], [200, 90, 220, 140], [120, 30, 190, 70]], np.float32)
    for box, colour in zip(boxes.astype(int), ((0, 0, 250), (0, 250, 0), (250, 0, 0)), strict=True):
        image[box[1] : box[3], box[0] : box[2]] = colour
    labels = np.array([Label.CYCLIST, Label.PEDESTRIAN, Label.OTHER], np.int64)
    return LabelledImage("street/1", image, boxes, labels, np.array([1, 0], np.float32))
