"""Time stamps become strictly increasing seconds."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.timeline import Timeline

MS = Fraction(1, 1000)
STAMPS = st.lists(st.none() | st.integers(-(10**7), 10**7), max_size=60)


def place(stamps: list[int | None], first: int | None = 0, period_s: float = 0.04) -> list[float | None]:
    timeline = Timeline(first, MS, period_s)
    return [timeline.place(stamp) for stamp in stamps]


@given(STAMPS, st.none() | st.integers(-1000, 1000), st.floats(0.001, 10))
def test_whatever_the_stamps_time_increases(
    stamps: list[int | None], first: int | None, period: float
) -> None:
    times = [time for time in place(stamps, first, period) if time is not None]
    assert all(a < b for a, b in pairwise(times)), times


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=60), st.integers(-(10**9), 10**9))
def test_increasing_stamps_are_taken_as_they_are(gaps: list[int], first: int) -> None:
    stamps = [first + sum(gaps[:n]) for n in range(len(gaps))]
    times = place(list(stamps), first)
    assert times == [pytest.approx((stamp - first) / 1000, abs=1e-9) for stamp in stamps]


def test_the_beginning_counts_even_if_it_cannot_be_decoded() -> None:
    assert place([1200, 1240], first=1000) == pytest.approx([0.2, 0.24])


def test_a_single_frame_out_of_order_is_refused() -> None:
    assert place([0, 40, 20, 40, 80]) == [0.0, 0.04, None, None, 0.08]


def test_a_clock_that_is_reset_continues_directly_behind() -> None:
    before, after = list(range(0, 400, 40)), list(range(0, 800, 40))
    timeline = Timeline(0, MS, 0.04)
    times = [timeline.place(stamp) for stamp in (*before, *after)]
    kept = [time for time in times if time is not None]
    assert timeline.resets == 1
    assert times.count(None) == 9, times
    assert kept[-1] == pytest.approx(0.36 + 0.04 + 0.76), kept


def test_without_stamps_the_frame_rate_is_the_clock() -> None:
    timeline = Timeline(None, MS, 0.04)
    assert [timeline.place(None) for _ in range(3)] == pytest.approx([0.0, 0.04, 0.08])
    assert timeline.unstamped == 3


def test_one_frame_without_a_stamp_comes_one_period_behind() -> None:
    assert place([0, None, 100]) == pytest.approx([0.0, 0.04, 0.1])
