"""Each output layout of exported YOLO models gives the box that it holds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tracking.detectors import DetectorSettings, build_detector
from tracking.detectors.heads import STRIDES, HeadKind
from tracking.errors import UsageError, WeightsError
from tracking.values import Detections, ObjectClass

SIDE, CELLS = 64, 84
CENTRE, SIZE, SCORE, BICYCLE = (20.0, 30.0), (10.0, 16.0), 0.8, 1
EXPECTED_BOX = [30.0, 44.0, 50.0, 76.0]
"""The box above in a frame of twice the input's size."""


def yolov8(classes: int = 80) -> np.ndarray:
    answer = np.zeros((4 + classes, CELLS), np.float32)
    answer[:4, 7] = [*CENTRE, *SIZE]
    answer[4 + min(BICYCLE, classes - 1), 7] = SCORE
    return answer


def yolov5(classes: int = 80, rows: int = 3 * CELLS) -> np.ndarray:
    answer = np.zeros((rows, 5 + classes), np.float32)
    answer[7, :5] = [*CENTRE, *SIZE, 0.9]
    answer[7, 5 + min(BICYCLE, classes - 1)] = SCORE / 0.9
    return answer


def yolox_decoded(classes: int = 80) -> np.ndarray:
    answer = yolov5(classes, rows=CELLS)
    answer[-1, :2] = SIDE
    return answer


def yolox_in_grid_units(classes: int = 80) -> np.ndarray:
    answer = yolov5(classes, rows=CELLS)
    stride, first_cell = 16, (SIDE // STRIDES[0]) ** 2
    column, row = 1, 2
    index = first_cell + row * (SIDE // stride) + column
    answer[index] = answer[7]
    answer[7] = 0
    answer[index, :2] = [CENTRE[0] / stride - column, CENTRE[1] / stride - row]
    answer[index, 2:4] = np.log(np.array(SIZE) / stride)
    return answer


def end_to_end(rows: int = 300) -> np.ndarray:
    answer = np.zeros((rows, 6), np.float32)
    left_top = np.array(CENTRE) - np.array(SIZE) / 2
    answer[0] = [*left_top, *(left_top + SIZE), SCORE, BICYCLE]
    return answer


HEADS: dict[HeadKind, Callable[[], np.ndarray]] = {
    HeadKind.YOLOV5: yolov5,
    HeadKind.YOLOV8: yolov8,
    HeadKind.YOLOX: yolox_in_grid_units,
    HeadKind.YOLOX_DECODED: yolox_decoded,
    HeadKind.END_TO_END: end_to_end,
}


def only(found: list[Detections]) -> Detections:
    assert len(found) == 1
    assert len(found[0]) == 1, f"expected one box, got {found[0]}"
    return found[0]


def centred(kind: HeadKind) -> bool:
    return kind not in (HeadKind.YOLOX, HeadKind.YOLOX_DECODED)


@pytest.mark.parametrize("named", [False, True], ids=["recognised", "named"])
@pytest.mark.parametrize("kind", HEADS)
def test_every_layout_gives_its_box(make_model, frame, kind: HeadKind, named: bool) -> None:
    path = make_model(HEADS[kind]())
    settings = DetectorSettings(name=str(path), head=kind if named else None)
    found = only(build_detector(settings).detect([frame]))
    np.testing.assert_allclose(found.xyxy[0], EXPECTED_BOX, atol=1e-3)
    assert found.score[0] == pytest.approx(SCORE, abs=1e-5)
    assert found.class_id[0] == ObjectClass.BICYCLE
    assert (found.xyxy.dtype, found.score.dtype, found.class_id.dtype) == (np.float32, np.float32, np.int64)


def test_half_precision_model_gives_the_same_box(make_model, frame) -> None:
    found = only(build_detector(DetectorSettings(name=str(make_model(yolov8(), half=True)))).detect([frame]))
    np.testing.assert_allclose(found.xyxy[0], EXPECTED_BOX, atol=0.1)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("{0: 'cyclist'}", ObjectClass.CYCLIST),
        ("{0: 'Rider'}", ObjectClass.CYCLIST),
        ("['pedestrian']", ObjectClass.PEDESTRIAN),
        ("{0: 'bike'}", ObjectClass.BICYCLE),
        ("{0: 'motorbike'}", ObjectClass.MOTORCYCLE),
        ("{0: 'lorry'}", ObjectClass.TRUCK),
    ],
)
def test_class_names_in_the_file_become_our_classes(make_model, frame, names: str, expected: int) -> None:
    path = make_model(yolov8(classes=1), metadata={"names": names})
    assert only(build_detector(DetectorSettings(name=str(path))).detect([frame])).class_id[0] == expected


