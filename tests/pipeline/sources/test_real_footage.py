"""The real clips: what can be decoded and when it happened."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.sources import CameraSource, Footage, TimePattern, fingerprint, probe
from pipeline.sources.files import SourceFiles

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2020, 2, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "decodable", "fps", "size"),
    [
        ("parking_bicycle.mp4", 459, 12.0, (768, 432)),
        ("crossing_cyclist.mp4", 60, 20.0, (800, 600)),
        ("cars_only.mp4", 377, 12.5, (768, 432)),
        ("walkway_01.avi", 180, 10.0, (360, 240)),
        ("crosswalk_usa.mp4", 143, 11.03, (640, 352)),
    ],
)
def test_every_decodable_frame_comes_at_its_time(
    real_data: Path, name: str, decodable: int, fps: float, size: tuple[int, int]
) -> None:
    source = CameraSource(Footage("A", (str(real_data / "video" / name),), AMSTERDAM, start=NOON))
    times = [frame.time for frame in source.frames()]
    (report,) = source.reports()
    assert source.frame_size == size
    assert len(times) == report.frames_decoded == decodable
    assert times[0] == NOON.timestamp()
    assert (times[-1] - times[0]) / (decodable - 1) == pytest.approx(1 / fps, rel=0.01)
    assert report.seconds_observed == pytest.approx(decodable / fps, rel=0.01)


def test_a_header_that_promises_too_much_is_reported(real_data: Path) -> None:
    source = CameraSource(
        Footage("P", (str(real_data / "video" / "parking_bicycle.mp4"),), AMSTERDAM, start=NOON, max_fps=1.0)
    )
    list(source.frames())
    assert "its header promises 467 frames; 459 could be decoded" in source.reports()[0].problems


def test_two_files_of_a_recorder_continue_ten_seconds_apart(real_data: Path) -> None:
    location = str(real_data / "video" / "junction_2020-*.mp4")
    source = CameraSource(Footage("J", (location,), AMSTERDAM, time_pattern=TimePattern("%Y-%m-%d_%H-%M-%S")))
    frames = [(frame.source, frame.index, frame.time) for frame in source.frames()]
    start = datetime(2020, 2, 20, 12, 11, tzinfo=UTC).timestamp()
    assert [len([f for f in frames if f[0] == s.name]) for s in source.sources] == [200, 199]
    assert [s.start - start for s in source.sources] == [0.0, 10.0]
    gaps = [b[2] - a[2] for a, b in pairwise(frames)]
    assert min(gaps) == pytest.approx(0.05, abs=0.001)
    assert max(gaps) == pytest.approx(0.05, abs=0.001)


def test_a_probe_tells_size_and_rate(real_data: Path) -> None:
    path = real_data / "video" / "market_street_1906.mp4"
    seen = probe(SourceFiles(path.name, path))
    assert (seen.width, seen.height) == (1920, 1080)
    assert seen.header is not None
    assert seen.header.fps == pytest.approx(29.97, abs=0.01)
    assert len(fingerprint(path)) == 64
