"""The same footage twice, and clocks that were never set."""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import pytest

from pipeline.sources import CameraSource, Footage, TimePattern, plan_footage, refuse_conflicts
from tests.pipeline.sources.video_files import steady, write_video
from tracking.errors import UsageError

PATTERN = TimePattern("%Y-%m-%d_%H-%M-%S")
UTC = ZoneInfo("UTC")


def footage(location: Path, *, named: bool = False, camera: str = "A") -> Footage:
    return Footage(
        camera,
        (str(location),),
        UTC,
        start=None if named else datetime(2024, 5, 14, 8),
        time_pattern=PATTERN if named else None,
        key="site.yaml: cameras[0]",
    )


def remux(path: Path, copy: Path) -> None:
    """The same pictures in another container."""
    with av.open(str(path)) as source, av.open(str(copy), "w") as target:
        stream = source.streams.video[0]
        written = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.size:
                packet.stream = written
                target.mux(packet)


def test_a_copy_beside_the_original_is_named_and_left_out(tmp_path: Path) -> None:
    write_video(tmp_path / "GOPR1.mp4", steady(50))
    shutil.copy(tmp_path / "GOPR1.mp4", tmp_path / "GOPR1 (1).mp4")
    write_video(tmp_path / "GOPR2.mp4", steady(50), shade=9)
    first, second = plan_footage(footage(tmp_path / "*.mp4"))
    assert [first.name, second.name] == ["GOPR1.mp4", "GOPR2.mp4"]
    assert first.notes == ("GOPR1 (1).mp4 holds the same bytes and is left out",)
    assert second.start - first.start == pytest.approx(2.0)


@pytest.mark.parametrize("copy", ["2024-05-14_08-00-00.mkv", "2024-05-14_08-00-00 again.mkv"])
def test_a_copy_in_another_container_is_left_out(tmp_path: Path, copy: str) -> None:
    write_video(tmp_path / "2024-05-14_08-00-00.mp4", steady(250))
    remux(tmp_path / "2024-05-14_08-00-00.mp4", tmp_path / copy)
    (kept,) = plan_footage(footage(tmp_path, named=True))
    assert "covers a time that this file covers already and is left out" in kept.notes[0]


def test_a_trimmed_export_is_left_out(tmp_path: Path) -> None:
    write_video(tmp_path / "2024-05-14_08-00-00.mp4", steady(250))
    write_video(tmp_path / "2024-05-14_08-00-03.mp4", steady(100))
    (kept,) = plan_footage(footage(tmp_path, named=True))
    assert kept.name == "2024-05-14_08-00-00.mp4"
    assert len(kept.notes) == 1


def test_minute_names_with_two_short_files_are_no_copies(tmp_path: Path) -> None:
    for number in (1, 2):
        write_video(tmp_path / f"2024-05-14_08-00_{number}.mp4", steady(250), shade=number)
    site = Footage("A", (str(tmp_path),), UTC, time_pattern=TimePattern("%Y-%m-%d_%H-%M"))
    first, second = plan_footage(site)
    assert second.start - first.start == pytest.approx(10.0)


def test_equal_bytes_under_two_times_are_said(tmp_path: Path) -> None:
    write_video(tmp_path / "2024-05-14_08-00-00.mp4", steady(50))
    shutil.copy(tmp_path / "2024-05-14_08-00-00.mp4", tmp_path / "2024-05-14_09-00-00.mp4")
    first, second = plan_footage(footage(tmp_path, named=True))
    assert first.notes == ()
    assert "holds the same bytes as 2024-05-14_08-00-00.mp4" in second.notes[0]


@pytest.mark.parametrize("how", ["one file", "copy", "link"])
def test_two_cameras_with_one_footage_are_refused(tmp_path: Path, how: str) -> None:
    write_video(tmp_path / "x.mp4", steady(50))
    other = tmp_path / ("x.mp4" if how == "one file" else "y.mp4")
    if how == "copy":
        shutil.copy(tmp_path / "x.mp4", other)
    if how == "link":
        other.symlink_to(tmp_path / "x.mp4")
    sources = {
        name: CameraSource(footage(path, camera=name)).sources
        for name, path in {"A": tmp_path / "x.mp4", "B": other}.items()
    }
    with pytest.raises(
        UsageError, match=rf"second\.source: camera B reads {other.name}, .* camera A reads"
    ) as raised:
        refuse_conflicts(sources, {"A": "first", "B": "second"})
    assert str(raised.value).count("\n") == 0


def test_two_cameras_with_footage_of_one_length_go_together(tmp_path: Path) -> None:
    sources = {}
    for shade, name in enumerate("AB"):
        write_video(tmp_path / f"{name}.mp4", steady(50), shade=shade)
        sources[name] = CameraSource(footage(tmp_path / f"{name}.mp4", camera=name)).sources
    refuse_conflicts(sources, {"A": "first", "B": "second"})


@pytest.mark.parametrize(
    "name", ["1970-01-01_01-00-10.mp4", "1980-01-06_00-00-00.mp4", "2000-01-01_00-00-00.mp4"]
)
def test_a_clock_that_was_never_set_is_asked_about(tmp_path: Path, name: str) -> None:
    write_video(tmp_path / name, steady(50))
    write_video(tmp_path / "2026-05-14_08-00-00.mp4", steady(50), shade=9)
    with pytest.raises(UsageError, match=rf"cameras\[0\]\.source: camera A: {name} .* clock.* was not set"):
        plan_footage(footage(tmp_path, named=True))


def test_it_needs_no_other_file_to_see_that_a_clock_was_not_set(tmp_path: Path) -> None:
    write_video(tmp_path / "1970-01-01_01-00-10.mp4", steady(50))
    with pytest.raises(UsageError, match="would begin on 1970-01-01, before there was digital video"):
        plan_footage(footage(tmp_path, named=True))


def test_one_camera_years_before_the_others_is_asked_about(tmp_path: Path) -> None:
    write_video(tmp_path / "2000-01-01_00-00-00.mp4", steady(50))
    write_video(tmp_path / "2026-05-14_08-00-00.mp4", steady(50), shade=9)
    sources = {
        name: plan_footage(footage(tmp_path / f"{year}*.mp4", named=True, camera=name))
        for name, year in (("A", 2026), ("B", 2000))
    }
    with pytest.raises(
        UsageError, match=r"b\.source: camera B: 2000-01-01_00-00-00\.mp4 begins on 2000-01-01, years before"
    ):
        refuse_conflicts(sources, {"A": "a", "B": "b"})


def test_two_studies_some_years_apart_go_together(tmp_path: Path) -> None:
    for shade, year in enumerate((2019, 2024)):
        write_video(tmp_path / f"{year}-05-14_08-00-00.mp4", steady(50), shade=shade)
    assert len(plan_footage(footage(tmp_path, named=True))) == 2
