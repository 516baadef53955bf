"""Thinning by time stamps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.attention.sampling import FrameSampler


def kept(times: list[float], max_fps: float | None) -> list[float]:
    sampler = FrameSampler(max_fps)
    return [time for time in times if sampler.admits(time)]


@pytest.mark.parametrize(
    ("fps", "max_fps", "expected"),
    [
        (25, None, 250),
        (25, 25, 250),
        (25, 30, 250),
        (30, 10, 100),
        (25, 10, 100),
        (20, 10, 100),
        (25, 12.5, 125),
    ],
)
def test_ten_seconds_keep_as_many_frames_as_asked_for(
    fps: float, max_fps: float | None, expected: int
) -> None:
    times = [round(n / fps, 3) for n in range(round(10 * fps))]
    assert len(kept(times, max_fps)) == expected


def test_half_the_rate_takes_every_second_frame() -> None:
    assert kept([n / 20 for n in range(8)], 10) == pytest.approx([0.0, 0.1, 0.2, 0.3])


@given(st.lists(st.floats(0.001, 3), min_size=1, max_size=100), st.floats(0.5, 60))
def test_never_more_than_asked_for_whatever_the_rhythm(gaps: list[float], max_fps: float) -> None:
    times = [sum(gaps[:n]) for n in range(len(gaps))]
    few = kept(times, max_fps)
    assert len(few) <= (few[-1] - few[0]) * max_fps + 2, (len(few), few[-1] - few[0])
    assert all(a < b for a, b in pairwise(few))
    assert few[0] == times[0]
