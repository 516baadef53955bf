"""How far the edges of a detector's boxes lie off is told for riders that it found, and for no one else."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.detector_edges import offsets
from tracking.arrays import Image
from tracking.values import Detections, ObjectClass
from workshop.detector.learning.samples import Label, LabelledImage


class Answers:
    """A detector that always answers the same."""

    name, stateful, sees_persons = "answers", False, False

    def __init__(self, *found: tuple[ObjectClass, tuple[float, float, float, float]]) -> None:
        boxes = np.array([box for _, box in found], np.float32).reshape(-1, 4)
        kinds = np.array([int(kind) for kind, _ in found], np.int64)
        self._found = Detections(boxes, np.ones(len(found), np.float32), kinds)

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._found for _ in images]


def one_rider() -> LabelledImage:
    return LabelledImage(
        name="street/1",
        image=np.zeros((200, 200, 3), np.uint8),
        boxes=np.array([[50, 20, 100, 120]], np.float32),
        labels=np.array([int(Label.CYCLIST)]),
        background=np.ones(2, np.float32),
    )


def test_every_edge_is_measured_outwards_as_a_share_of_the_riders_sides() -> None:
    detector = Answers((ObjectClass.CYCLIST, (45, 25, 105, 130)))
    ((height, outside),) = offsets(detector, one_rider())
    assert height == 100
    assert outside == pytest.approx([0.1, -0.05, 0.1, 0.1])


@pytest.mark.parametrize(
    "found",
    [
        pytest.param((), id="nothing"),
        pytest.param(((ObjectClass.CYCLIST, (150, 20, 190, 120)),), id="somebody else"),
        pytest.param(((ObjectClass.PEDESTRIAN, (50, 20, 100, 120)),), id="a pedestrian"),
    ],
)
def test_a_rider_who_was_not_found_has_no_edges(found: tuple) -> None:
    assert list(offsets(Answers(*found), one_rider())) == []
