"""Background subtraction on video whose moving objects are known."""

from collections.abc import Iterator

import numpy as np
import pytest

from tracking.boxes import iou_matrix
from tracking.detectors import DetectorSettings, MotionSettings, build_detector
from tracking.values import Detections, ObjectClass

HEIGHT, WIDTH = 360, 640


def street(scale: float = 1.0, seed: int = 3) -> np.ndarray:
    """A textured background."""
    random = np.random.default_rng(seed)
    shape = (round(HEIGHT * scale), round(WIDTH * scale))
    blocks = random.integers(70, 150, (9, 16, 3)).astype(np.uint8)
    return blocks.repeat(shape[0] // 9 + 1, 0).repeat(shape[1] // 16 + 1, 1)[: shape[0], : shape[1]]


def film(
    frames: int, scale: float = 1.0, seed: int = 5, start: int = 10, gain: float | np.ndarray = 1.0
) -> Iterator[tuple[np.ndarray, list[float]]]:
    """A bright rider-sized block that crosses the street from left to right, with sensor noise."""
    random = np.random.default_rng(seed)
    background = street(scale)
    gains = np.broadcast_to(gain, frames)
    for index in range(frames):
        image = background.astype(np.float32)
        left, top, width, height = (v * scale for v in (20 + 6 * (index - start), 150, 24, 60))
        box = [left, top, left + width, top + height]
        if index >= start:
            image[round(top) : round(top + height), round(left) : round(left + width)] = (40, 200, 230)
        image = image * gains[index] + random.normal(0, 1.6, image.shape)
        yield np.clip(image, 0, 255).astype(np.uint8), box


def detect(pictures: list[np.ndarray], **values: object) -> list[Detections]:
    settings = DetectorSettings(name="motion", motion=MotionSettings.model_validate(values))
    return build_detector(settings).detect(pictures)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_moving_block_is_one_tight_box_at_any_resolution(scale: float) -> None:
    pictures, truth = zip(*film(50, scale), strict=True)
    found = detect(list(pictures))
    for index in range(12, 50):
        assert len(found[index]) == 1, f"picture {index}: {found[index].xyxy}"
        iou = iou_matrix(found[index].xyxy, np.array([truth[index]]))[0, 0]
        assert iou > 0.7, f"picture {index}: IoU {iou:.2f}, {found[index].xyxy} against {truth[index]}"
        assert found[index].class_id[0] == ObjectClass.MOVING
        assert 0.5 < found[index].score[0] <= 1


def test_an_empty_street_gives_no_boxes() -> None:
    pictures = [image for image, _ in film(60, start=1000)]
    assert sum(map(len, detect(pictures))) == 0


def test_nothing_is_reported_while_the_background_is_learned() -> None:
    pictures = [image for image, _ in film(30, start=2)]
    assert [len(f) for f in detect(pictures, warmup_frames=20)[:20]] == [0] * 20


@pytest.mark.parametrize("gain", [0.4, 0.7, 1.3, 1.9])
def test_a_sudden_change_of_light_is_not_traffic(gain: float) -> None:
    gains = np.where(np.arange(60) < 30, 1.0, gain)
    pictures = [image for image, _ in film(60, start=1000, gain=gains)]
    found = [len(f) for f in detect(pictures)]
    assert sum(found) == 0, found


def test_a_rider_is_seen_while_a_cloud_passes() -> None:
    gains = 1 - 0.25 * np.sin(np.linspace(0, np.pi, 80))
    pictures, truth = zip(*film(80, gain=gains), strict=True)
    found = detect(list(pictures))
    hits = [
        len(f) == 1 and iou_matrix(f.xyxy, np.array([box]))[0, 0] > 0.5
        for f, box in zip(found[15:], truth[15:], strict=True)
    ]
    assert np.mean(hits) > 0.95, f"seen in {np.mean(hits):.0%} of the pictures"


def test_a_soft_shadow_does_not_widen_the_box() -> None:
    pictures, truth = map(list, zip(*film(50), strict=True))
    for index in range(10, 50):
        left, _, right, bottom = (round(v) for v in truth[index])
        shadow = pictures[index][bottom - 10 : bottom, right : right + 50]
        pictures[index][bottom - 10 : bottom, right : right + 50] = (shadow * 0.7).astype(np.uint8)
        assert left < right
    widths = {
        ignore: np.median(
            [f.xyxy[0, 2] - f.xyxy[0, 0] for f in detect(pictures, ignore_shadows=ignore)[15:45]]
        )
        for ignore in (True, False)
    }
    assert widths[True] < 34, widths
    assert widths[False] > 60, widths


def test_head_and_body_of_one_rider_are_one_box_and_two_riders_side_by_side_are_two() -> None:
    background = street()
    pictures = []
    for index in range(40):
        image = background.copy()
        if index >= 10:
            x = 40 + 6 * index
            for left in (x, x + 60):
                image[150:166, left + 4 : left + 18] = (40, 200, 230)
                image[172:215, left : left + 24] = (40, 200, 230)
        pictures.append(image)
    found = detect(pictures)[15:]
    assert [len(f) for f in found] == [2] * len(found)
    assert np.allclose([f.xyxy[:, 3] - f.xyxy[:, 1] for f in found], 65, atol=8)


@pytest.mark.parametrize(("side", "seen"), [(4, False), (24, True)])
def test_what_is_too_small_is_left_out(side: int, seen: bool) -> None:
    background = street()
    pictures = []
    for index in range(30):
        image = background.copy()
        if index >= 10:
            image[200 : 200 + side, 50 + 7 * index : 50 + side + 7 * index] = 255
        pictures.append(image)
    assert any(len(f) for f in detect(pictures)[12:]) is seen


def test_batches_and_repetition_do_not_change_the_answer() -> None:
    pictures = [image for image, _ in film(40)]
    settings = DetectorSettings(name="motion")
    whole = build_detector(settings).detect(pictures)
    detector = build_detector(settings)
    assert detector.stateful
    parts = [f for start in range(0, 40, 7) for f in detector.detect(pictures[start : start + 7])]
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one.xyxy, other.xyxy)
        np.testing.assert_array_equal(one.score, other.score)


def test_a_change_of_frame_size_starts_anew() -> None:
    detector = build_detector(DetectorSettings(name="motion"))
    small = [image for image, _ in film(20, 0.5)]
    large = [image for image, _ in film(20)]
    found = detector.detect(small + large)
    assert [len(f) for f in found[20:25]] == [0] * 5
    assert len(found[39]) == 1
