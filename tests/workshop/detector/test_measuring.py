"""What is measured of a detector on labelled images."""

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

from tracking.arrays import Image
from tracking.values import Detections, ObjectClass
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.measure import by_group, measure

NEAR, FAR, WALKER = (10, 10, 40, 60), (100, 10, 110, 30), (150, 10, 170, 60)


class Answers:
    """A detector that finds given boxes in whatever it is shown."""

    name, stateful, sees_persons = "known", False, False

    def __init__(self, *found: tuple[tuple[int, int, int, int], ObjectClass]) -> None:
        self._found = Detections(
            np.array([box for box, _ in found], np.float32).reshape(-1, 4),
            np.full(len(found), 0.9, np.float32),
            np.array([kind for _, kind in found], np.int64),
        )

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._found for _ in images]


STREET = LabelledImage(
    "calm/1-0-0",
    np.zeros((80, 200, 3), np.uint8),
    np.array([NEAR, FAR, WALKER], np.float32),
    np.array([Label.CYCLIST, Label.CYCLIST, Label.PEDESTRIAN], np.int64),
    np.ones(2, np.float32),
)
RIDER, PERSON = ObjectClass.CYCLIST, ObjectClass.PEDESTRIAN


@pytest.mark.parametrize(
    ("detector", "cyclist", "near", "pedestrian"),
    [
        (Answers((NEAR, RIDER), (FAR, RIDER), (WALKER, PERSON)), 1.0, 1.0, 1.0),
        (Answers((NEAR, RIDER)), 0.5, 1.0, 0.0),
        (Answers((FAR, RIDER)), 0.5, 0.0, 0.0),
        (Answers(), 0.0, 0.0, 0.0),
    ],
)
def test_riders_down_the_street_count_in_all_but_not_in_near(
    detector: Answers, cyclist: float, near: float, pedestrian: float
) -> None:
    quality = measure(detector, by_group([STREET]))["calm"]
    assert quality.images == 1
    assert (quality.cyclist.objects, quality.near.objects, quality.pedestrian.objects) == (2, 1, 1)
    assert (quality.cyclist.value, quality.near.value, quality.pedestrian.value) == (
        cyclist,
        near,
        pedestrian,
    )
