"""How teachers look at a frame: the whole of it, its mirror image, and overlapping parts."""

from collections.abc import Sequence

import numpy as np

from pipeline.registry import resolve_detector
from tracking.arrays import Image
from tracking.detectors import Detector, DetectorSettings, build_detector
from tracking.detectors.parts import uncut
from tracking.detectors.tiling import tile_grid
from tracking.errors import UsageError
from tracking.values import Detections
from workshop.adaptation.fusion import fuse
from workshop.adaptation.settings import TeachingSettings


def open_teachers(
    named: Sequence[str], settings: TeachingSettings, threads: int | None = None
) -> list[Detector]:
    """Load detectors of any kind that the program knows.

    Args:
        named: Files, or names of the model registry.
        settings: From which score their boxes matter.
        threads: Of the processor for each; all where None.

    Raises:
        UsageError: None is named, or one needs every frame of a camera in order.
        WeightsError: A file is missing or no detector.
    """
    if not named:
        raise UsageError("--teacher: name at least one detector that labels the footage, such as yolox_s")
    teachers = []
    for name in named:
        wanted = DetectorSettings(
            name=name, score_threshold=settings.seen_from, second_look=False, threads=threads
        )
        teacher = build_detector(resolve_detector(wanted))
        if teacher.stateful:
            raise UsageError(
                f"--teacher: {name} needs every frame of a camera; name a detector that looks at single ones"
            )
        teachers.append(teacher)
    return teachers


def look(image: Image, teachers: Sequence[Detector], settings: TeachingSettings) -> Detections:
    """What all teachers see in a frame, fused.

    Args:
        image: (H, W, 3) uint8 BGR.
        teachers: At least one.
        settings: How they look.
    """
    return fuse([looks_of(image, teacher, settings) for teacher in teachers], settings.same)


def looks_of(image: Image, teacher: Detector, settings: TeachingSettings) -> list[Detections]:
    """What one teacher sees in each of its looks, in pixels of the frame.

    Boxes that the edge of a part cuts off are left out; the whole frame shows them.
    """
    height, width = image.shape[:2]
    found = []
    for left, top, right, bottom in tile_grid(height, width, settings.tiles).tolist():
        part = np.ascontiguousarray(image[top:bottom, left:right])
        found.append(uncut(teacher.detect([part])[0], (left, top, right, bottom), (width, height)))
    if settings.mirror:
        seen = teacher.detect([np.ascontiguousarray(image[:, ::-1])])[0]
        found.append(Detections(mirrored(seen, width), seen.score, seen.class_id))
    return found


def mirrored(found: Detections, width: int) -> np.ndarray:
    """(N, 4) boxes of a mirror image in the frame itself, which is so many pixels wide; and back."""
    left, top, right, bottom = found.xyxy.T
    return np.stack([width - right, top, width - left, bottom], axis=1).astype(np.float32)
