"""The same numbers as the independent implementation, on the tracks of real people."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.tracking.mot.streets import boxes_of, write_mot
from tests.tracking.mot.test_agreement import compare
from tracking.detectors import Detector, DetectorSettings, build_detector
from tracking.mot import IdentifiedBoxes
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections

FRAMES = 50


@pytest.fixture(scope="module")
def detections(real_data: Path) -> list[Detections]:
    """Boxes of a crossing with about ten pedestrians and four cyclists."""
    weights = real_data / "models" / "yolov8n_int8.onnx"
    detector = build_detector(DetectorSettings(name=str(weights), second_look=False))
    return list(_detect(detector, real_data / "video" / "crosswalk_usa.mp4"))


def _detect(detector: Detector, path: Path) -> Iterator[Detections]:
    with av.open(str(path)) as container:
        for index, picture in enumerate(container.decode(video=0)):
            if index == FRAMES:
                return
            image = picture.to_ndarray(format="bgr24")
            yield detector.detect([image])[0]


def follow(detections: list[Detections], settings: TrackerSettings, every: int = 1) -> IdentifiedBoxes:
    """Boxes with the identities a tracker gives them."""
    tracker = build_tracker("A", settings, (640, 352))
    rows: list[tuple[float, ...]] = []
    for index in range(0, len(detections), every):
        found = detections[index]
        update = tracker.update(FrameStamp("film", index, index / 11.03), found)
        for box, track in zip(found.xyxy.astype(np.float64), update.assigned, strict=True):
            if track >= 0:
                rows.append((index + 1, int(track) + 1, *box))
    return boxes_of(rows)


@pytest.mark.parametrize(
    ("settings", "every"),
    [(TrackerSettings(), 1), (TrackerSettings(), 2), (TrackerSettings(expiry_s=0.2, min_score=0.5), 1)],
)
def test_trackers_of_real_people_get_the_same_numbers(
    detections: list[Detections], tmp_path: Path, settings: TrackerSettings, every: int
) -> None:
    reference = follow(detections, TrackerSettings(expiry_s=3.0))
    assert len(np.unique(reference.identity)) >= 5, "too few people to tell anything"
    scores = compare(
        write_mot(tmp_path / "truth.txt", reference),
        write_mot(tmp_path / "tracks.txt", follow(detections, settings, every)),
    )
    assert scores.hota.hota > 0.3, scores.hota.hota
