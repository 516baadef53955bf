"""Time stamps become strictly increasing seconds."""

from fractions import Fraction
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.timeline import LOOK_AHEAD, Timeline, longest_increase

MS = Fraction(1, 1000)
STAMPS = st.lists(st.none() | st.integers(-(10**7), 10**7), max_size=60)


def run(
    stamps: list[int | None], first: int | None = 0, period_s: float = 0.04, limit_s: float = inf
) -> tuple[Timeline, list[float | None]]:
    timeline = Timeline(first, MS, period_s, limit_s)
    times = []
    for number, stamp in enumerate(stamps):
        following = [s for s in stamps[number + 1 : number + 1 + LOOK_AHEAD] if s is not None]
        times.append(timeline.place(stamp, following))
    return timeline, times


def place(stamps: list[int | None], first: int | None = 0, period_s: float = 0.04) -> list[float | None]:
    return run(stamps, first, period_s)[1]


def at_rate(count: int, first_ms: int = 0) -> list[int | None]:
    """Stamps of a camera of 25 frames per second."""
    return [first_ms + 40 * n for n in range(count)]


@given(STAMPS, st.none() | st.integers(-1000, 1000), st.floats(0.001, 10))
def test_whatever_the_stamps_time_increases(
    stamps: list[int | None], first: int | None, period: float
) -> None:
    times = [time for time in place(stamps, first, period) if time is not None]
    assert all(a < b for a, b in pairwise(times)), times


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=60), st.integers(-(10**9), 10**9))
def test_increasing_stamps_are_taken_as_they_are(gaps: list[int], first: int) -> None:
    stamps = [first + sum(gaps[:n]) for n in range(len(gaps))]
    times = place(list(stamps), first)
    assert times == [pytest.approx((stamp - first) / 1000, abs=1e-9) for stamp in stamps]


def test_the_beginning_counts_even_if_it_cannot_be_decoded() -> None:
    assert place([1200, 1240], first=1000) == pytest.approx([0.2, 0.24])


def test_a_single_frame_out_of_order_is_refused() -> None:
    assert place([0, 40, 20, 40, 80]) == [0.0, 0.04, None, None, 0.08]


def test_a_clock_that_is_reset_continues_directly_behind() -> None:
    timeline, times = run([*at_rate(40), *at_rate(60)])
    assert times == [pytest.approx(0.04 * n) for n in range(100)]
    assert timeline.jumps == [pytest.approx(-1.56)]


STEPS_S = st.sampled_from([-9000, -3, -0.5, 0.3, 2.5, 7, 60, 3500, 9000, 1_700_000_000])


@given(st.integers(50, 150), st.data(), STEPS_S)
def test_wrong_stamps_cost_their_frames_and_nothing_else(
    count: int, data: st.DataObject, by_s: float
) -> None:
    stamps = at_rate(count)
    wrong = data.draw(st.sets(st.integers(1, count - 6), min_size=1, max_size=4), label="wrong")
    for number in wrong:
        stamps[number] = (stamps[number] or 0) + round(1000 * by_s)
    timeline, times = run(stamps)
    assert timeline.pauses == timeline.jumps == []
    assert times == [None if n in wrong else pytest.approx(0.04 * n) for n in range(count)]


@given(st.integers(1, 49), STEPS_S)
def test_one_wrong_stamp_costs_its_frame_wherever_it_is(at: int, by_s: float) -> None:
    stamps = at_rate(50)
    stamps[at] = 40 * at + round(1000 * by_s)
    _, times = run(stamps)
    # At the very end nothing contradicts a frame that is a moment late.
    believed = at == 49 and 0 < by_s < 2
    assert times == [
        None if n == at and not believed else pytest.approx((stamps[n] or 0) / 1000) for n in range(50)
    ]


@given(st.integers(2, 12), st.integers(20, 100), st.sampled_from([-9000, 9000, 1_700_000_000]))
def test_some_wrong_stamps_in_a_row_cost_no_more(many: int, at: int, by_s: int) -> None:
    stamps = at_rate(160)
    stamps[at : at + many] = at_rate(many, 40 * at + 1000 * by_s)
    times = place(stamps)
    assert times == [None if at <= n < at + many else pytest.approx(0.04 * n) for n in range(160)]


@pytest.mark.parametrize("step_s", [9000, 1_700_000_000, -20, 86400])
@pytest.mark.parametrize("at", [1, 2, 30, 75])
def test_a_clock_that_jumps_for_good_moves_nobody(step_s: int, at: int) -> None:
    stamps = [*at_rate(at), *at_rate(150 - at, 40 * at + 1000 * step_s)]
    placed = [time for time in place(stamps) if time is not None]
    # The first frame is the wrong one where it stands alone.
    assert placed == pytest.approx([0.04 * n for n in range(150 - len(placed), 150)])
    assert len(placed) >= 149


def test_a_pause_of_the_recorder_remains_one() -> None:
    timeline, times = run([*at_rate(50), *at_rate(50, 302_000)])
    assert times[49:51] == pytest.approx([1.96, 302.0])
    assert timeline.pauses == [pytest.approx(300.04)]


@given(st.integers(3, 3000))
def test_no_step_passes_the_beginning_of_the_next_file(step_s: int) -> None:
    stamps = [*at_rate(50), *at_rate(50, 2000 + 1000 * step_s)]
    timeline, times = run(stamps, limit_s=60.0)
    kept = [time for time in times if time is not None]
    assert max(kept) < 60.0
    assert bool(timeline.pauses) == (2 + step_s < 60), timeline.pauses
    assert len(kept) + timeline.beyond == 100


def test_a_first_stamp_of_nought_before_unix_time_is_the_wrong_one() -> None:
    times = place([0, *at_rate(50, 1_715_666_400_000)])
    assert times == [None, *(pytest.approx(0.04 * n, abs=1e-6) for n in range(1, 51))]


def test_without_stamps_the_frame_rate_is_the_clock() -> None:
    timeline = Timeline(None, MS, 0.04)
    assert [timeline.place(None) for _ in range(3)] == pytest.approx([0.0, 0.04, 0.08])
    assert timeline.unstamped == 3


def test_one_frame_without_a_stamp_comes_one_period_behind() -> None:
    assert place([0, None, 100]) == pytest.approx([0.0, 0.04, 0.1])


def test_a_frame_without_a_stamp_takes_nobody_elses_place() -> None:
    assert place([0, None, 40, 80, None, 100]) == pytest.approx([0.0, 0.02, 0.04, 0.08, 0.09, 0.1])


@given(st.lists(st.integers(0, 200), max_size=80))
def test_the_longest_increase_is_that_of_the_definition(numbers: list[int]) -> None:
    best: list[int] = []
    for place_, number in enumerate(numbers):
        best.append(
            1 + max((b for b, other in zip(best, numbers, strict=False) if other < number), default=0)
        )
        assert longest_increase(numbers[: place_ + 1]) == max(best)
