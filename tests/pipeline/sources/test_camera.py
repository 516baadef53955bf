"""A camera's files as one stream."""

import os
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.sources import (
    CameraSource,
    Footage,
    Interval,
    SourcePosition,
    TimePattern,
    Unseen,
    join_intervals,
)
from tests.pipeline.sources.video_files import cut_off, noise_image, plain_image, steady, write_video
from tracking.errors import UsageError
from tracking.values import Frame

NOON = datetime(2020, 2, 20, 12, 0, 0, tzinfo=ZoneInfo("UTC"))
PATTERN = TimePattern("%Y-%m-%d_%H-%M-%S")


def camera(
    location: Path,
    *,
    pattern: TimePattern | None = None,
    max_fps: float | None = None,
    fps: float | None = None,
) -> CameraSource:
    start = None if pattern else NOON
    zone = ZoneInfo("UTC")
    return CameraSource(
        Footage("A", (str(location),), zone, start=start, time_pattern=pattern, max_fps=max_fps, fps=fps)
    )


def places(frames: list[Frame]) -> list[tuple[str, int, float]]:
    return [(frame.source, frame.index, round(frame.time - NOON.timestamp(), 3)) for frame in frames]


def test_two_files_are_one_stream(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(50))
    write_video(tmp_path / "2020-02-20_12-00-02.mp4", steady(25))
    source = camera(tmp_path, pattern=PATTERN)
    frames = list(source.frames())
    assert len(frames) == 75
    assert places(frames)[49:51] == [
        ("2020-02-20_12-00-00.mp4", 49, 1.96),
        ("2020-02-20_12-00-02.mp4", 0, 2.0),
    ]
    assert [report.seconds_observed for report in source.reports()] == pytest.approx([2.0, 1.0], abs=0.01)
    assert all(report.finished and not report.problems for report in source.reports()), source.reports()


@pytest.mark.parametrize("max_fps", [None, 10.0])
@pytest.mark.parametrize(("name", "index"), [("a.mkv", 0), ("a.mkv", 17), ("b.mkv", 0), ("b.mkv", 31)])
def test_taken_up_again_anywhere_the_rest_is_the_same(
    tmp_path: Path, name: str, index: int, max_fps: float | None
) -> None:
    write_video(tmp_path / "a.mkv", steady(40))
    write_video(tmp_path / "b.mkv", [0, 40, 41, 200, *range(300, 1900, 40)])
    whole = places(list(camera(tmp_path, max_fps=max_fps).frames()))
    rest = places(list(camera(tmp_path, max_fps=max_fps).frames(SourcePosition(name, index))))
    assert rest == [place for place in whole if place[:2] >= (name, index)]
    assert rest


AGAIN = frozenset([("a.mkv", 3), ("a.mkv", 39), ("b.mkv", 2)])


def test_frames_wanted_again_come_first_and_are_not_accounted_for(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(40))
    write_video(tmp_path / "b.mkv", steady(30))
    whole = {(frame.source, frame.index): frame for frame in camera(tmp_path).frames()}
    source = camera(tmp_path)
    frames = list(source.frames(SourcePosition("b.mkv", 5, whole["b.mkv", 4].time, AGAIN)))
    keys = [(frame.source, frame.index) for frame in frames]
    assert keys == [*sorted(AGAIN), *(("b.mkv", index) for index in range(5, 30))]
    for key, frame in zip(keys, frames, strict=True):
        assert frame.time == whole[key].time
        assert (frame.image == whole[key].image).all(), key
    # Of the file before only the last moments are told, whose pictures were not judged yet.
    assert [(report.source, report.frames_decoded) for report in source.reports()] == [
        ("a.mkv", 0),
        ("b.mkv", 25),
    ]


def test_frames_wanted_again_that_are_gone_are_left_out(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(40))
    write_video(tmp_path / "b.mkv", steady(30))
    source = camera(tmp_path)
    (tmp_path / "a.mkv").unlink()
    gone = frozenset([*AGAIN, ("never.mkv", 1)])
    frames = list(source.frames(SourcePosition("b.mkv", 5, again=gone)))
    assert [frame.index for frame in frames] == [2, *range(5, 30)]


