"""How well a detector finds cyclists and pedestrians in labelled images, scenario by scenario."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tracking.detectors import Detector, DetectorSettings, build_detector
from workshop.detector.learning.precision import AveragePrecision, average_precision
from workshop.detector.learning.samples import Label, LabelledImage

NEAR_PX = 32.0
"""Height from which a rider is near: COCO's border between small and medium objects."""


@dataclass(frozen=True, slots=True)
class Quality:
    """AP50 of both classes on one group of images.

    Attributes:
        cyclist: Of cyclists.
        near: Of cyclists of at least `NEAR_PX`; finding a smaller one is neither right nor wrong.
        pedestrian: Of pedestrians.
        images: Number of images.
    """

    cyclist: AveragePrecision
    near: AveragePrecision
    pedestrian: AveragePrecision
    images: int


def open_detector(
    weights: Path, threshold: float = 0.05, threads: int | None = None, input_size: int | None = None
) -> Detector:
    """Load a detector as the pipeline does, without the second look, which costs a second run.

    Args:
        weights: The .onnx file.
        threshold: Boxes below this score are left out.
        threads: Of the processor; all where None.
        input_size: Longer side at which it looks at a frame, pixels; the usual one where None.
    """
    settings = DetectorSettings(
        name="onnx",
        weights=weights,
        score_threshold=threshold,
        second_look=False,
        threads=threads,
        input_size=input_size,
    )
    return build_detector(settings)


def by_group(images: Sequence[LabelledImage]) -> dict[str, list[LabelledImage]]:
    """Images by the first part of their names: scenario or folder."""
    groups: dict[str, list[LabelledImage]] = defaultdict(list)
    for image in images:
        groups[image.name.split("/")[0]].append(image)
    return dict(groups)


def measure(detector: Detector, groups: Mapping[str, Sequence[LabelledImage]]) -> dict[str, Quality]:
    """Detect and compare, group by group.

    Args:
        detector: What is measured.
        groups: Labelled images by name of the group.
    """
    return {name: _measure_group(detector, images) for name, images in groups.items()}


def _measure_group(detector: Detector, images: Sequence[LabelledImage]) -> Quality:
    found = [detector.detect([image.image])[0] for image in images]
    return Quality(
        average_precision(found, images, Label.CYCLIST),
        average_precision(found, [_near(image) for image in images], Label.CYCLIST),
        average_precision(found, images, Label.PEDESTRIAN),
        len(images),
    )


def _near(image: LabelledImage) -> LabelledImage:
    small = image.boxes[:, 3] - image.boxes[:, 1] < NEAR_PX
    return replace(image, labels=np.where(small, int(Label.IGNORED), image.labels))
