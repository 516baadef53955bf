"""A second look adds what the first one missed, once, and depends on nothing but the frame."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.detectors import DetectorSettings, SecondLookSettings, build_detector
from tracking.detectors.second_look import SecondLookDetector, choose_view, merge_looks
from tracking.values import Detections, ObjectClass

SIZE = (360, 640)
PERSON, BICYCLE, CAR, CYCLIST = ObjectClass.PERSON, ObjectClass.BICYCLE, ObjectClass.CAR, ObjectClass.CYCLIST
PEDESTRIAN = ObjectClass.PEDESTRIAN
EACH = SecondLookSettings(one_in=1)
Thing = tuple[int, int, int, int, int, int]
"""left, top, right, bottom, class, score in percent"""


class Eyes:
    """Sees the things of a scene; those of fewer than 10 pixels only where the picture is a part.

    The pixels carry their own coordinates, so that a part of the frame tells where it was cut.
    """

    name = "eyes"
    stateful = False

    def __init__(self, *things: Thing) -> None:
        self._things = np.array(things, np.float32).reshape(-1, 6)
        self.calls: list[list[tuple[int, int]]] = []

    def detect(self, images: Sequence[np.ndarray]) -> list[Detections]:
        self.calls.append([image.shape[:2] for image in images])
        return [self._one(image) for image in images]

    def _one(self, image: np.ndarray) -> Detections:
        height, width = image.shape[:2]
        left, top = (int(value) for value in image[0, 0, :2])
        things = self._things.copy()
        if (height, width) == SIZE:
            things = things[things[:, 3] - things[:, 1] >= 10]
        things[:, [0, 2]] = np.clip(things[:, [0, 2]] - left, 0, width)
        things[:, [1, 3]] = np.clip(things[:, [1, 3]] - top, 0, height)
        things = things[np.all(things[:, 2:4] > things[:, :2], axis=1)]
        return Detections(things[:, :4], things[:, 5] / 100, things[:, 4].astype(np.int64))


def frame() -> np.ndarray:
    image = np.zeros((*SIZE, 3), np.uint16)
    image[..., 0], image[..., 1] = np.meshgrid(np.arange(SIZE[1]), np.arange(SIZE[0]))
    return image


def looked(*things: Thing, **values: object) -> Detections:
    detector = SecondLookDetector(
        Eyes(*things), SecondLookSettings.model_validate({"one_in": 1} | values), max_detections=300
    )
    return detector.detect([frame()])[0]


def found(*boxes: tuple[int, int, int, int, int, int]) -> Detections:
    table = np.array(boxes, np.float32).reshape(-1, 6)
    return Detections(table[:, :4], table[:, 5] / 100, table[:, 4].astype(np.int64))


RIDER: Thing = (300, 100, 316, 140, PERSON, 60)
SMALL_BICYCLE: Thing = (298, 134, 320, 142, BICYCLE, 40)


def test_a_bicycle_too_small_in_the_whole_frame_is_found_at_its_place() -> None:
    answer = looked(RIDER, SMALL_BICYCLE)
    bicycles = answer.of(BICYCLE)
    assert bicycles.xyxy.tolist() == [[298, 134, 320, 142]], answer
    assert bicycles.score == pytest.approx(0.4)


def test_what_both_looks_see_is_one_box() -> None:
    answer = looked(RIDER, (330, 90, 350, 135, PERSON, 50), (250, 120, 380, 180, CAR, 80))
    assert sorted(answer.class_id.tolist()) == [PERSON, PERSON, CAR], answer
    assert list(answer.score) == sorted(answer.score, reverse=True), "best first, as of every detector"


def test_two_people_close_together_stay_two_and_the_better_box_of_each_wins() -> None:
    first = found((100, 100, 120, 140, PERSON, 50), (108, 100, 128, 140, PERSON, 45))
    closer = found((101, 100, 121, 141, PERSON, 70), (109, 101, 128, 141, PERSON, 30))
    answer = merge_looks(first, closer)
    assert answer.xyxy.tolist() == [[101, 100, 121, 141], [108, 100, 128, 140]], answer
    assert answer.score == pytest.approx([0.7, 0.45])


def test_boxes_of_one_look_do_not_suppress_each_other() -> None:
    first = found((100, 100, 120, 140, PERSON, 50), (102, 100, 122, 140, PERSON, 45))
    assert len(merge_looks(first, Detections.empty())) == 2
    assert len(merge_looks(Detections.empty(), first)) == 2
    assert len(merge_looks(Detections.empty(), Detections.empty())) == 0


def test_no_more_boxes_than_allowed() -> None:
    eyes = Eyes(RIDER, SMALL_BICYCLE, (500, 100, 516, 140, PERSON, 30))
    answer = SecondLookDetector(eyes, EACH, max_detections=2).detect([frame()])[0]
    assert answer.score == pytest.approx([0.6, 0.4])


def test_boxes_of_one_place_and_two_classes_both_stay() -> None:
    answer = looked(RIDER, (*RIDER[:4], CAR, 30))
    assert sorted(answer.class_id.tolist()) == [PERSON, CAR]


@pytest.mark.parametrize(
    ("what", "rider", "thing", "expected"),
    [
        ("cut on the left", RIDER, (140, 100, 200, 109, BICYCLE, 90), 0),
        ("cut on the right", RIDER, (460, 100, 500, 109, BICYCLE, 90), 0),
        ("cut above", RIDER, (300, 26, 330, 34, BICYCLE, 90), 0),
        ("cut below", RIDER, (300, 207, 330, 214, BICYCLE, 90), 0),
        ("whole", RIDER, (160, 40, 200, 49, BICYCLE, 90), 1),
        ("at the frame's left edge", (0, 100, 16, 140, PERSON, 60), (0, 130, 20, 139, BICYCLE, 90), 1),
        ("at the frame's top", (300, 0, 316, 40, PERSON, 60), (300, 0, 330, 9, BICYCLE, 90), 1),
        ("at the lower right", (624, 320, 640, 360, PERSON, 60), (610, 351, 640, 360, BICYCLE, 90), 1),
    ],
)
def test_boxes_cut_by_the_view_are_dropped_and_those_at_the_frames_edge_stay(
    what: str, rider: Thing, thing: Thing, expected: int
) -> None:
    assert len(looked(rider, thing).of(BICYCLE)) == expected, what


@pytest.mark.parametrize(
    ("what", "things", "passes"),
    [
        ("nobody", [(100, 100, 200, 160, CAR, 90)], 1),
        ("somebody close by", [(100, 100, 160, 250, PERSON, 90)], 1),
        ("hardly a person", [(100, 100, 116, 140, PERSON, 9)], 1),
        ("a small person", [RIDER], 2),
        ("a small cyclist, unclear", [(300, 100, 316, 140, CYCLIST, 15)], 1),
        ("a small pedestrian, unclear", [(300, 100, 316, 140, PEDESTRIAN, 15)], 1),
        ("a small person on a clear bicycle", [RIDER, (296, 120, 320, 144, BICYCLE, 70)], 1),
        ("a small person on a doubtful bicycle", [RIDER, (296, 120, 320, 144, BICYCLE, 10)], 2),
        ("a clear bicycle elsewhere", [RIDER, (500, 120, 524, 144, BICYCLE, 70)], 2),
    ],
)
def test_only_a_small_person_in_doubt_is_worth_a_second_look(
    what: str, things: list[Thing], passes: int
) -> None:
    eyes = Eyes(*things)
    SecondLookDetector(eyes, EACH, max_detections=300).detect([frame()])
    assert len(eyes.calls) == passes, what


@pytest.mark.parametrize(
    ("what", "things", "passes"),
    [
        ("a small cyclist, unclear", [(300, 100, 316, 140, CYCLIST, 15)], 2),
        ("a small cyclist, clear", [(300, 100, 316, 140, CYCLIST, 60)], 1),
        ("a small pedestrian, clear", [(300, 100, 316, 140, PEDESTRIAN, 60)], 1),
        ("a small pedestrian, unclear", [(300, 100, 316, 140, PEDESTRIAN, 15)], 2),
        (
            "a small pedestrian, clear, who may be a cyclist",
            [(300, 100, 316, 140, PEDESTRIAN, 60), (300, 100, 322, 142, CYCLIST, 15)],
            2,
        ),
        ("a small person", [RIDER], 2),
    ],
)
def test_whole_cyclists_get_a_second_look_where_it_is_asked_for(
    what: str, things: list[Thing], passes: int
) -> None:
    eyes = Eyes(*things)
    settings = SecondLookSettings(whole_cyclists=True, one_in=1)
    SecondLookDetector(eyes, settings, max_detections=300).detect([frame()])
    assert len(eyes.calls) == passes, what


def test_a_batch_is_one_call_of_frames_and_one_of_views() -> None:
    eyes = Eyes(RIDER)
    SecondLookDetector(eyes, EACH, max_detections=300).detect([frame(), frame(), frame()])
    assert eyes.calls == [[SIZE] * 3, [(180, 320)] * 3]


people = st.lists(
    st.tuples(st.integers(0, 620), st.integers(0, 320), st.integers(12, 80), st.integers(5, 95)), max_size=6
).map(lambda rows: [(x, y, min(640, x + h // 2), min(360, y + h), PERSON, score) for x, y, h, score in rows])


@settings(max_examples=50, deadline=None)
@given(people, st.integers(0, 3), st.integers(0, 3))
def test_the_answer_for_a_frame_depends_on_nothing_else(things: list[Thing], before: int, after: int) -> None:
    detector = SecondLookDetector(Eyes(*things, SMALL_BICYCLE), EACH, max_detections=300)
    alone = detector.detect([frame()])[0]
    empty = np.zeros((64, 64, 3), np.uint16)
    in_batch = detector.detect([empty] * before + [frame()] + [empty] * after)[before]
    for one, other in ((alone.xyxy, in_batch.xyxy), (alone.score, in_batch.score)):
        assert np.array_equal(one, other), f"{one} alone, {other} in a batch"


@settings(max_examples=50, deadline=None)
@given(people, st.randoms())
def test_the_view_lies_in_the_frame_around_a_person_in_any_order_of_boxes(
    things: list[Thing], random
) -> None:
    view = choose_view(found(*things), SIZE, EACH)
    shuffled = random.sample(things, len(things))
    assert choose_view(found(*shuffled), SIZE, EACH) == view
    if view is None:
        return
    assert 0 <= view.left < view.right <= SIZE[1], view
    assert 0 <= view.top < view.bottom <= SIZE[0], view
    assert (view.bottom - view.top, view.right - view.left) == (180, 320)
    inside = [
        t for t in things if view.left <= t[0] and t[2] <= view.right and view.top <= t[1] <= view.bottom
    ]
    assert inside, f"{view} shows nobody of {things}"


def test_everybody_has_a_turn_over_successive_frames() -> None:
    turns = {0: 0, 1: 0, 2: 0}
    for step in range(60):
        boxes = [(200 * n + step, 40 * n, 200 * n + step + 15, 40 * n + 40, PERSON, 50) for n in range(3)]
        view = choose_view(found(*boxes), SIZE, SecondLookSettings(view=0.2, one_in=1))
        assert view is not None
        (seen,) = [n for n in turns if view.left <= boxes[n][0] and boxes[n][2] <= view.right]
        turns[seen] += 1
    assert min(turns.values()) >= 8, f"turns of three people in 60 frames: {turns}"


def test_one_frame_in_so_many_has_its_turn_and_everybody_in_them() -> None:
    settings = SecondLookSettings(view=0.2, one_in=4)
    seen = {0: 0, 1: 0, 2: 0}
    for step in range(200):
        boxes = [(200 * n + step, 40 * n, 200 * n + step + 15, 40 * n + 40, PERSON, 50) for n in range(2)]
        view = choose_view(found(*boxes), SIZE, settings)
        who = [n for n in range(2) if view and view.left <= boxes[n][0] and boxes[n][2] <= view.right]
        seen[who[0] if who else 2] += 1
    assert 120 < seen[2] < 175, f"frames without a second look, of 200: {seen}"
    assert min(seen.values()) >= 10, f"turns of two people: {seen}"


MODEL_ANSWER = np.array([[32], [32], [10], [20], [0.9], [0.1]], np.float32)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "onnx:model with a second look"),
        ({"second_look": False}, "onnx:model"),
        ({"class_names": ("cyclist", "pedestrian")}, "onnx:model"),
        (
            {"class_names": ("cyclist", "pedestrian"), "closer_look": {"whole_cyclists": True}},
            "onnx:model with a second look",
        ),
        ({"tiling": {"rows": 2}}, "onnx:model in 2x1 tiles"),
        ({"second_look": True, "tiling": {"rows": 1, "columns": 2}}, "onnx:model in 1x2 tiles"),
    ],
)
def test_networks_look_twice_unless_told_otherwise_or_tiled(
    make_model, values: dict[str, object], name: str
) -> None:
    path: Path = make_model(np.repeat(MODEL_ANSWER, 84, axis=1))
    told = {"name": str(path), "class_names": ("person", "bicycle"), "head": "yolov8"} | values
    assert build_detector(DetectorSettings.model_validate(told)).name == name


def test_the_motion_detector_looks_once() -> None:
    assert build_detector(DetectorSettings(name="motion")).name == "motion"
