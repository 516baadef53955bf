"""Decoding real files, whole and damaged."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.sources.header import read_header
from pipeline.sources.video import VideoReader
from tests.pipeline.sources.video_files import (
    cut_off,
    noise_image,
    overwrite_middle,
    plain_image,
    steady,
    write_audio,
    write_video,
)
from tracking.errors import FootageError

NOISE = [noise_image(n) for n in range(60)]


def seconds(reader: VideoReader) -> list[float | None]:
    return [picture.seconds for picture in reader]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi", ".ts", ".mov"])
def test_every_container_gives_the_same_times(tmp_path: Path, suffix: str) -> None:
    path = write_video(tmp_path / f"a{suffix}", steady(20))
    times = seconds(VideoReader(path))
    assert times == pytest.approx([n / 25 for n in range(20)], abs=0.0011), times


def test_a_variable_frame_rate_keeps_its_true_times(tmp_path: Path) -> None:
    stamps = [0, 40, 80, 500, 520, 3000, 3033, 9000]
    assert seconds(VideoReader(write_video(tmp_path / "a.mkv", stamps))) == [s / 1000 for s in stamps]


def test_time_begins_with_the_first_frame_and_not_with_the_stamp_zero(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.ts", steady(10, first_ms=5000))
    assert seconds(VideoReader(path))[:2] == pytest.approx([0.0, 0.04], abs=0.001)


def test_the_picture_is_the_one_that_was_written(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mp4", steady(5), [plain_image(level) for level in (20, 60, 100, 140, 180)]
    )
    levels = [float(np.median(picture.image()[24:])) for picture in VideoReader(path)]
    assert levels == pytest.approx([20, 60, 100, 140, 180], abs=4), levels


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_rotated_footage_comes_upright(tmp_path: Path, rotation: int) -> None:
    path = write_video(tmp_path / "a.mp4", steady(3), rotation=rotation)
    image = next(iter(VideoReader(path))).image()
    others = cv2.VideoCapture(str(path)).read()[1]
    assert image.shape == ((48, 64, 3) if rotation == 180 else (64, 48, 3))
    assert image.flags.c_contiguous
    assert float(np.abs(image.astype(int) - others.astype(int)).mean()) < 3.0


@pytest.mark.parametrize(("suffix", "codec"), [(".mkv", "libx264"), (".ts", "libx264"), (".avi", "mjpeg")])
def test_a_file_cut_off_gives_what_is_there_and_says_what_is_missing(
    tmp_path: Path, suffix: str, codec: str
) -> None:
    path = cut_off(write_video(tmp_path / f"a{suffix}", steady(60), NOISE, codec=codec), 0.6)
    reader = VideoReader(path)
    times = seconds(reader)
    assert 25 <= len(times) <= 45, len(times)
    assert times == pytest.approx([n / 25 for n in range(len(times))], abs=0.0011)


def test_a_cut_mp4_with_its_index_in_front_is_read_to_the_cut(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", steady(60), NOISE, options={"movflags": "faststart"})
    reader = VideoReader(cut_off(path, 0.6))
    assert 25 <= len(seconds(reader)) <= 45, reader.frames_decoded


def test_a_cut_mp4_with_its_index_behind_cannot_be_opened(tmp_path: Path) -> None:
    path = cut_off(write_video(tmp_path / "a.mp4", steady(60), NOISE), 0.6)
    with pytest.raises(FootageError, match=r"a\.mp4 cannot be opened as video"):
        seconds(VideoReader(path))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
@pytest.mark.parametrize("at", [0.3, 0.5, 0.8])
def test_garbage_in_the_middle_costs_frames_but_nothing_else(tmp_path: Path, suffix: str, at: float) -> None:
    path = overwrite_middle(write_video(tmp_path / f"a{suffix}", steady(60), NOISE), 8000, at)
    reader = VideoReader(path)
    times = [time for time in seconds(reader) if time is not None]
    assert len(times) >= 15, (len(times), reader.problems())
    assert all(a < b for a, b in pairwise(times))
    assert times[-1] <= 60 / 25


def test_damage_is_decoded_to_the_same_pictures_every_time(tmp_path: Path) -> None:
    path = overwrite_middle(write_video(tmp_path / "a.mp4", steady(60), NOISE), 8000)
    first, second = ([(p.seconds, p.image().tobytes()) for p in VideoReader(path)] for _ in range(2))
    assert first == second


def test_damage_is_counted_in_words(tmp_path: Path) -> None:
    path = overwrite_middle(write_video(tmp_path / "a.mp4", steady(60), NOISE), 30000)
    reader = VideoReader(path)
    decoded = len(seconds(reader))
    said = " ".join(reader.problems())
    assert decoded < 60
    assert "could not be decoded (Invalid data found when processing input)" in said, said


def test_a_raw_stream_is_timed_by_its_rate_and_says_so(tmp_path: Path) -> None:
    reader = VideoReader(write_video(tmp_path / "a.h264", steady(20)))
    assert seconds(reader) == pytest.approx([n / 25 for n in range(20)])
    assert reader.problems() == ("20 frames without a time stamp; the frame rate was taken instead",)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("missing.mp4", None, "cannot be read (No such file or directory)"),
        ("empty.mp4", b"", "is empty (0 bytes)"),
        ("letter.mp4", b"Dear city,\n" * 100, "cannot be opened as video"),
        ("noise.mkv", bytes(range(256)) * 100, "cannot be opened as video"),
    ],
)
def test_what_is_no_video_is_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FootageError) as raised:
        read_header(path)
    assert str(path) in str(raised.value)
    assert complaint in str(raised.value)


def test_sound_alone_is_no_footage(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="holds no moving pictures"):
        read_header(write_audio(tmp_path / "a.mp4"))


def test_an_unknown_codec_is_one_sentence(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", steady(3), codec="mjpeg")
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"ZZZZ").replace(b"mjpg", b"zzzz"))
    with pytest.raises(FootageError, match="is coded in a way that cannot be decoded; re-encode it"):
        read_header(path)


def test_damaged_footage_leaves_stderr_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = overwrite_middle(write_video(tmp_path / "a.mp4", steady(60), NOISE), 8000)
    capfd.readouterr()
    seconds(VideoReader(path))
    assert capfd.readouterr().err == ""


def test_the_header_tells_rate_length_and_number(tmp_path: Path) -> None:
    header = read_header(write_video(tmp_path / "a.mp4", steady(50)))
    assert (header.fps, header.duration_s, header.frames, header.codec) == (
        pytest.approx(25.0, rel=0.01),
        pytest.approx(2.0, abs=0.05),
        50,
        "h264",
    )
