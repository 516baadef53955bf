"""Files without a time of their own follow each other where they really do."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest

from pipeline.cameras.prepared import open_sources
from pipeline.configuration import load_configuration
from pipeline.sources import CameraSource, Footage, PlannedSource, StartOrigin, plan_footage
from pipeline.sources.header import read_header
from tests.pipeline.sources.video_files import plain_image, steady, write_video
from tracking.errors import UsageError

UTC = ZoneInfo("UTC")
MORNING = datetime(2024, 5, 14, 8)
UNIX_MS = round(MORNING.replace(tzinfo=UTC).timestamp() * 1000)


def footage(location: Path, start: datetime | None = MORNING, fps: float | None = None) -> Footage:
    return Footage("A", (str(location),), UTC, start=start, fps=fps, key="site.yaml: cameras[0]")


def starts(plan: tuple[PlannedSource, ...]) -> list[float]:
    return [source.start - UNIX_MS / 1000 for source in plan]


def write_raw(path: Path, count: int, rate: int, *, told: bool, shade: int = 0) -> Path:
    """A bare H.264 stream that tells its rate within itself, or does not."""
    with av.open(str(path), "w") as container:
        options = {} if told else {"x264-params": "force-cfr=0:vfr-input=1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate) if told else Fraction(1, 90000)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(plain_image(20 + shade + 2 * number), format="bgr24")
            frame.time_base = stream.codec_context.time_base
            frame.pts = number * (1 if told else 90000 // rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts", ".flv", ".mov"])
def test_segments_whose_stamps_run_on_follow_each_other(tmp_path: Path, suffix: str) -> None:
    for number in range(3):
        write_video(tmp_path / f"rec{number}{suffix}", steady(50, first_ms=2000 * number), shade=number)
    assert starts(plan_footage(footage(tmp_path))) == pytest.approx([0.0, 2.0, 4.0], abs=0.2)


def test_a_length_that_is_the_last_stamp_is_not_believed(tmp_path: Path) -> None:
    header = read_header(write_video(tmp_path / "a.mkv", steady(50, first_ms=4000)))
    assert (header.measured, header.duration_s) == (True, pytest.approx(2.0, abs=0.05))


def test_a_wrong_stamp_does_not_move_the_next_file(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", [*steady(49), 9_000_000])
    write_video(tmp_path / "b.mp4", steady(50))
    assert starts(plan_footage(footage(tmp_path))) == pytest.approx([0.0, 2.0], abs=0.05)


def test_a_file_without_a_length_is_measured(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", steady(50), options={"live": "1"})
    write_video(tmp_path / "b.mkv", steady(50), shade=9)
    header = read_header(path)
    assert (header.measured, header.duration_s) == (True, pytest.approx(2.0, abs=0.01))
    assert starts(plan_footage(footage(tmp_path))) == pytest.approx([0.0, 2.0], abs=0.01)


def test_stamps_in_unix_time_tell_how_far_files_lie_apart(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(50, first_ms=UNIX_MS + 20_000))
    write_video(tmp_path / "b.mkv", steady(50, first_ms=UNIX_MS + 40_000))
    a, b = plan_footage(footage(tmp_path))
    assert starts((a, b)) == pytest.approx([0.0, 20.0], abs=0.01)
    assert "Unix time and say 2024-05-14 08:00:20 UTC" in a.notes[0]
    assert "it begins 18.0 s behind the end of a.mkv" in b.notes[0]


def test_stamps_in_unix_time_tell_the_start_where_nobody_else_does(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(50, first_ms=UNIX_MS + 20_000))
    (a,) = plan_footage(footage(tmp_path, start=None))
    assert (starts((a,)), a.origin) == (pytest.approx([20.0], abs=0.01), StartOrigin.CONTAINER)
    assert "taken from its time stamps, which are Unix time" in a.notes[0]


def test_a_bare_stream_is_timed_by_the_rate_given(tmp_path: Path) -> None:
    for shade, name in enumerate(("a.h264", "b.h264")):
        write_raw(tmp_path / name, 50, 10, told=False, shade=shade)
    source = CameraSource(footage(tmp_path, fps=10))
    assert starts(source.sources) == pytest.approx([0.0, 5.0])
    times = [frame.time for frame in source.frames()]
    assert times[-1] - times[0] == pytest.approx(9.9)
    assert [report.problems for report in source.reports()] == [(), ()]


def test_a_bare_stream_is_timed_by_the_rate_that_it_tells(tmp_path: Path) -> None:
    write_raw(tmp_path / "a.h264", 50, 10, told=True)
    (plan,) = plan_footage(footage(tmp_path))
    assert plan.end - plan.start == pytest.approx(5.0)


def test_a_bare_stream_that_tells_no_rate_asks_for_one(tmp_path: Path) -> None:
    write_raw(tmp_path / "a.h264", 50, 10, told=False)
    with pytest.raises(UsageError, match=r"cameras\[0\]\.fps: a\.h264 has no time stamps and does not tell"):
        plan_footage(footage(tmp_path))


def test_one_bare_stream_without_a_rate_is_the_trouble_of_its_camera_alone(tmp_path: Path) -> None:
    write_raw(tmp_path / "a.h264", 50, 10, told=False)
    write_video(tmp_path / "b.mp4", steady(50))
    (tmp_path / "site.yaml").write_text(
        "{site: s, timezone: UTC, cameras: ["
        "{id: A, source: a.h264, start: 2024-05-14T08:00:00}, "
        "{id: B, source: b.mp4, start: 2024-05-14T08:00:00}]}"
    )
    troubles: dict[str, str] = {}
    sources = open_sources(load_configuration(tmp_path / "site.yaml"), troubles)
    assert [source.camera for source in sources] == ["B"]
    assert "a.h264 has no time stamps and does not tell its frame rate; give fps" in troubles["A"]


def test_a_rate_that_would_do_nothing_is_refused(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(50))
    with pytest.raises(UsageError, match=r"cameras\[0\]\.fps: a\.mp4 has time stamps of its own"):
        plan_footage(footage(tmp_path, fps=10))
