"""Which crops a classifier learns from, and what is said of them."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.errors import UsageError
from tracking.values import Detections, ObjectClass
from workshop.classifier.crops import (
    LabelledCrop,
    Shown,
    cut_out,
    detected_crops,
    empty_crops,
    labelled_crops,
    parts_of_vehicles,
    photographs,
    refused_crops,
)
from workshop.classifier.finish import finished
from workshop.classifier.simulated import SimulatedCropSettings, simulated_crops
from workshop.detector.learning.samples import Label, LabelledImage

STREET = np.random.default_rng(3).integers(0, 255, (200, 300, 3)).astype(np.uint8)
RIDER, WALKER, CAR = (20, 40, 60, 120), (100, 50, 125, 120), (160, 60, 290, 150)


def picture(*, complete: float = 1.0) -> LabelledImage:
    boxes = np.array([RIDER, WALKER, CAR], np.float32)
    labels = np.array([Label.CYCLIST, Label.PEDESTRIAN, Label.OTHER])
    return LabelledImage("street/one", STREET, boxes, labels, np.array([complete, 0.0], np.float32))


class Sees:
    """A detector that always answers the same boxes."""

    name, stateful = "sees", False

    def __init__(self, *boxes: tuple[float, float, float, float], score: float = 0.5) -> None:
        self._found = Detections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.full(len(boxes), score, np.float32),
            np.full(len(boxes), ObjectClass.CYCLIST, np.int64),
        )

    def detect(self, frames: list[np.ndarray]) -> list[Detections]:
        return [self._found for _ in frames]


def shown(crops: list[LabelledCrop]) -> list[Shown]:
    return [crop.shown for crop in crops]


def test_labels_say_what_a_crop_shows() -> None:
    crops = list(labelled_crops([picture()], {Label.CYCLIST: Shown.CYCLIST, Label.OTHER: Shown.MOTOR}))
    assert shown(crops) == [Shown.CYCLIST, Shown.MOTOR]
    assert {crop.source for crop in crops} == {"street"}
    left, top, right, bottom = crops[0].box.astype(int)
    assert np.array_equal(crops[0].image[top:bottom, left:right], STREET[40:120, 20:60])


@pytest.mark.parametrize(
    ("box", "complete", "expected"),
    [
        (RIDER, 1.0, [Shown.CYCLIST]),
        (WALKER, 1.0, [Shown.ON_FOOT]),
        ((200, 10, 220, 50), 1.0, [Shown.NO_CYCLIST]),
        ((200, 10, 220, 50), 0.5, []),
        ((40, 60, 80, 130), 1.0, []),
    ],
    ids=["a rider", "a walker", "nobody", "perhaps somebody unlabelled", "half a rider"],
)
def test_what_a_detector_sees_is_what_it_lies_on(
    box: tuple[float, float, float, float], complete: float, expected: list[Shown]
) -> None:
    assert shown(list(detected_crops([picture(complete=complete)], Sees(box)))) == expected


def test_where_nobody_cycles_everything_seen_is_no_cyclist_but_what_is_too_faint() -> None:
    assert shown(list(refused_crops([("film", STREET)], Sees(RIDER, CAR)))) == [Shown.NO_CYCLIST] * 2
    assert list(refused_crops([("film", STREET)], Sees(RIDER, score=0.05))) == []


@given(st.integers(0, 2**32 - 1))
def test_parts_of_vehicles_show_no_people_and_lie_in_the_picture(seed: int) -> None:
    passed_by = replace(picture(), boxes=np.array([RIDER, (190, 60, 250, 150), CAR], np.float32))
    rng = np.random.default_rng(seed)
    for crop in parts_of_vehicles([passed_by], rng):
        left, _, right, _ = crop.box
        assert right - left <= 40, "a wider piece of the car shows the walker before it"
    for crop in parts_of_vehicles([picture()], np.random.default_rng(seed)):
        assert crop.shown is Shown.OTHER
        assert crop.box[3] - crop.box[1] <= 0.67 * 90 + 1e-6
        assert (crop.box[:2] >= 0).all()
        assert (crop.box[2:] <= crop.image.shape[1::-1]).all()


def test_empty_streets_give_so_many_places() -> None:
    empty = LabelledImage("empty/one", STREET, np.zeros((0, 4)), np.zeros(0, int), np.ones(2, np.float32))
    crops = list(empty_crops([empty], np.random.default_rng(1), 30))
    assert 10 <= len(crops) <= 30
    assert set(shown(crops)) == {Shown.OTHER}


def test_photographs_show_one_thing_from_edge_to_edge(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "motorcycle_1.png"), STREET)
    (crop,) = photographs(tmp_path, ["motorcycle_*.png"], Shown.MOTOR)
    assert (crop.shown, crop.box.tolist()) == (Shown.MOTOR, [0, 0, 300, 200])
    with pytest.raises(UsageError, match="no pictures named like"):
        list(photographs(tmp_path, ["car_*.png"], Shown.OTHER))
    (tmp_path / "car_1.png").write_text("no picture")
    with pytest.raises(UsageError, match=r"car_1.png: not a readable image"):
        list(photographs(tmp_path, ["car_*.png"], Shown.OTHER))


def test_what_is_too_small_to_tell_is_left_out() -> None:
    assert list(cut_out(STREET, np.array([0.0, 0.0, 4.0, 40.0]), Shown.OTHER, "x")) == []
    assert list(cut_out(STREET, np.array([0.0, 0.0, 40.0, 11.0]), Shown.OTHER, "x")) == []


@given(st.integers(0, 2**32 - 1), st.sampled_from([RIDER, CAR, (10, 10, 110, 190)]))
def test_finished_crops_are_as_large_as_those_of_a_run(seed: int, box: tuple[int, ...]) -> None:
    (crop,) = cut_out(STREET, np.array(box, np.float64), Shown.CYCLIST, "x")
    image = finished(crop, np.random.default_rng(seed))
    assert image.dtype == np.uint8
    assert min(image.shape[:2]) >= 5
    assert max(image.shape[:2]) <= 128


def test_painted_crops_know_what_was_painted() -> None:
    settings = SimulatedCropSettings(worlds={"mixed_vehicles": 1}, first_seed=11, cameras=1, frames=4)
    crops = list(simulated_crops(settings))
    assert all(crop.simulated for crop in crops)
    assert {Shown.CYCLIST, Shown.ON_FOOT} <= set(shown(crops))
    again = list(simulated_crops(settings))
    assert [crop.image.tobytes() for crop in crops] == [crop.image.tobytes() for crop in again]