@pytest.mark.parametrize(
    ("names", "answered"),
    [
        ("['cyclist', 'pedestrian']", {ObjectClass.CYCLIST: 0.3, ObjectClass.PEDESTRIAN: SCORE}),
        ("['bicycle', 'person']", {ObjectClass.PERSON: SCORE}),
    ],
)
@pytest.mark.parametrize("layout", [yolov8, yolov5])
def test_rival_classes_are_answered_both(make_model, frame, layout, names: str, answered: dict) -> None:
    answer = layout(classes=2)
    if layout is yolov8:
        answer[4, 7] = 0.3
    else:
        answer[7, 5] = 0.3 / 0.9
    path = make_model(answer, metadata={"names": names})
    settings = DetectorSettings(name=str(path), head=HeadKind(layout.__name__))
    [found] = build_detector(settings).detect([frame])
    assert dict(zip(found.class_id, found.score, strict=True)) == pytest.approx(answered, abs=1e-5)
    np.testing.assert_allclose(found.xyxy, [EXPECTED_BOX] * len(answered), atol=1e-3)


def test_one_class_yolov5_is_not_taken_for_finished_boxes(make_model, frame) -> None:
    path = make_model(yolov5(classes=1), metadata={"names": "{0: 'cyclist'}"})
    found = only(build_detector(DetectorSettings(name=str(path))).detect([frame]))
    np.testing.assert_allclose(found.xyxy[0], EXPECTED_BOX, atol=1e-3)


def test_metadata_of_an_export_with_suppression_inside_is_believed(make_model, frame) -> None:
    path = make_model(end_to_end(rows=3 * CELLS), metadata={"end2end": "True"})
    np.testing.assert_allclose(
        only(build_detector(DetectorSettings(name=str(path))).detect([frame])).xyxy[0],
        EXPECTED_BOX,
        atol=1e-3,
    )


def test_names_given_by_the_user_count_more_than_those_in_the_file(make_model, frame) -> None:
    path = make_model(yolov8(classes=1), metadata={"names": "{0: 'item'}"})
    settings = DetectorSettings(name=str(path), class_names=("cyclist",))
    assert only(build_detector(settings).detect([frame])).class_id[0] == ObjectClass.CYCLIST


@pytest.mark.parametrize(
    ("score_threshold", "classes", "boxes"),
    [
        (0.79, ("bicycle",), 1),
        (0.81, ("bicycle",), 0),
        (0.1, ("person",), 0),
        (0.1, ("person", "bicycle"), 1),
    ],
)
@pytest.mark.parametrize("kind", HEADS)
def test_score_and_class_decide_what_is_kept(
    make_model, frame, kind: HeadKind, score_threshold: float, classes: tuple[str, ...], boxes: int
) -> None:
    settings = DetectorSettings(
        name=str(make_model(HEADS[kind]())), score_threshold=score_threshold, classes=classes, head=kind
    )
    assert len(build_detector(settings).detect([frame])[0]) == boxes


def test_boxes_are_best_first_and_limited(make_model, frame) -> None:
    answer = np.zeros((84, CELLS), np.float32)
    for index in range(20):
        answer[:4, index] = [3 * index + 2, 30, 2, 2]
        answer[4, index] = 0.3 + 0.03 * index
    settings = DetectorSettings(name=str(make_model(answer)), max_detections=5, second_look=False)
    found = build_detector(settings).detect([frame])[0]
    np.testing.assert_allclose(found.score, [0.87, 0.84, 0.81, 0.78, 0.75], atol=1e-5)


def test_boxes_outside_the_picture_are_clipped_or_dropped(make_model, frame) -> None:
    answer = np.zeros((84, CELLS), np.float32)
    answer[:4, 0], answer[4, 0] = [0, 0, 20, 20], 0.9
    answer[:4, 1], answer[4, 1] = [-50, -50, 20, 20], 0.9
    found = only(build_detector(DetectorSettings(name=str(make_model(answer)))).detect([frame]))
    np.testing.assert_allclose(found.xyxy[0], [0, 0, 20, 20], atol=1e-3)


BAD_MODELS = [
    ("no layout", np.zeros((7, 11), np.float32), {}, "no known YOLO layout"),
    ("unnamed classes", yolov8(classes=3), {}, "class_names"),
    ("too few names", yolov8(classes=3), {"names": "{0: 'a', 1: 'b'}"}, "class_names|no known YOLO layout"),
    ("segmentation", yolov8(), {"task": "segment"}, "'segment'"),
]


@pytest.mark.parametrize(
    ("answer", "metadata", "message"), [row[1:] for row in BAD_MODELS], ids=[row[0] for row in BAD_MODELS]
)
def test_a_model_of_another_kind_is_refused(make_model, answer, metadata, message: str) -> None:
    path: Path = make_model(answer, metadata=metadata)
    with pytest.raises(WeightsError, match=message):
        build_detector(DetectorSettings(name=str(path)))


def test_an_input_size_that_the_model_does_not_take_is_refused(make_model) -> None:
    with pytest.raises(UsageError, match=r"input_size.*64 × 64.*not 640"):
        build_detector(DetectorSettings(name=str(make_model(yolov8())), input_size=640))
