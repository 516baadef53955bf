"""What a run embeds went through the blur, once: in either path, seen from where the pixels arrive."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from anonymize import Anonymizer, AnonymizeSettings
from reid.encoders.colour_stripes import ColourStripes
from tests.command_line import pipeline
from tracking.arrays import FloatArray, Image

SITE = """
site: test
timezone: Europe/Amsterdam
detector: {{name: motion}}
encoder: {{name: colour_stripes}}
anonymize: {{when: {when}, largest_rider: 0.4}}
cameras:
  - {{id: A, source: a.mkv, start: 2024-05-14T08:00:00}}
"""

BODY, SPECK = 40, 235
"""Grey levels of a rider, and of the single pixels on it."""


def speckled_street(frames: int = 100) -> list[Image]:
    """Two riders, one large and one small, covered with specks of single pixels that a blur must remove."""
    street = (
        np.clip(np.random.default_rng(3).normal(110, 3, (360, 640, 1)), 0, 255)
        .astype(np.uint8)
        .repeat(3, axis=2)
    )
    riders = [(12, 150, speckled_block(140)), (50, 200, speckled_block(70))]
    images = []
    for index in range(frames):
        image = street.copy()
        for first, top, rider in riders:
            left = 16 * (index - first)
            if 0 <= left <= 640 - 56:
                image[top : top + len(rider), left : left + 56] = rider
        images.append(image)
    return images


def speckled_block(height: int) -> Image:
    block = np.full((height, 56, 3), BODY, np.uint8)
    block[1::4, 1::4] = SPECK
    return block


def write_lossless(path: Path, images: Sequence[Image]) -> None:
    height, width = images[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "bgr0"
        stream.time_base = Fraction(1, 10)
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[Image]:
    """Every picture that the encoder of a run is given."""
    seen: list[Image] = []
    encode = ColourStripes.encode

    def note(self: ColourStripes, images: Sequence[Image]) -> FloatArray:
        seen.extend(image.copy() for image in images)
        return encode(self, images)

    monkeypatch.setattr(ColourStripes, "encode", note)
    return seen


def run(folder: Path, when: str) -> None:
    write_lossless(folder / "a.mkv", speckled_street())
    (folder / "site.yaml").write_text(SITE.format(when=when))
    answer = pipeline("run", "--cameras", folder / "site.yaml", "--database", folder / "flows.db")
    assert answer.code == 0, answer.err


@pytest.mark.parametrize("when", ["crop", "source"])
def test_no_speck_of_a_rider_reaches_the_encoder(tmp_path: Path, embedded: list[Image], when: str) -> None:
    run(tmp_path, when)
    assert len(embedded) >= 6, f"only {len(embedded)} crops of two riders"
    brightest = [brightest_inside(image) for image in embedded]
    assert max(brightest) < BODY + 20, f"specks of {SPECK} came through as {sorted(brightest)}"


def brightest_inside(image: Image) -> int:
    """The brightest pixel in the middle of a crop, where nothing but the rider is."""
    height, width = image.shape[:2]
    return int(image[height // 4 : -height // 4, width // 4 : -width // 4].max())


def test_a_blurred_source_is_not_blurred_again(tmp_path: Path, embedded: list[Image]) -> None:
    run(tmp_path, "source")
    anonymizer = Anonymizer(AnonymizeSettings(when="source", largest_rider=0.4))
    once = [anonymizer.frame(frame) for frame in decoded(tmp_path / "a.mkv")]
    # Only crops that were not shrunk can be found again in their frame.
    whole = [image for image in embedded if max(image.shape[:2]) < 128]
    assert whole
    assert all(any(holds(frame, image) for frame in once) for image in whole)


def decoded(path: Path) -> Iterator[Image]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="bgr24")


def holds(frame: Image, crop: Image) -> bool:
    distance = cv2.matchTemplate(frame, crop, cv2.TM_SQDIFF)
    _, _, (left, top), _ = cv2.minMaxLoc(distance)
    height, width = crop.shape[:2]
    return bool(np.array_equal(frame[top : top + height, left : left + width], crop))
