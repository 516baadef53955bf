"""Files that are no models, devices that are not there, and the real weights."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from tracking.boxes import iou_matrix
from tracking.detectors import DetectorSettings, build_detector
from tracking.errors import DeviceError, UsageError, WeightsError
from tracking.values import ObjectClass

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", r"empty \(0 bytes\)"),
        (b"not a model, only text", "not an ONNX model"),
    ],
    ids=["missing", "empty", "text"],
)
def test_a_file_that_is_no_model_is_one_clear_sentence(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "weights.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=message) as caught:
        build_detector(DetectorSettings(name=str(path)))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_cut_short_is_refused(make_model) -> None:
    path = make_model(np.zeros((84, 84), np.float32))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WeightsError, match="not an ONNX model"):
        build_detector(DetectorSettings(name=str(path)))


def test_a_model_of_another_input_is_refused(make_model) -> None:
    path = make_model(np.zeros((84, 84), np.float32), size=(64,))
    with pytest.raises(WeightsError, match=r"not an ONNX model|batch × 3"):
        build_detector(DetectorSettings(name=str(path)))


@pytest.mark.skipif(CUDA in onnxruntime.get_available_providers(), reason="this ONNX Runtime has CUDA")
def test_cuda_that_was_not_built_in_is_an_error(make_model) -> None:
    path = make_model(np.zeros((84, 84), np.float32))
    with pytest.raises(DeviceError, match="onnxruntime-gpu"):
        build_detector(DetectorSettings(name=str(path), device="cuda"))


def test_a_silent_fall_back_to_the_cpu_is_an_error(make_model, monkeypatch: pytest.MonkeyPatch) -> None:
    class OnCpuOnly(onnxruntime.InferenceSession):
        def __init__(self, path: str, options: object, providers: object) -> None:
            super().__init__(path, options, providers=[CPU])

    path = make_model(np.zeros((84, 84), np.float32))
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    monkeypatch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    monkeypatch.setattr(onnxruntime, "InferenceSession", OnCpuOnly)
    with pytest.raises(DeviceError, match="fell back to CPUExecutionProvider"):
        build_detector(DetectorSettings(name=str(path), device="cuda"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "rcnn"}, "'rcnn' is unknown"),
        ({"name": "onnx"}, "needs the path of its weights"),
        ({"name": "a.onnx", "weights": "b.onnx"}, "not both"),
        ({"name": "a.onnx", "runtime": "torch"}, "computed by onnx or openvino, not by torch"),
        ({"name": "motion", "tiling": {"rows": 2, "columns": 2}}, "switch tiling off"),
    ],
)
def test_settings_that_do_not_go_together_are_one_clear_sentence(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        build_detector(DetectorSettings.model_validate(values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"classes": ("bycicle",)}, "bycicle"),
        ({"input_size": 8}, "8 is no input size"),
        ({"score_threshold": 1.5}, "less than 1"),
        ({"tensorrt": True}, "needs device cuda"),
        ({"head": "yolov99"}, "yolov5"),
        ({"tiling": {"overlap": 0.5}}, "less than 0.5"),
        ({"colour": 1}, "Extra inputs"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DetectorSettings.model_validate(values)


@pytest.fixture(scope="module")
def crossing(real_data: Path) -> list[np.ndarray]:
    video = cv2.VideoCapture(str(real_data / "video" / "crossing_cyclist.mp4"))
    frames = [image for good, image in (video.read() for _ in range(45)) if good]
    video.release()
    return frames[20:45:8]


@pytest.fixture(scope="module")
def real_weights(real_data: Path) -> Path:
    return real_data / "models" / "yolov8n_int8.onnx"


def test_real_weights_see_the_real_cyclist(crossing: list[np.ndarray], real_weights: Path) -> None:
    found = build_detector(DetectorSettings(name=str(real_weights))).detect(crossing)
    for index, detections in enumerate(found):
        rider = detections.of(ObjectClass.PERSON, ObjectClass.BICYCLE)
        beside_the_road = (rider.xyxy[:, 0] > 140) & (rider.xyxy[:, 3] > 210)
        assert np.any(beside_the_road), f"picture {index}: {rider.xyxy.round()} {rider.score}"


def test_quantised_weights_answer_the_same_in_a_batch_and_alone(
    crossing: list[np.ndarray], real_weights: Path
) -> None:
    detector = build_detector(DetectorSettings(name=str(real_weights), batch=8))
    together = detector.detect(crossing)
    for alone, joint in zip((detector.detect([image])[0] for image in crossing), together, strict=True):
        np.testing.assert_array_equal(alone.xyxy, joint.xyxy)
        np.testing.assert_array_equal(alone.score, joint.score)


def test_real_weights_agree_with_their_makers_own_prediction(
    crossing: list[np.ndarray], real_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ultralytics", reason="compares with ultralytics, which is not installed")
    from tracking.detectors.extras import require_ultralytics

    yolo = require_ultralytics("this test").YOLO(str(real_weights), task="detect")
    monkeypatch.chdir(tmp_path)
    theirs = yolo.predict(
        crossing, conf=0.2, iou=0.6, classes=[0, 1, 2, 3, 5, 7], imgsz=640, verbose=False, batch=1
    )
    once = DetectorSettings(name=str(real_weights), score_threshold=0.2, second_look=False)
    ours = build_detector(once).detect(crossing)
    for mine, result in zip(ours, theirs, strict=True):
        boxes = result.boxes.xyxy.cpu().numpy()
        assert len(mine) == len(boxes), f"{mine.score} against {result.boxes.conf}"
        iou = iou_matrix(mine.xyxy, boxes)
        match = iou.argmax(axis=1)
        assert iou.max(axis=1).min() > 0.95, iou.round(3)
        np.testing.assert_allclose(mine.score, result.boxes.conf.cpu().numpy()[match], atol=0.02)
        np.testing.assert_array_equal(mine.class_id, result.boxes.cls.cpu().numpy()[match].astype(int))
