"""Looks at files: the same ones wherever reading begins, and what is left out on purpose was watched."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipeline.sources import CameraSource, Footage, SourcePosition
from pipeline.sources.video import VideoReader
from tests.command_line import street, write_video
from tracking.attention import AttentionSettings
from tracking.values import Frame

NOON = datetime(2020, 2, 20, 12, 0, 0, tzinfo=ZoneInfo("UTC"))
RED = (30, 30, 220)
FPS = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of a street on which somebody passes now and then; the camera's noise never rests."""
    folder = tmp_path_factory.mktemp("street")
    noise = np.random.default_rng(3)
    for name, riders in (("a.mkv", (40, 200)), ("b.mkv", (100,))):
        images = street(300, tuple((first, RED) for first in riders))
        living = [np.clip(one + noise.integers(-2, 3, one.shape), 0, 255).astype(np.uint8) for one in images]
        write_video(folder / name, living, FPS)
    return folder


def attentive(folder: Path, **settings: object) -> CameraSource:
    source = CameraSource(Footage("A", (str(folder / "*.mkv"),), ZoneInfo("UTC"), start=NOON))
    source.attend(AttentionSettings(every_frame=False).model_copy(update=settings), None)
    return source


def looks(frames: list[Frame]) -> list[tuple[str, int, float, object]]:
    return [
        (frame.source, frame.index, round(frame.time, 3), round(frame.before, 3), frame.parts)
        for frame in frames
    ]


def test_taken_up_again_anywhere_the_looks_that_follow_are_the_same(folder: Path) -> None:
    frames = list(attentive(folder).frames())
    whole = looks(frames)
    assert len(whole) < 250
    assert any(parts for *_, parts in whole)
    for after in (0, 20, 60, len(frames) - 30):
        last = frames[after]
        rest = attentive(folder).frames(SourcePosition(last.source, last.index + 1, last.time))
        assert looks(list(rest)) == whole[after + 1 :], (last.source, last.index)


def test_they_are_where_the_attention_remembers_for_longer_than_coverage_does(tmp_path: Path) -> None:
    write_video(tmp_path / "long.mkv", street(500, ((450, RED),)), FPS)
    frames = list(attentive(tmp_path, quiet_rate=0.05).frames())
    assert any(frame.parts for frame in frames), "the third picture of the background is that of second 40"

    place = SourcePosition("long.mkv", 460, next(one.time for one in reversed(frames) if one.index < 460))
    rest = looks(list(attentive(tmp_path, quiet_rate=0.05).frames(place)))

    assert rest == looks([frame for frame in frames if frame.index >= 460])


def test_whoever_reads_ahead_chooses_the_same_looks(folder: Path) -> None:
    whole = [(one.source, one.index, one.parts, one.time) for one in attentive(folder).frames()]
    ahead = attentive(folder).ahead()

    for name, begin, end in (
        ("a.mkv", 24, 48),
        ("a.mkv", 48, 64),
        ("a.mkv", 216, 248),
        ("b.mkv", 96, 104),
        ("b.mkv", 280, None),
        ("a.mkv", 0, 16),
    ):
        found = [(one.source, one.index, one.parts, one.time) for one in ahead.frames(name, begin, end)]
        assert found == [one for one in whole if one[0] == name and begin <= one[1] < (end or 999)], (
            name,
            begin,
        )
    assert any(parts for *_, parts, _ in whole)


def test_whoever_reads_ahead_finds_nothing_in_a_file_that_is_gone(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    source = attentive(tmp_path)
    (tmp_path / "a.mkv").unlink()
    ahead = source.ahead()

    assert list(ahead.frames("a.mkv", 0, 16)) == []
    assert list(ahead.frames("b.mkv", 0, 16)) != []


def test_a_frame_knows_the_turn_before_it_also_one_at_which_nothing_moved(folder: Path) -> None:
    frames = list(attentive(folder).frames())
    assert frames[0].before == -np.inf
    gaps = np.array([frame.time - frame.before for frame in frames[1:]])
    assert gaps.max() <= 0.21, "a turn every 0.16 s, frames every 0.1 s"
    assert gaps.min() >= 0.09


def test_what_is_not_looked_at_on_purpose_was_watched_and_is_worked_off(folder: Path) -> None:
    source = attentive(folder)
    frames = list(source.frames())
    reports = source.reports()
    assert sum(report.seconds_observed for report in reports) == pytest.approx(60.0, abs=0.3)
    assert not any(report.unobserved or report.problems for report in reports)
    assert sum(report.frames_decoded for report in reports) == 600
    assert sum(report.frames_delivered for report in reports) == len(frames)
    assert source.rest is not None
    assert source.rest.frame == 300
    assert sum(frame.passed for frame in frames) + source.rest.frames == 600


def test_riders_are_looked_at_as_often_as_asked(folder: Path) -> None:
    frames = [frame for frame in attentive(folder, rate=5.0).frames() if frame.source == "b.mkv"]
    riding = [frame for frame in frames if 105 <= frame.index <= 140]
    assert len(riding) == pytest.approx(18, abs=1)
    resting = [frame for frame in frames if 200 <= frame.index < 300]
    assert len(resting) == pytest.approx(10, abs=1)


def test_the_small_picture_is_the_brightness_of_the_large_one(folder: Path) -> None:
    picture = next(iter(VideoReader(folder / "a.mkv")))
    small, large = picture.small(160), picture.image()
    assert small is not None
    assert large is not None
    assert small.shape == (90, 160)
    shrunk = large.mean(axis=2).reshape(90, 2, 160, 2).mean(axis=(1, 3))
    # Footage holds brightness from 16 to 235, pictures from 0 to 255.
    assert np.abs(16 + shrunk * 219 / 255 - small).max() < 4
