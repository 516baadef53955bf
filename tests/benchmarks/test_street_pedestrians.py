"""What was marked by eye is well-formed, and a detector is held against all of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.street_pedestrians import (
    FOLDER,
    Mark,
    measure_pedestrians,
    read_frames,
    read_marks,
    rows,
    street,
    with_marks,
)
from tracking.arrays import Image
from tracking.boxes import iou_matrix
from tracking.errors import UsageError
from tracking.values import Detections, ObjectClass
from workshop.detector.learning.samples import Label, LabelledImage

WIDTH, HEIGHT, TOP = 352, 240, 20
FOUND, MISSED, DOUBTFUL = (10, 40, 18, 60), (50, 40, 62, 70), (80, 40, 88, 60)
MARKS = [
    Mark("a", FOUND, Label.PEDESTRIAN),
    Mark("a", MISSED, Label.PEDESTRIAN),
    Mark("a", DOUBTFUL, Label.IGNORED),
]


class Finds:
    """Answers every frame with the same boxes of pedestrians, given in the whole frame."""

    name = "made up"
    stateful = False

    def __init__(self, *boxes: tuple[int, int, int, int]) -> None:
        self._xyxy = np.array(boxes, np.float32) - [0, TOP, 0, TOP]

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """The first box has the lowest score."""
        number = len(self._xyxy)
        scores = np.linspace(0.3, 0.9, number, dtype=np.float32)
        classes = np.full(number, int(ObjectClass.PEDESTRIAN), np.int64)
        return [Detections(self._xyxy, scores, classes) for _ in images]


def frame(*labelled: tuple[int, int, int, int]) -> LabelledImage:
    """A frame without the rows of the printed time; pedestrians are labelled in part."""
    boxes = np.array(labelled, np.float32).reshape(-1, 4) - [0, TOP, 0, TOP]
    labels = np.full(len(labelled), int(Label.PEDESTRIAN), np.int64)
    image = np.zeros((HEIGHT - TOP, WIDTH, 3), np.uint8)
    return LabelledImage(
        "street/a", image, boxes.astype(np.float32), labels, np.array([1.0, 0.0], np.float32)
    )


def test_marks_are_of_the_held_back_day_and_inside_its_frames() -> None:
    marks = read_marks()
    assert {mark.label for mark in marks} == {Label.PEDESTRIAN, Label.IGNORED}
    for mark in marks:
        left, top, right, bottom = mark.xyxy
        assert mark.frame.startswith(street().held_back), mark
        assert 0 <= left < right <= WIDTH, mark
        assert street().top_px <= top < bottom <= HEIGHT, mark
    assert len(set(marks)) == len(marks)


def test_a_line_that_says_neither_pedestrian_nor_doubtful_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text("frame,x,y,w,h,kind\na,1,30,5,9,pedestrian\na,1,30,5,9,cyclist\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 3"):
        read_marks(path)


def test_one_is_found_one_is_missed_and_the_doubtful_one_is_neither_right_nor_wrong() -> None:
    partly = [frame(FOUND)]
    found = measure_pedestrians(Finds(FOUND, DOUBTFUL), with_marks(partly, MARKS, TOP), partly)
    assert (found.everybody.objects, found.everybody.recall, found.everybody.value) == (2, 0.5, 0.5)
    assert (found.partly.objects, found.partly.value) == (1, 1.0)
    assert [(one.objects, one.value) for one in found.tall.values()] == [(2, 0.5), (1, 0.0)]
    assert len({line.count("|") for line in rows({"made up": found})}) == 1


def test_a_box_where_nobody_is_counts_against_a_detector_only_where_everybody_is_marked() -> None:
    partly = [frame(FOUND)]
    nobody = (200, 100, 208, 120)
    found = measure_pedestrians(Finds(FOUND, nobody), with_marks(partly, MARKS[:1], TOP), partly)
    assert (found.everybody.value, found.partly.value) == (0.5, 1.0)


def test_who_is_below_a_least_height_is_neither_right_nor_wrong_there() -> None:
    partly = [frame()]
    found = measure_pedestrians(Finds(MISSED, FOUND), with_marks(partly, MARKS, TOP), partly)
    assert [(one.objects, one.value) for one in found.tall.values()] == [(2, 1.0), (1, 1.0)]


def test_marks_of_frames_that_are_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="b: marked"):
        with_marks([frame()], [Mark("b", FOUND, Label.PEDESTRIAN)], TOP)


def test_every_pedestrian_that_the_data_set_labels_is_marked(real_data: Path) -> None:
    folder = real_data / "detection"
    if not (folder / FOLDER).is_dir():
        pytest.skip(
            f"real test material not found at {folder / FOLDER}; set PIPELINE_TEST_DATA to its folder"
        )
    frames = read_frames(folder)
    marked = with_marks(frames, read_marks(), street().top_px)
    assert 40 <= len(marked) <= 48
    for before, after in zip(frames, marked, strict=True):
        labelled = before.boxes[before.labels == Label.PEDESTRIAN]
        people = after.boxes[after.labels == Label.PEDESTRIAN]
        assert (iou_matrix(labelled, people).max(axis=1, initial=0.0) > 0.8).all(), before.name
