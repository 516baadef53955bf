"""What counts as watched: not a frozen picture, not a black one, not one frame a second."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources import Interval, ReasonedInterval, Unseen
from pipeline.sources.coverage import LEAST_FPS, LOOK_BACK_S, CoverageLog, unseen_sentences
from tracking.arrays import Image

FPS = 10.0
Picture = Callable[[int], Image]


@cache
def noisy(seed: int, level: int = 110, spread: float = 3.0) -> Image:
    """A street at rest as a living sensor sees it."""
    scene = np.random.default_rng(0).normal(level, 25, (48, 64, 3))
    noise = np.random.default_rng(seed + 1).normal(0, spread, scene.shape)
    return np.clip(scene + noise, 0, 255).astype(np.uint8)


def recoded(number: int) -> Image:
    """One picture that an encoder refines with every tenth frame: small changes, no new content."""
    return np.clip(noisy(0).astype(np.int16) + recode_noise(number // 30), 0, 255).astype(np.uint8)


def recode_noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-2, 3, (48, 64, 1))


def watch(
    picture: Picture, seconds: float, *, fps: float = FPS, start: float = 1000.0, sampled: int = 1
) -> CoverageLog:
    log = CoverageLog(1 / fps)
    for number in range(round(seconds * fps)):
        note(log, start + number / fps, picture(number), number % sampled == 0)
    log.close()
    return log


def note(log: CoverageLog, time: float, image: Image, delivered: bool = True) -> None:
    log.add(time, delivered=delivered, image=image if delivered and log.wants_look(time) else None)


def told(log: CoverageLog) -> dict[Unseen, float]:
    found: dict[Unseen, float] = {}
    for one in log.unobserved():
        found[one.reason] = found.get(one.reason, 0.0) + one.duration_s
    return found


def test_a_quiet_street_is_watched() -> None:
    log = watch(noisy, 60)
    assert log.intervals() == (Interval(1000.0, pytest.approx(1060.0)),)
    assert log.unobserved() == ()


@pytest.mark.parametrize(
    "picture", [lambda number: noisy(0), recoded], ids=["identical", "refined by the encoder"]
)
def test_a_frozen_picture_is_not_watched(picture: Picture) -> None:
    log = watch(picture, 60)
    assert log.intervals() == ()
    assert log.unobserved() == (ReasonedInterval(1000.0, pytest.approx(1060.0), Unseen.FROZEN),)


def test_only_the_frozen_part_is_left_out() -> None:
    log = watch(lambda number: noisy(number if number < 300 else 300), 60)
    ((start, end),) = [(i.start, i.end) for i in log.intervals()]
    assert (start, end) == (1000.0, pytest.approx(1030.0, abs=1.01))
    assert told(log) == {Unseen.FROZEN: pytest.approx(30.0, abs=1.01)}


def test_a_picture_that_stands_for_some_seconds_is_not_frozen() -> None:
    log = watch(lambda number: noisy(number // 100), 60)
    assert log.unobserved() == ()


def test_black_is_not_watched() -> None:
    log = watch(lambda number: noisy(number, 0, 1.0) // 40, 30)
    assert told(log) == {Unseen.BLACK: pytest.approx(30.0)}


def test_a_night_with_one_lamp_is_watched() -> None:
    def night(number: int) -> Image:
        image = noisy(number, 0, 6.0) // 8
        image[10:16, 20:26] = 200
        return image

    assert watch(night, 30).unobserved() == ()


@pytest.mark.parametrize(
    ("fps", "watched"), [(1, False), (2, False), (3, False), (3.5, True), (4, True), (6, True)]
)
def test_too_few_frames_are_no_watch(fps: float, watched: bool) -> None:
    log = watch(noisy, 60, fps=fps)
    seconds = sum(interval.duration_s for interval in log.intervals())
    assert seconds == pytest.approx(60.0 if watched else 0.0, abs=0.6)
    assert (fps >= LEAST_FPS) == watched


def test_it_is_the_frames_looked_at_that_count() -> None:
    log = watch(noisy, 60, sampled=5)
    assert told(log) == {Unseen.LOW_FRAME_RATE: pytest.approx(60.0, abs=0.6)}
    assert unseen_sentences(log.unobserved())[0].endswith(
        "fewer than 3.5 frames a second were looked at, too few to count"
    )


def test_a_pause_and_what_cannot_be_decoded_are_told_apart() -> None:
    log = CoverageLog(0.1)
    for number in range(200):
        log.add(
            number / 10 + (60 if number >= 50 else 0) + (60 if number >= 120 else 0), damaged=number == 120
        )
    log.close()
    assert [(i.reason, round(i.duration_s)) for i in log.unobserved()] == [
        (Unseen.NO_FOOTAGE, 60),
        (Unseen.UNREADABLE, 60),
    ]


MODES = st.lists(
    st.tuples(st.sampled_from(["live", "frozen", "black", "slow", "pause"]), st.integers(1, 40)), max_size=5
)


def footage(modes: list[tuple[str, int]]) -> list[tuple[float, Image]]:
    frames, time = [], 5000.3
    for mode, seconds in modes:
        if mode == "pause":
            time += seconds
            continue
        for number in range(seconds * 5):
            if mode != "slow" or number % 5 == 0:
                black = np.zeros((48, 64, 3), np.uint8)
                image = {"frozen": noisy(0), "black": black}.get(mode, noisy(round(time * 5) % 97))
                frames.append((time, image))
            time += 0.2
    return frames


@settings(max_examples=40, deadline=None)
@given(MODES, st.data())
def test_a_restart_judges_as_if_nothing_had_happened(
    modes: list[tuple[str, int]], data: st.DataObject
) -> None:
    frames = footage(modes)
    if not frames:
        return
    whole, first = CoverageLog(0.2), CoverageLog(0.2)
    cut = data.draw(st.integers(1, len(frames)), label="cut")
    for number, (time, image) in enumerate(frames):
        note(whole, time, image)
        if number < cut:
            note(first, time, image)
    whole.close()
    second = CoverageLog(0.2)
    for time, image in frames[:cut]:
        if time >= frames[cut - 1][0] - LOOK_BACK_S:
            note(second, time, image)
    second.resume()
    for time, image in frames[cut:]:
        note(second, time, image)
    second.close()
    moments = [time for time, _ in frames]
    seen_twice = [*clipped(first.intervals(), frames[cut - 1][0]), *second.intervals()]
    assert [inside(m, seen_twice) for m in moments] == [inside(m, whole.intervals()) for m in moments]


def clipped(intervals: tuple[Interval, ...], until: float) -> list[Interval]:
    return [Interval(i.start, min(i.end, until)) for i in intervals if i.start < until]


def inside(moment: float, intervals: list[Interval] | tuple[Interval, ...]) -> bool:
    return any(i.start <= moment < i.end for i in intervals)


@settings(max_examples=40, deadline=None)
@given(MODES)
def test_no_moment_is_both_watched_and_not(modes: list[tuple[str, int]]) -> None:
    log = CoverageLog(0.2)
    frames = footage(modes)
    claims: list[Interval] = []
    for time, image in frames:
        note(log, time, image)
        claims.extend(clipped(log.intervals(), time))
    log.close()
    faults = log.unobserved()
    for one in (*log.intervals(), *claims):
        assert not any(one.start < fault.end and fault.start < one.end for fault in faults), (one, faults)
