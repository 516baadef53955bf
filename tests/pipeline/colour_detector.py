"""A detector for tests that remembers nothing: strongly coloured blocks on a grey street are cyclists.

Run as a program it is the command line with this detector in place of the configured one.
"""

import sys
import time
from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np

from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.values import Detections, ObjectClass


class ColourDetector:
    """Finds blocks whose colour channels differ by more than noise."""

    name = "colour blocks"
    stateful = False

    def __init__(self, seconds_per_frame: float = 0.0) -> None:
        self._seconds_per_frame = seconds_per_frame

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        time.sleep(self._seconds_per_frame * len(images))
        return [self._find(image) for image in images]

    @staticmethod
    def _find(image: Image) -> Detections:
        blue, green, red = cv2.split(image)
        spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)) > 60
        count, _, stats, _ = cv2.connectedComponentsWithStats(spread.astype(np.uint8))
        boxes = np.array([(x, y, x + w, y + h) for x, y, w, h, area in stats[1:count] if area > 200])
        boxes = boxes.reshape(-1, 4).astype(np.float32)
        number = len(boxes)
        return Detections(
            boxes, np.full(number, 0.9, np.float32), np.full(number, ObjectClass.CYCLIST, np.int64)
        )


def build(seconds_per_frame: float, settings: DetectorSettings) -> ColourDetector:
    """What `tracking.detectors.build_detector` is to be; known by name in other processes too."""
    return ColourDetector(seconds_per_frame)


if __name__ == "__main__":
    from pipeline.cameras import detectors
    from pipeline.commands import main
    from pipeline.runner import local
    from tests.pipeline.colour_detector import build as named

    detectors.build_detector = partial(named, float(sys.argv[1]))
    local.SAVE_EVERY_S = 0.05
    main(sys.argv[2:])
