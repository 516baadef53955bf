"""Looks for pixels on disk that show more than the configured blur can leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from anonymize.blur import blur, kernel_for_height
from anonymize.faces import FaceFinder
from anonymize.settings import AnonymizeSettings
from tracking.arrays import Image
from tracking.errors import UsageError

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
VIDEO_SUFFIXES = frozenset({".avi", ".h264", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm"})
DETAIL_LIMIT = 1.9
"""Detail ratio above which a picture counts as not blurred: on 306 street crops and photographs
99 % of blurred ones stay below 1.8 (JPEG included), 99 % of untouched ones lie above 1.95."""
NOISE_FLOOR = 0.3
"""Grey levels of rounding that a second blur removes from any picture."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One file that may show somebody.

    Attributes:
        path: The file.
        kind: ``detail`` (sharper than the blur leaves), ``face`` (a face model sees faces),
            ``video`` (footage, whatever it shows) or ``unreadable`` (named an image, but is none).
        value: Detail ratio, or number of faces; 0 for the other kinds.
        limit: Largest allowed value.
    """

    path: Path
    kind: Literal["detail", "face", "video", "unreadable"]
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit looked at and what it found.

    Attributes:
        images: Number of images examined.
        findings: In the order of their paths.
    """

    images: int
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """True when nothing was found."""
        return not self.findings


def audit_folder(folder: Path, settings: AnonymizeSettings | None = None) -> AuditReport:
    """Examine every image below a folder.

    Args:
        folder: Where images may lie; sub-folders included.
        settings: The blur they should have passed; with a face model, faces are searched too.

    Returns:
        The files that are sharper than that blur leaves, show faces, or are footage.

    Raises:
        UsageError: If the folder does not exist.
        WeightsError: If the face model cannot be loaded.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the folder whose images are to be audited")
    settings = settings or AnonymizeSettings()
    faces = FaceFinder(settings.face_model, settings.face_score) if settings.face_model else None
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    images = [path for path in files if path.suffix.lower() in IMAGE_SUFFIXES]
    findings: list[Finding] = []
    for path in files:
        if path.suffix.lower() in VIDEO_SUFFIXES:
            findings.append(Finding(path, "video", 0.0, 0.0))
        elif path.suffix.lower() in IMAGE_SUFFIXES:
            findings.extend(_examine(path, settings, faces))
    return AuditReport(images=len(images), findings=tuple(findings))


def detail_ratio(image: Image, settings: AnonymizeSettings, height: int | None = None) -> float:
    """Compare what the blur would still remove with what it removes the second time.

    A picture that was never blurred loses much more to the first pass than to the second; one that
    was blurred before loses about the same to both. The ratio needs no original.

    Args:
        image: (H, W, 3) uint8 BGR.
        settings: The blur to compare with.
        height: Of the largest rider in it, pixels; None for a crop, of which the rider is all.

    Returns:
        Ratio of the root mean square changes; about 1.4 after a blur, 2.7 and more before it.
    """
    kernel = kernel_for_height(height or max(image.shape[:2]), settings.kernel_pixels)
    once = blur(image, kernel, settings.method)
    twice = blur(once, kernel, settings.method)
    return _change(image, once) / (_change(once, twice) + NOISE_FLOOR)


def _change(before: Image, after: Image) -> float:
    return float(np.sqrt(np.mean((before.astype(np.float32) - after.astype(np.float32)) ** 2)))


def _examine(path: Path, settings: AnonymizeSettings, faces: FaceFinder | None) -> Iterator[Finding]:
    decoded = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if decoded is None:
        yield Finding(path, "unreadable", 0.0, 0.0)
        return
    image = np.asarray(decoded, np.uint8)
    if settings.region != "face":
        ratio = detail_ratio(image, settings)
        if ratio > DETAIL_LIMIT:
            yield Finding(path, "detail", ratio, DETAIL_LIMIT)
    found = 0 if faces is None else len(faces.find(image))
    if found:
        yield Finding(path, "face", float(found), 0.0)
