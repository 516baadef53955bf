"""Models of the DETR family: labels, boxes and scores as outputs of their own, of a stretched frame."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.boxes import iou_matrix
from tracking.detectors import DetectorSettings, build_detector
from tracking.detectors.letterbox import Letterbox
from tracking.errors import WeightsError
from tracking.values import ObjectClass

onnx = pytest.importorskip("onnx", reason="the package onnx builds the test models")

SIDE = 64
RUNTIMES = ["onnx", "openvino"]


def detr(
    path: Path, side: int | str = SIDE, outputs: tuple[str, ...] = ("labels", "boxes", "scores")
) -> Path:
    """A model that sees a person in the left half and, more clearly, a bicycle in the lower right quarter.

    Scores rise with the brightness of the picture, so that its values matter.
    """
    node, constant = onnx.helper.make_node, onnx.numpy_helper.from_array
    boxes = np.array([[[0, 0, 0.5, 1], [0.5, 0.5, 1, 1], [0, 0, 0, 0]]], np.float32)
    values = {
        "relative": boxes,
        "classes": np.array([[0, 1, 2]], np.float32),
        "nothing": np.zeros((1, 3), np.float32),
        "share": np.array([[0.5, 1.0, 0.0]], np.float32),
        "axes": np.array([1, 2, 3], np.int64),
        "one": np.array([1], np.int64),
    }
    nodes = [
        node("Cast", ["orig_target_sizes"], ["sizes"], to=onnx.TensorProto.FLOAT),
        node("Concat", ["sizes", "sizes"], ["twice"], axis=1),
        node("Unsqueeze", ["twice", "one"], ["scale"]),
        node("Mul", ["relative", "scale"], [outputs[1]]),
        node("ReduceMean", ["images", "axes"], ["mean"], keepdims=0),
        node("Unsqueeze", ["mean", "one"], ["column"]),
        node("Mul", ["column", "share"], [outputs[2]]),
        node("Mul", ["column", "nothing"], ["row"]),
        node("Add", ["row", "classes"], ["numbers"]),
        node("Cast", ["numbers"], [outputs[0]], to=onnx.TensorProto.INT64),
    ]
    kinds = (onnx.TensorProto.INT64, onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT)
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "detr",
        [
            info("images", onnx.TensorProto.FLOAT, ["n", 3, side, side]),
            info("orig_target_sizes", onnx.TensorProto.INT64, ["n", 2]),
        ],
        [info(name, kind, None) for name, kind in zip(outputs, kinds, strict=True)],
        [constant(value, name) for name, value in values.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, str(path))
    return path


def settings(path: Path, **values: Any) -> DetectorSettings:
    return DetectorSettings(name=str(path), second_look=False, threads=1, **values)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_boxes_fit_a_frame_of_another_shape_and_the_clearest_comes_first(
    tmp_path: Path, runtime: str
) -> None:
    if runtime == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    detector = build_detector(settings(detr(tmp_path / "detr.onnx"), runtime=runtime))
    [found] = detector.detect([np.full((100, 300, 3), 204, np.uint8)])
    assert found.class_id.tolist() == [ObjectClass.BICYCLE, ObjectClass.PERSON]
    np.testing.assert_allclose(found.xyxy, [[150, 50, 300, 100], [0, 0, 150, 100]], atol=1e-3)
    np.testing.assert_allclose(found.score, [0.8, 0.4], atol=0.01)


def test_a_model_that_takes_any_size_looks_at_the_size_that_is_asked_for(tmp_path: Path) -> None:
    path = detr(tmp_path / "detr.onnx", side="side")
    for size in (32, 96):
        [found] = build_detector(settings(path, input_size=size)).detect(
            [np.full((50, 80, 3), 255, np.uint8)]
        )
        np.testing.assert_allclose(found.xyxy[0], [40, 25, 80, 50], atol=1e-3)


def test_frames_of_a_batch_are_answered_each_for_itself(tmp_path: Path) -> None:
    detector = build_detector(settings(detr(tmp_path / "detr.onnx"), batch=2))
    bright, dark = (np.full((64, 64, 3), value, np.uint8) for value in (255, 64))
    scores = [found.score[0] for found in detector.detect([bright, dark, bright])]
    np.testing.assert_allclose(scores, [1.0, 0.25, 1.0], atol=0.01)


def test_two_inputs_with_other_answers_are_no_detector(tmp_path: Path) -> None:
    path = detr(tmp_path / "other.onnx", outputs=("a", "b", "c"))
    with pytest.raises(
        WeightsError, match=r"also sizes, and answers labels, boxes, scores.*orig_target_sizes"
    ):
        build_detector(settings(path))


@given(frame=st.tuples(*[st.integers(2, 2000)] * 2), size=st.tuples(*[st.integers(32, 640)] * 2))
def test_the_corners_of_a_stretched_input_are_those_of_the_frame(
    frame: tuple[int, int], size: tuple[int, int]
) -> None:
    whole = np.array([[0, 0, size[1], size[0]]], np.float32)
    found = Letterbox.stretched(frame, size).to_frame(whole)
    np.testing.assert_allclose(found, [[0, 0, frame[1], frame[0]]], rtol=1e-5)


@pytest.mark.parametrize("name", ["deimv2/deimv2_hgnetv2_atto_coco", "yolox_nano/yolox_nano"])
def test_real_models_find_the_clearest_person_of_a_real_frame(real_data: Path, name: str) -> None:
    """They want different pixels: red first or blue first, stretched or not, 0..1 or 0..255."""
    footage = cv2.VideoCapture(str(real_data / "video" / "crosswalk_usa.mp4"))
    frame = footage.read()[1]
    detector = build_detector(settings(real_data / "models" / "teachers" / f"{name}.onnx"))
    persons = detector.detect([frame])[0].of(ObjectClass.PERSON)
    assert persons.score[0] > 0.7, persons
    assert iou_matrix(persons.xyxy[:1], np.array([[293, 219, 323, 294]])) > 0.8, persons
