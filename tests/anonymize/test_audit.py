"""The audit finds what was stored without a blur."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from anonymize import Anonymizer, AnonymizeSettings, BlurMethod, audit_folder
from tracking.arrays import Image
from tracking.errors import UsageError


def sharp_crop(picture: Callable[..., Image], seed: int, height: int = 160) -> Image:
    noise = np.random.default_rng(seed).normal(0, 15, (height, height // 2, 3))
    return np.clip(picture(height, height // 2, seed) + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("method", tuple(BlurMethod))
def test_blurred_crops_pass_and_untouched_ones_are_found(
    tmp_path: Path, picture: Callable[..., Image], method: BlurMethod
) -> None:
    settings = AnonymizeSettings(method=method)
    anonymizer = Anonymizer(settings)
    for seed in range(4):
        crop = sharp_crop(picture, seed, height=80 + 60 * seed)
        cv2.imwrite(str(tmp_path / f"raw_{seed}.png"), crop)
        cv2.imwrite(str(tmp_path / f"blurred_{seed}.png"), anonymizer.crop(crop))
    report = audit_folder(tmp_path, settings)
    assert report.images == 8
    assert not report.clean
    assert [f.path.name for f in report.findings] == [f"raw_{seed}.png" for seed in range(4)], report.findings
    assert {f.kind for f in report.findings} == {"detail"}
    assert all(f.value > f.limit for f in report.findings)


def test_real_crops_are_told_apart(real_data: Path, tmp_path: Path) -> None:
    anonymizer = Anonymizer()
    files = sorted((real_data / "reid" / "motorcycles_2cam").glob("*.jpg"))[::23]
    for number, file in enumerate(files):
        crop = np.asarray(cv2.imread(str(file)), np.uint8)
        cv2.imwrite(str(tmp_path / f"raw_{number}.jpg"), crop)
        cv2.imwrite(str(tmp_path / f"blurred_{number}.jpg"), anonymizer.crop(crop))
    found = [finding.path.name for finding in audit_folder(tmp_path).findings]
    raw = sum(name.startswith("raw") for name in found)
    assert raw >= 0.95 * len(files), f"{raw} of {len(files)} untouched crops found"
    assert len(found) == raw, f"blurred crops reported: {sorted(set(found))}"


def test_footage_and_broken_images_are_reported_in_sub_folders(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    (folder / "street.MP4").write_bytes(b"whatever it holds")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("not looked at")
    report = audit_folder(tmp_path)
    assert [(f.path.name, f.kind) for f in report.findings] == [
        ("broken.jpg", "unreadable"),
        ("street.MP4", "video"),
    ]


def test_flat_pictures_and_an_empty_folder_are_clean(tmp_path: Path) -> None:
    assert audit_folder(tmp_path).clean
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((64, 64, 3), 90, np.uint8))
    assert audit_folder(tmp_path).clean


def test_faces_are_counted_when_a_face_model_is_given(real_data: Path, tmp_path: Path) -> None:
    video = cv2.VideoCapture(str(real_data / "video" / "market_street_1906.mp4"))
    frame = np.asarray(video.read()[1], np.uint8)
    video.release()
    cv2.imwrite(str(tmp_path / "frame.png"), frame)
    model = real_data / "models" / "face_detection_yunet_2026may.onnx"
    report = audit_folder(tmp_path, AnonymizeSettings(region="face", face_model=model, face_score=0.6))
    assert [f.kind for f in report.findings] == ["face"], report.findings
    assert report.findings[0].value >= 1


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere is no folder"):
        audit_folder(tmp_path / "nowhere")