def test_other_footage_than_that_of_the_last_frame_begins_at_its_beginning(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(5))
    before = NOON.timestamp() - 1.0
    frames = list(camera(tmp_path).frames(SourcePosition("", 0, before, frozenset([("gone.mkv", 7)]))))
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]


def test_taking_up_a_file_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(5))
    with pytest.raises(UsageError, match=r"the run stopped in gone\.mkv, which is no longer part"):
        next(camera(tmp_path).frames(SourcePosition("gone.mkv", 3)))


def test_frames_that_are_not_wanted_are_counted_and_still_observed(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(100))
    source = camera(tmp_path, max_fps=5.0)
    frames = list(source.frames())
    (report,) = source.reports()
    assert len(frames) == report.frames_delivered
    assert len(frames) in (20, 21)
    assert (report.frames_decoded, report.frames_sampled_out) == (100, 100 - len(frames))
    assert report.seconds_observed == pytest.approx(4.0)


def test_an_outage_within_a_file_is_no_observation(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", [*steady(50), *steady(50, first_ms=60_000)])
    source = camera(tmp_path)
    list(source.frames())
    observed = [(i.start - NOON.timestamp(), i.duration_s) for i in source.reports()[0].observed]
    assert observed == [pytest.approx((0.0, 2.0), abs=0.1), pytest.approx((60.0, 2.0), abs=0.1)]


def test_files_that_overlap_give_every_moment_once(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(250))
    write_video(tmp_path / "2020-02-20_12-00-05.mp4", steady(250), shade=9)
    source = camera(tmp_path, pattern=PATTERN)
    times = [frame.time for frame in source.frames()]
    assert all(a < b for a, b in pairwise(times))
    assert len(times) == 375
    assert "125 frames before the end of the previous file left out" in source.reports()[1].problems


def test_an_unreadable_file_among_others_is_reported_and_the_rest_is_used(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", steady(25))
    (tmp_path / "2020-02-20_12-00-01.mp4").write_bytes(b"")
    write_video(tmp_path / "2020-02-20_12-00-02.mp4", steady(25), shade=9)
    source = camera(tmp_path, pattern=PATTERN)
    frames = list(source.frames())
    assert len(frames) == 50
    assert [len(report.problems) for report in source.reports()] == [0, 1, 0]
    assert "is empty (0 bytes)" in source.reports()[1].problems[0]


def test_a_cut_file_says_how_much_is_missing(tmp_path: Path) -> None:
    images = [noise_image(n) for n in range(75)]
    cut_off(write_video(tmp_path / "a.mkv", steady(75), images), 0.5)
    source = camera(tmp_path)
    list(source.frames())
    (problem,) = source.reports()[0].problems
    assert problem.startswith("its header promises 3.0 s; it ends after 1."), problem


def test_frames_of_another_size_are_brought_to_the_first(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(5))
    write_video(tmp_path / "b.mkv", steady(5), [plain_image(100, 128, 96)] * 5)
    source = camera(tmp_path)
    shapes = {frame.image.shape for frame in source.frames()}
    assert source.frame_size == (64, 48)
    assert shapes == {(48, 64, 3)}
    assert "frames of 128x96 instead of 64x48 were resized" in source.reports()[1].problems


def test_pictures_are_a_stream_and_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    for n in range(5):
        cv2.imwrite(str(tmp_path / f"f{n}.png"), plain_image(40 * n))
    (tmp_path / "f2.png").write_bytes(b"no picture")
    source = camera(tmp_path, fps=5.0)
    frames = list(source.frames())
    times = [(frame.index, round(frame.time - NOON.timestamp(), 3)) for frame in frames]
    assert times == [(0, 0.0), (1, 0.2), (3, 0.6), (4, 0.8)]
    assert source.reports()[0].problems == ("1 picture could not be decoded",)


def test_reports_may_be_asked_for_on_the_way(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mkv", steady(50))
    source = camera(tmp_path)
    frames = source.frames()
    assert source.reports() == ()
    for _ in range(10):
        next(frames)
    (report,) = source.reports()
    assert (report.frames_decoded, report.finished) == (10, False)


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv"])
def test_a_clock_that_jumps_neither_moves_frames_nor_costs_the_next_file(tmp_path: Path, suffix: str) -> None:
    stamps = [*steady(30), *steady(20, first_ms=9_001_200)]
    write_video(tmp_path / f"2020-02-20_12-00-00{suffix}", stamps)
    write_video(tmp_path / f"2020-02-20_12-00-02{suffix}", steady(50))
    source = camera(tmp_path, pattern=PATTERN)
    times = [frame.time - NOON.timestamp() for frame in source.frames()]
    assert times == pytest.approx([0.04 * n for n in range(100)], abs=0.01)
    first, second = source.reports()
    assert any("time stamps jump forward (1 time, by at most 9000.0 s)" in p for p in first.problems), (
        first.problems
    )
    assert second.problems == ()


def test_a_pause_that_the_next_file_allows_remains_one(tmp_path: Path) -> None:
    write_video(tmp_path / "2020-02-20_12-00-00.mp4", [*steady(50), *steady(50, first_ms=302_000)])
    write_video(tmp_path / "2020-02-20_12-10-00.mp4", steady(50))
    source = camera(tmp_path, pattern=PATTERN)
    times = [frame.time - NOON.timestamp() for frame in source.frames()]
    assert times[49:51] == pytest.approx([1.96, 302.0], abs=0.01)
    assert times[100] == pytest.approx(600.0)
    first, _ = source.reports()
    assert first.seconds_unobserved == {Unseen.NO_FOOTAGE: pytest.approx(300.0, abs=0.1)}
    assert any("taken as a pause of the recorder" in problem for problem in first.problems), first.problems


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_restart_gives_the_times_of_an_uninterrupted_run(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("restart")
    stamps = steady(80)
    for number in data.draw(st.sets(st.integers(0, 79), max_size=4), label="wrong"):
        stamps[number] += data.draw(st.sampled_from([30_000, 9_000_000]), label="by")
    if at := data.draw(st.none() | st.integers(1, 79), label="jump"):
        stamps[at:] = [stamp + 7_200_000 for stamp in stamps[at:]]
    # A muxer takes stamps in any order only where each picture stands for itself.
    write_video(folder / "2020-02-20_12-00-00.mkv", sorted(set(stamps)), codec="mjpeg")
    write_video(folder / "2020-02-20_12-00-04.mkv", steady(20))
    whole = places(list(camera(folder, pattern=PATTERN).frames()))
    cut = data.draw(st.integers(1, len(whole) - 1), label="cut")
    name, index, time = whole[cut - 1]
    position = SourcePosition(name, index + 1, time + NOON.timestamp())
    assert places(list(camera(folder, pattern=PATTERN).frames(position))) == whole[cut:]


def test_names_that_are_no_utf_8_are_read_and_told_as_text(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", steady(50)).rename(tmp_path / os.fsdecode(b"stra\xdfe.mp4"))
    source = camera(tmp_path)
    assert len(list(source.frames())) == 50
    assert [report.source.encode() for report in source.reports()] == [rb"stra\xdfe.mp4"]


@pytest.mark.parametrize("cut", [60, 150, 230, 330])
def test_a_restart_gives_the_coverage_of_an_uninterrupted_run(tmp_path: Path, cut: int) -> None:
    living, frozen = [noise_image(n) for n in range(100)], [noise_image(100)] * 250
    write_video(tmp_path / "a.mkv", steady(350, fps=10), [*living, *frozen])
    whole, first, second = camera(tmp_path), camera(tmp_path), camera(tmp_path)
    list(whole.frames())
    *_, last = islice(first.frames(), cut)
    list(second.frames(SourcePosition(last.source, last.index + 1, last.time)))
    saved = [
        Interval(i.start, min(i.end, last.time)) for i in first.reports()[0].observed if i.start < last.time
    ]
    assert join_intervals([*saved, *second.reports()[0].observed], 0.001) == whole.reports()[0].observed
    assert whole.reports()[0].seconds_unobserved == {Unseen.FROZEN: pytest.approx(25.0, abs=1.1)}
