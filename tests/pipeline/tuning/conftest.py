"""A street of half a minute, with three riders, and detectors that remember nothing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.cameras import detectors
from tests.command_line import street, write_video
from tests.pipeline.colour_detector import ColourDetector
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.values import Detections, Part

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
RIDERS = ((20, RED), (90, GREEN), (170, BLUE))
LEAST_SIDE = 400
"""Side below which the detector of any size sees nobody."""
SITE = """\
# A quiet street.
site: test
timezone: UTC
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: a.mp4, start: 2024-05-14T08:00:00}  # north
"""


class AnySizeDetector(ColourDetector):
    """Looks at parts, and sees nobody in small pictures."""

    any_size = True

    def __init__(self, settings: DetectorSettings) -> None:
        super().__init__()
        assert not isinstance(settings.input_size, tuple)
        self.side = settings.input_size or 640

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        if self.side < LEAST_SIDE:
            return [Detections.empty() for _ in images]
        return super().detect(images)

    def detect_parts(self, image: Image, parts: Sequence[Part]) -> Detections:
        seen = np.full_like(image, 128)
        for left, top, right, bottom in parts:
            seen[top:bottom, left:right] = image[top:bottom, left:right]
        return self.detect([seen])[0]


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("street") / "a.mp4", street(240, RIDERS))


@pytest.fixture
def site(tmp_path: Path, footage: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site file, in a folder with its footage."""
    monkeypatch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    (tmp_path / "a.mp4").write_bytes(footage.read_bytes())
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    return tmp_path / "site.yaml"
