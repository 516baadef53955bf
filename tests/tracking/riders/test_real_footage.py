"""The real detector, tracker and judge on real clips, one default configuration for all.

The clips are read with PyAV directly: sources belong to another package. Only as many frames per
second as judging needs are looked at, which spares half of the time.
"""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from tests.tracking.riders.scenes import cyclists, told
from tracking.arrays import Image
from tracking.detectors import DetectorSettings, build_detector
from tracking.detectors.base import Detector
from tracking.riders import JudgedPassage, PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker

EVERY = {"crossing": 3, "junction": 3, "parking": 2, "walkway": 2, "crosswalk": 1}
"""Which frames of a clip are looked at: every third of twenty per second, every second of twelve or ten."""
JUNCTION = ("junction_2020-02-20_13-11-00.mp4", "junction_2020-02-20_13-11-10.mp4")


@pytest.fixture(scope="module")
def detector(real_data: Path) -> Detector:
    weights = real_data / "models" / "yolov8n_int8.onnx"
    return build_detector(DetectorSettings(name="onnx", weights=weights))


@pytest.fixture(scope="module")
def junction(real_data: Path, detector: Detector) -> list[JudgedPassage]:
    return passages(detector, *(real_data / "video" / name for name in JUNCTION))


def images(path: Path) -> Iterator[tuple[float, Image]]:
    """Pictures of a file with their time in seconds; a damaged end is the end."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        try:
            for picture in container.decode(stream):
                yield float(picture.time or 0.0), picture.to_ndarray(format="bgr24").astype(np.uint8)
        except av.error.FFmpegError:
            return


def passages(detector: Detector, *files: Path) -> list[JudgedPassage]:
    """Judge one camera whose files begin ten seconds after each other."""
    settings = RiderSettings()
    tracker, judge = None, PassageJudge(settings)
    found: list[JudgedPassage] = []
    for number, path in enumerate(files):
        for index, (seconds, image) in enumerate(images(path)):
            if index % EVERY[path.name.partition("_")[0]]:
                continue
            tracker = tracker or build_tracker("A", TrackerSettings(), (image.shape[1], image.shape[0]))
            time = 10.0 * number + seconds
            candidates = associate(detector.detect([image])[0], settings.association)
            update = tracker.update(FrameStamp(path.name, index, time), candidates.detections)
            found += judge.conclude(update.ended, update.dropped, time)
            judge.observe(update.assigned, candidates, time)
    assert tracker is not None, f"no picture in {files}"
    update = tracker.finish()
    return [*found, *judge.finish(update.ended, update.dropped)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crossing_cyclist.mp4", 1),
        ("crossing_truck.mp4", 0),
        ("junction_cars.mp4", 0),
        ("parking_bicycle.mp4", 2),
        ("crosswalk_usa.mp4", 4),
    ],
)
def test_clip_has_its_number_of_cyclists(
    real_data: Path, detector: Detector, name: str, expected: int
) -> None:
    found = passages(detector, real_data / "video" / name)
    assert cyclists(found) == expected, told(found)


def test_rider_over_the_file_boundary_is_one_passage_through_both_files(
    junction: list[JudgedPassage],
) -> None:
    assert cyclists(junction) == 1, told(junction)
    (rider,) = [passage.tracklet for passage in junction if passage.verdict.is_cyclist]
    assert rider.source == JUNCTION[0], rider.source
    assert rider.times[0] == pytest.approx(5.0, abs=0.5)
    assert rider.times[-1] > 10.0, (
        f"the passage ends {rider.times[-1]:.1f} s after the start of the first file"
    )


def test_crowded_walkways_are_off_by_no_more_than_one_together(real_data: Path, detector: Detector) -> None:
    truth = {"walkway_01.avi": 1, "walkway_07.avi": 1, "walkway_12.avi": 0}
    counted = {name: cyclists(passages(detector, real_data / "video" / name)) for name in truth}
    errors = sum(abs(counted[name] - truth[name]) for name in truth)
    assert errors <= 1, f"counted {counted}, truth {truth}"
