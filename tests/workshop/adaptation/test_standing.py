"""What a fixed camera shows all day is furniture; who waits there for a while is not."""

from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

from workshop.adaptation.standing import without_furniture
from workshop.detector.learning.samples import Label, LabelledImage

POST, DOOR, WALKER = (20, 10, 26, 30), (60, 20, 70, 44), (100, 40, 110, 64)
MINUTES = [3.0 * number for number in range(20)]


def picture(*known: tuple[tuple[int, int, int, int], Label]) -> LabelledImage:
    boxes = np.array([box for box, _ in known], np.float32).reshape(-1, 4)
    labels = np.array([label for _, label in known], np.int64)
    return LabelledImage(
        "street/a", np.zeros((90, 120, 3), np.uint8), boxes, labels, np.array([1, 0.1], np.float32)
    )


def answered(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def taught(
    images: Sequence[LabelledImage],
    answers: Sequence[np.ndarray],
    minutes: Sequence[float] = MINUTES,
    *,
    by_people: bool = True,
) -> list[list[tuple[tuple[int, ...], Label]]]:
    """Boxes and labels of each frame."""
    told = without_furniture(images, answers, [60 * minute for minute in minutes], 0.5, by_people=by_people)
    return [
        [(tuple(map(int, box)), Label(label)) for box, label in zip(one.boxes, one.labels, strict=True)]
        for one in told
    ]


def test_an_answer_that_comes_all_hour_is_nobody_and_one_that_comes_once_is_left_open() -> None:
    answers = [answered(POST, *([DOOR] if number == 7 else [])) for number in range(20)]
    assert taught([picture()] * 20, answers) == [[(POST, Label.STANDING)]] * 20


def test_most_of_the_frames_around_are_enough_and_few_are_not() -> None:
    most = [answered(POST) if number % 3 else answered() for number in range(20)]
    few = [answered() if number % 3 else answered(POST) for number in range(20)]
    assert [bool(one) for one in taught([picture()] * 20, most)] == [bool(n % 3) for n in range(20)]
    assert not any(taught([picture()] * 20, few))


def test_who_waits_for_two_minutes_is_no_furniture() -> None:
    seconds = [number / 6 for number in range(13)]
    assert not any(taught([picture()] * 13, [answered(WALKER)] * 13, seconds))


def test_without_times_or_with_few_frames_nothing_is_known() -> None:
    assert not any(taught([picture()] * 5, [answered(POST)] * 5, MINUTES[:5]))
    (one, *_) = without_furniture([picture()] * 20, [answered(POST)] * 20, [None] * 20, 0.5, by_people=True)
    assert not len(one.boxes)


@pytest.mark.parametrize("label", [Label.CYCLIST, Label.PEDESTRIAN])
def test_somebody_known_before_the_post_stays(label: Label) -> None:
    images = [picture((POST, label)) if number == 4 else picture() for number in range(20)]
    rows = taught(images, [answered(POST)] * 20)
    assert rows[4] == [(POST, label)]
    assert rows[5] == [(POST, Label.STANDING)]


def test_teachers_who_take_a_standpipe_for_somebody_are_not_believed() -> None:
    images = [picture((POST, Label.PEDESTRIAN), (DOOR, Label.PEDESTRIAN))] * 20
    rows = taught(images, [answered(POST)] * 20, by_people=False)
    assert rows == [[(DOOR, Label.PEDESTRIAN), (POST, Label.STANDING)]] * 20


@pytest.mark.parametrize("label", [Label.IGNORED, Label.NOT_CYCLING])
def test_doubt_about_what_stands_there_is_settled_and_other_doubt_is_not(label: Label) -> None:
    rows = taught([picture((POST, label), (DOOR, label))] * 20, [answered(POST)] * 20)
    assert rows == [[(DOOR, label), (POST, Label.STANDING)]] * 20
