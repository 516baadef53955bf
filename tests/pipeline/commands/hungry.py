"""The command line with a detector that never gives back what it took: a look costs 100 MB, for good.

``python -m tests.pipeline.commands.hungry run …``
"""

import sys
from collections.abc import Sequence

import numpy as np

from pipeline.cameras import detectors
from pipeline.commands import main
from tests.pipeline.colour_detector import ColourDetector
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.values import Detections

TAKEN_BYTES = 100_000_000


class HungryDetector(ColourDetector):
    """Takes memory with every picture."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: list[object] = []

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        self._taken += [np.ones(TAKEN_BYTES, np.uint8) for _ in images]
        return super().detect(images)


def build(settings: DetectorSettings) -> HungryDetector:
    """What `tracking.detectors.build_detector` is to be; known by name in other processes too."""
    return HungryDetector()


if __name__ == "__main__":
    from tests.pipeline.commands.hungry import build as named

    detectors.build_detector = named
    main(sys.argv[1:])
