"""Coverage: what was seen, in stretches."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.coverage import CoverageLog
from pipeline.sources.report import Interval, clip_intervals, count, join_intervals

INTERVALS = st.lists(
    st.builds(lambda start, length: Interval(start, start + length), st.floats(0, 1000), st.floats(0, 50)),
    max_size=12,
)


def coverage(times: list[float], period_s: float = 0.04) -> tuple[Interval, ...]:
    log = CoverageLog(period_s)
    for time in times:
        log.add(time)
    log.close()
    return log.intervals()


def test_a_steady_stream_is_one_stretch_that_includes_its_last_frame() -> None:
    assert coverage([10.0, 10.04, 10.08]) == (Interval(10.0, pytest.approx(10.12)),)


def test_an_outage_leaves_a_hole() -> None:
    seen = coverage([n / 5 + 30 * (n >= 10) for n in range(20)], period_s=0.2)
    assert seen == (Interval(0.0, pytest.approx(2.0)), Interval(32.0, pytest.approx(34.0)))


def test_a_camera_that_stops_now_and_then_for_a_moment_has_no_holes() -> None:
    assert coverage([n / 5 + 1.5 * (n >= 10) for n in range(20)], 0.2) == (Interval(0.0, pytest.approx(5.5)),)


def test_nothing_seen_is_no_stretch() -> None:
    assert coverage([]) == ()


@given(INTERVALS)
def test_joined_stretches_are_apart_and_in_order(intervals: list[Interval]) -> None:
    joined = join_intervals(intervals)
    assert all(a.end < b.start for a, b in pairwise(joined)), joined
    for interval in intervals:
        assert any(j.start <= interval.start and interval.end <= j.end for j in joined), (interval, joined)


@given(INTERVALS, st.floats(0, 1100))
def test_a_checkpoint_claims_nothing_behind_it(intervals: list[Interval], until: float) -> None:
    clipped = clip_intervals(intervals, until)
    assert all(interval.end <= until for interval in clipped)
    before = sum(min(i.end, until) - i.start for i in intervals if i.start < until)
    assert sum(i.duration_s for i in clipped) == pytest.approx(before)


@pytest.mark.parametrize(("number", "words"), [(0, "0 frames"), (1, "1 frame"), (2, "2 frames")])
def test_numbers_are_spoken(number: int, words: str) -> None:
    assert count(number, "frame") == words
