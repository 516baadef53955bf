"""Crops and frames leave the anonymizer without recognisable people."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize import Anonymizer, AnonymizeSettings, BlurMethod, FaceFinder, head_region
from tracking.arrays import Image
from tracking.errors import WeightsError

FACE_MODEL = Path("models") / "face_detection_yunet_2026may.onnx"
OLD_FILM = Path("video") / "market_street_1906.mp4"


@pytest.fixture(scope="module")
def face_model(real_data: Path) -> Path:
    return real_data / FACE_MODEL


@pytest.fixture(scope="module")
def people(real_data: Path, face_model: Path) -> list[Image]:
    """Crops of people with visible faces, cut around the faces of an old film."""
    detector = cv2.FaceDetectorYN.create(str(face_model), "", (1920, 1080), 0.5)
    video = cv2.VideoCapture(str(real_data / OLD_FILM))
    crops: list[Image] = []
    for index in range(60):
        read, frame = video.read()
        if not read or index % 12:
            continue
        found = detector.detect(frame)[1]
        for x, y, width, height in [] if found is None else found[:, :4].tolist():
            middle = x + width / 2
            rows = slice(max(0, int(y - height / 2)), int(y + 6.5 * height))
            columns = slice(max(0, int(middle - 1.75 * height)), int(middle + 1.75 * height))
            crops.append(np.asarray(frame[rows, columns], np.uint8))
    video.release()
    return crops


def with_face(crops: list[Image], finder: FaceFinder) -> int:
    return sum(bool(finder.find(crop)) for crop in crops)


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(0, 150),
    width=st.integers(0, 150),
    region=st.sampled_from(["whole", "face", "whole_and_face"]),
    method=st.sampled_from(tuple(BlurMethod)),
)
def test_any_crop_keeps_its_shape_and_the_original_is_left_alone(
    height: int, width: int, region: str, method: BlurMethod
) -> None:
    anonymizer = Anonymizer(AnonymizeSettings.model_validate({"region": region, "method": method}))
    image = np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)
    before = image.copy()
    result = anonymizer.crop(image)
    assert (result.shape, result.dtype) == (image.shape, np.uint8)
    assert np.array_equal(image, before)
    assert not np.shares_memory(result, image)


@given(height=st.integers(1, 2000), width=st.integers(1, 2000))
def test_the_head_lies_inside_the_crop_and_at_its_top(height: int, width: int) -> None:
    head = head_region(height, width)
    assert (head.left, head.top, head.right) == (0, 0, width)
    assert 0 < head.bottom <= height


def test_face_mode_blurs_the_head_without_a_face_model_and_leaves_the_bicycle(
    picture: Callable[..., Image],
) -> None:
    image = picture(200, 100)
    result = Anonymizer(AnonymizeSettings(region="face")).crop(image)
    head = head_region(200, 100)
    assert np.array_equal(result[head.bottom :], image[head.bottom :])
    left = result[: head.bottom].astype(float).std(axis=(0, 1)) / image[: head.bottom].std(axis=(0, 1))
    changed = np.abs(result[: head.bottom].astype(int) - image[: head.bottom]).mean()
    assert changed > 10, f"the head changed by {changed:.1f} grey levels; contrast left {left}"


def test_a_rider_cut_off_at_the_frame_edge_is_blurred_by_the_longer_side(
    picture: Callable[..., Image],
) -> None:
    flat = picture(64, 256)
    tall = np.ascontiguousarray(flat.transpose(1, 0, 2))
    anonymizer = Anonymizer()
    turned = anonymizer.crop(tall).transpose(1, 0, 2)
    difference = np.abs(anonymizer.crop(flat).astype(int) - turned).max()
    assert difference <= 2, f"up to {difference} grey levels apart, more than rounding"


def test_a_frame_is_blurred_for_its_largest_rider(picture: Callable[..., Image]) -> None:
    frame = picture(360, 640)
    weak, strong = (
        Anonymizer(AnonymizeSettings(when="source", largest_rider=share)).frame(frame).astype(int)
        for share in (0.2, 0.9)
    )
    detail = [np.abs(np.diff(image, axis=1)).mean() for image in (frame.astype(int), weak, strong)]
    assert detail[0] > detail[1] > detail[2], f"mean steps between pixels: {detail}"


def test_a_missing_face_model_is_named(tmp_path: Path) -> None:
    settings = AnonymizeSettings(region="whole_and_face", face_model=tmp_path / "yunet.onnx")
    with pytest.raises(WeightsError, match=r"yunet\.onnx does not exist"):
        Anonymizer(settings)


@pytest.mark.parametrize("content", [b"", b"this is no network"])
def test_a_file_that_is_no_face_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "yunet.onnx"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be used as a YuNet face model"):
        FaceFinder(path)


def test_an_encoder_is_no_face_model(real_data: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be used as a YuNet face model"):
        FaceFinder(real_data / "models" / "osnet_x0_25_msmt17.onnx")


def test_faces_that_are_found_lie_inside_the_crop(people: list[Image], face_model: Path) -> None:
    finder = FaceFinder(face_model)
    for crop in people:
        height, width = crop.shape[:2]
        for face in finder.find(crop):
            assert 0 <= face.left < face.right <= width, f"{face} in a crop of {width}x{height}"
            assert 0 <= face.top < face.bottom <= height, f"{face} in a crop of {width}x{height}"


@pytest.mark.parametrize(
    ("values", "most"),
    [({"region": "whole"}, 0.35), ({"region": "whole_and_face"}, 0.1), ({"method": "pixelate"}, 0.1)],
    ids=["median", "median_and_heads", "pixelate"],
)
def test_faces_of_real_people_are_hardly_found_after_the_blur(
    people: list[Image], face_model: Path, values: dict[str, str], most: float
) -> None:
    finder = FaceFinder(face_model, score=0.5)
    anonymizer = Anonymizer(AnonymizeSettings.model_validate(values))
    before = with_face(people, finder)
    after = with_face([anonymizer.crop(crop) for crop in people], finder)
    assert before >= 8, f"only {before} of {len(people)} crops show a face to begin with"
    assert after <= most * before, f"faces in {before} crops before, in {after} after"
