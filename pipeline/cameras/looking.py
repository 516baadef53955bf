"""The detector at the frames of one camera: at the whole of them, or at the parts that are worth it."""

import threading
from collections.abc import Sequence

from tracking.detectors.base import Detector, PartDetector
from tracking.processor import cores
from tracking.values import Detections, Frame

TURNS = threading.BoundedSemaphore(cores())
"""No more cameras of a process look at once than there are cores: more would only take turns, and memory."""


def look_at(detector: Detector, frames: Sequence[Frame]) -> tuple[Detections, ...]:
    """Find objects in consecutive frames of one camera, each where it says."""
    if not isinstance(detector, PartDetector):
        return tuple(detector.detect([frame.image for frame in frames]))
    whole = [frame.image for frame in frames if not frame.parts]
    found = iter(detector.detect(whole) if whole else ())
    return tuple(
        detector.detect_parts(frame.image, frame.parts) if frame.parts else next(found) for frame in frames
    )
