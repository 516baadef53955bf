"""Letterbox, batches and suppression around the network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tracking.boxes import iou_matrix
from tracking.detectors import DetectorSettings, build_detector
from tracking.detectors.exported import ExportedDetector
from tracking.detectors.letterbox import Letterbox
from tracking.detectors.network import NetworkFacts
from tracking.detectors.nms import suppress_overlaps

SIDE, CELLS = 64, 84
sides = st.integers(16, 2000)


class Recorder:
    """A network that finds nothing and remembers what it was asked."""

    name = "recorder"
    provider = "nobody"

    def __init__(self, **facts: object) -> None:
        self.facts = NetworkFacts(**facts)  # type: ignore[arg-type]
        self.blobs: list[np.ndarray] = []

    def __call__(self, blob: np.ndarray) -> np.ndarray:
        self.blobs.append(blob.copy())
        cells = sum((blob.shape[2] // s) * (blob.shape[3] // s) for s in (8, 16, 32))
        return np.zeros((len(blob), 84, cells), np.float32)


@given(height=sides, width=sides, box=arrays(np.float64, 4, elements=st.floats(0, 1)), centred=st.booleans())
def test_boxes_return_from_the_letterbox(height: int, width: int, box: np.ndarray, centred: bool) -> None:
    fit = Letterbox.fit((height, width), (384, 640), centred)
    frame_box = np.array([[*np.minimum(box[:2], box[2:]), *np.maximum(box[:2], box[2:])]])
    frame_box *= [width, height, width, height]
    in_input = frame_box * fit.scale + [fit.left, fit.top, fit.left, fit.top]
    np.testing.assert_allclose(fit.to_frame(in_input), frame_box, atol=1e-2)


@given(height=sides, width=sides, centred=st.booleans())
def test_the_picture_fills_one_side_of_the_input_and_keeps_its_shape(
    height: int, width: int, centred: bool
) -> None:
    fit = Letterbox.fit((height, width), (384, 640), centred)
    assert fit.left + fit.width <= 640
    assert fit.top + fit.height <= 384
    assert fit.width == 640 or fit.height == 384, fit
    assert abs(fit.height - height * fit.scale) <= 0.5 + 1e-6 or fit.height == 1, fit


def test_padding_stays_grey_and_colours_arrive_as_rgb() -> None:
    network = Recorder(size=(64, 64), fixed_batch=1)
    detector = ExportedDetector(network, DetectorSettings(name="onnx"))
    blue = np.zeros((32, 64, 3), np.uint8)
    blue[:, :, 0] = 255
    detector.detect([blue, np.zeros_like(blue)])
    first, second = network.blobs[-2:]
    np.testing.assert_allclose(first[0, :, 32, 32], [0, 0, 1])
    np.testing.assert_allclose(second[0, :, 16:48], 0)
    for blob in (first, second):
        np.testing.assert_allclose(blob[0, :, :16], 114 / 255, rtol=1e-6)
        np.testing.assert_allclose(blob[0, :, 48:], 114 / 255, rtol=1e-6)


def test_yolox_gets_bgr_values_of_0_to_255_in_the_upper_left_corner(make_model) -> None:
    answer = np.zeros((CELLS, 85), np.float32)
    answer[0, :6] = [2, 2, 0, 0, 0.5, 0]
    lit = np.zeros_like(answer)
    lit[0, 5] = 1 / 255
    # The model looks at channel 0 only: half of the input is picture, half of it padding of 114.
    path = make_model(answer, brightness=lit, channel=0, name="yolox")
    blue = np.zeros((32, 64, 3), np.uint8)
    blue[:, :, 0] = 255
    found = build_detector(DetectorSettings(name=str(path))).detect([blue])[0]
    assert found.score[0] == pytest.approx(0.5 * (255 + 114) / 2 / 255, abs=1e-3)


@pytest.mark.parametrize(
    ("frame", "input_size", "expected"),
    [
        ((432, 768), None, (384, 640)),
        ((600, 800), None, (480, 640)),
        ((768, 432), None, (640, 384)),
        ((432, 768), 320, (192, 320)),
        ((432, 768), (256, 256), (256, 256)),
    ],
)
def test_a_free_input_follows_the_shape_of_the_frame(frame, input_size, expected) -> None:
    network = Recorder()
    detector = ExportedDetector(network, DetectorSettings(name="onnx", input_size=input_size))
    detector.detect([np.zeros((*frame, 3), np.uint8)])
    assert network.blobs[-1].shape[2:] == expected


@pytest.mark.parametrize(("batch", "calls"), [(1, [1] * 5), (2, [2, 2, 1]), (8, [5])])
def test_frames_go_to_the_network_in_batches(batch: int, calls: list[int]) -> None:
    network = Recorder(size=(64, 64))
    detector = ExportedDetector(network, DetectorSettings(name="onnx", batch=batch))
    assert len(detector.detect([np.zeros((64, 64, 3), np.uint8)] * 5)) == 5
    assert [len(blob) for blob in network.blobs[1:]] == calls


def _brightness_model(make_model, batch: int | str) -> str:
    answer = np.zeros((84, CELLS), np.float32)
    answer[:4, 3] = [32, 32, 20, 20]
    lit = np.zeros_like(answer)
    lit[4, 3] = 1
    return str(make_model(answer, batch=batch, brightness=lit, name=f"batch_{batch}"))


@pytest.mark.parametrize("batch", [1, 4, "N"], ids=["one by one", "fixed batch of 4", "any batch"])
def test_each_frame_gets_its_own_answer_whatever_the_batch(make_model, batch: int | str) -> None:
    detector = build_detector(DetectorSettings(name=_brightness_model(make_model, batch), batch=3))
    levels = [40, 250, 90, 10, 180, 120, 60]
    images = [np.full((64, 64, 3), level, np.uint8) for level in levels]
    found = detector.detect(images)
    scores = [float(d.score[0]) if len(d) else 0.0 for d in found]
    np.testing.assert_allclose(scores, [v / 255 if v / 255 >= 0.1 else 0 for v in levels], atol=1e-3)


def test_frames_of_different_sizes_may_share_a_call(make_model) -> None:
    detector = build_detector(DetectorSettings(name=_brightness_model(make_model, "N")))
    found = detector.detect([np.full((h, w, 3), 200, np.uint8) for h, w in ((64, 64), (128, 128), (64, 64))])
    np.testing.assert_allclose([d.xyxy[0] for d in found], np.array([[22, 22, 42, 42]]) * [[1], [2], [1]])


def test_no_frames_give_no_answers(make_model) -> None:
    assert build_detector(DetectorSettings(name=_brightness_model(make_model, 1))).detect([]) == []


def _greedy(xyxy: np.ndarray, score: np.ndarray, label: np.ndarray, limit: float) -> list[int]:
    """Suppression as it is written in textbooks."""
    kept: list[int] = []
    for index in np.argsort(-score, kind="stable"):
        overlaps = iou_matrix(xyxy[index][None], xyxy[kept])[0] if kept else np.zeros(0)
        if not np.any((overlaps > limit) & (label[kept] == label[index])):
            kept.append(int(index))
    return kept


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 60), limit=st.sampled_from([0.3, 0.5, 0.7]))
def test_suppression_equals_the_textbook(seed: int, count: int, limit: float) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 100, (count, 2))
    xyxy = np.concatenate([corner, corner + random.uniform(5, 60, (count, 2))], axis=1).astype(np.float32)
    score = random.permutation(count).astype(np.float32) / max(count, 1)
    label = random.integers(0, 3, count)
    assert suppress_overlaps(xyxy, score, label, limit).tolist() == _greedy(xyxy, score, label, limit)


@given(seed=st.integers(0, 10_000))
def test_iou_is_symmetric_and_bounded(seed: int) -> None:
    random = np.random.default_rng(seed)
    corner = random.uniform(0, 50, (6, 2))
    boxes = np.concatenate([corner, corner + random.uniform(0, 50, (6, 2))], axis=1)
    iou = iou_matrix(boxes, boxes)
    np.testing.assert_allclose(iou, iou.T)
    np.testing.assert_allclose(np.diag(iou), 1)
    assert iou.min() >= 0
    assert iou.max() <= 1 + 1e-12
