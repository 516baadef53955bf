"""Average precision against values worked out by hand."""

import numpy as np
import pytest

from tracking.values import Detections, ObjectClass
from workshop.detector.learning.precision import average_precision
from workshop.detector.learning.samples import Label, LabelledImage

BOX = (10, 10, 30, 50)
OTHER = (100, 10, 120, 50)
FAR = (200, 10, 220, 50)


def image(*labelled: tuple[Label, tuple[int, int, int, int]], complete: float = 1) -> LabelledImage:
    boxes = np.array([box for _, box in labelled], np.float32).reshape(-1, 4)
    labels = np.array([label for label, _ in labelled], np.int64)
    return LabelledImage(
        "a/1", np.zeros((60, 240, 3), np.uint8), boxes, labels, np.full(2, complete, np.float32)
    )


def found(*boxes: tuple[tuple[int, int, int, int], float], kind: int = ObjectClass.CYCLIST) -> Detections:
    return Detections(
        np.array([box for box, _ in boxes], np.float32).reshape(-1, 4),
        np.array([score for _, score in boxes], np.float32),
        np.full(len(boxes), int(kind), np.int64),
    )


TWO = image((Label.CYCLIST, BOX), (Label.CYCLIST, OTHER))


@pytest.mark.parametrize(
    ("detections", "truth", "expected"),
    [
        pytest.param(found((BOX, 0.9), (OTHER, 0.5)), TWO, 1.0, id="both found"),
        pytest.param(found((BOX, 0.9)), TWO, 0.5, id="one of two found"),
        pytest.param(
            found((BOX, 0.9), (FAR, 0.8), (OTHER, 0.5)), TWO, 0.5 + 0.5 * 2 / 3, id="a false one between"
        ),
        pytest.param(found((FAR, 0.9), (BOX, 0.8), (OTHER, 0.5)), TWO, 2 / 3, id="a false one first"),
        pytest.param(found((BOX, 0.9), (BOX, 0.8)), TWO, 0.5, id="twice the same"),
        pytest.param(found(), TWO, 0.0, id="nothing found"),
        pytest.param(found((BOX, 0.9), kind=ObjectClass.PERSON), TWO, 0.0, id="another class"),
        pytest.param(
            found((BOX, 0.8), (FAR, 0.9)),
            image((Label.CYCLIST, BOX), (Label.IGNORED, FAR)),
            1.0,
            id="what is ignored is not wrong",
        ),
        pytest.param(
            found((BOX, 0.8), (FAR, 0.9)),
            image((Label.CYCLIST, BOX), complete=0),
            1.0,
            id="where labels are incomplete nothing is wrong",
        ),
    ],
)
def test_average_precision_of_cyclists(detections: Detections, truth: LabelledImage, expected: float) -> None:
    assert average_precision([detections], [truth], Label.CYCLIST).value == pytest.approx(expected)


def test_without_objects_there_is_no_precision() -> None:
    assert np.isnan(average_precision([found((BOX, 0.9))], [image()], Label.CYCLIST).value)


def test_the_best_threshold_is_where_precision_and_recall_balance_best() -> None:
    measured = average_precision([found((BOX, 0.9), (OTHER, 0.6), (FAR, 0.3))], [TWO], Label.CYCLIST)
    assert measured.best_threshold == pytest.approx(0.6)
    assert measured.best_f1 == 1


def test_who_is_no_cyclist_and_perhaps_a_pedestrian_is_wrong_as_the_one_and_nothing_as_the_other() -> None:
    for label, kind, value in (
        (Label.CYCLIST, ObjectClass.CYCLIST, 0.5),
        (Label.PEDESTRIAN, ObjectClass.PEDESTRIAN, 1.0),
    ):
        truth = image((label, BOX), (Label.NOT_CYCLING, FAR))
        seen = found((FAR, 0.9), (BOX, 0.8), kind=kind)
        assert average_precision([seen], [truth], label).value == pytest.approx(value)
