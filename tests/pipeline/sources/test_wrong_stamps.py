"""Real files with wrong time stamps in them, some frames of which are shown in another order than coded."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest

from pipeline.sources import CameraSource, Footage
from tests.pipeline.sources.video_files import steady, write_video

START = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo("UTC"))
WRONG = (20, 21, 40)


def with_wrong_stamps(path: Path, copy: Path, by_ms: int) -> Path:
    """Copy a file of millisecond stamps and move some of them."""
    with av.open(str(path)) as source, av.open(str(copy), "w") as target:
        stream = source.streams.video[0]
        written = target.add_stream_from_template(stream)
        for number, packet in enumerate(packet for packet in source.demux(stream) if packet.size):
            if number in WRONG:
                packet.pts = (packet.pts or 0) + by_ms
            packet.stream = written
            target.mux(packet)
    return copy


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv"])
@pytest.mark.parametrize("by_ms", [400, 5000, 9_000_000])
def test_wrong_stamps_cost_their_frames_and_no_time(tmp_path: Path, suffix: str, by_ms: int) -> None:
    good = write_video(tmp_path / "good.mkv", steady(60))
    (tmp_path / "site").mkdir()
    with_wrong_stamps(good, tmp_path / "site" / f"a{suffix}", by_ms)
    write_video(tmp_path / "site" / f"b{suffix}", steady(25))
    source = CameraSource(Footage("A", (str(tmp_path / "site"),), ZoneInfo("UTC"), start=START))
    times = {frame.time - START.timestamp() for frame in source.frames() if frame.source == f"a{suffix}"}
    whole = {0.04 * n for n in range(60)}
    missing = [n for n in range(60) if not any(abs(0.04 * n - time) < 0.01 for time in times)]
    assert len(times) == 57
    assert len(missing) == 3, missing
    assert all(min(abs(time - right) for right in whole) < 0.01 for time in times)
    assert source.sources[1].start - START.timestamp() == pytest.approx(2.4, abs=0.1)
    assert "3 frames with a wrong time stamp left out" in source.reports()[0].problems
