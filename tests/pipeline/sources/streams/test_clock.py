"""The times of a stream, whatever its stamps and its network do."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.streams import Timing
from pipeline.sources.streams.clock import StreamClock

NOON = 1_700_000_000.0
FPS = 10


def placed(
    stamps: list[float | None], delays: list[float] | None = None, clock: StreamClock | None = None
) -> list[float | None]:
    """Times of pictures that were taken every tenth of a second and came so many seconds later."""
    clock = clock or StreamClock()
    arrivals = [NOON + n / FPS + (delays[n] if delays else 0.0) for n in range(len(stamps))]
    clock.begin([(stamps[0], arrivals[0])])
    return [clock.place(stamp, arrival) for stamp, arrival in zip(stamps, arrivals, strict=True)]


@given(st.floats(-1e6, 1e6), st.lists(st.floats(0, 0.2), min_size=30, max_size=60))
def test_the_network_does_not_shake_times(first: float, delays: list[float]) -> None:
    times = placed([first + n / FPS for n in range(len(delays))], delays)
    for n, time in enumerate(times):
        assert time == pytest.approx(NOON + n / FPS, abs=0.25)
    steps = [b - a for a, b in pairwise(times)]  # type: ignore[operator]
    assert steps == pytest.approx([1 / FPS] * len(steps), abs=1e-4)


def test_what_lay_ready_is_older_than_it_came() -> None:
    clock = StreamClock()
    clock.begin([*((n / FPS, NOON) for n in range(20)), (2.0, NOON + 0.1)])
    assert clock.place(0.0, NOON) == pytest.approx(NOON - 1.9)
    assert clock.place(1.9, NOON) == pytest.approx(NOON)
    assert clock.steps == 0


@given(st.integers(1, 60), st.floats(3, 1e9) | st.floats(-1e9, -0.001))
def test_a_jump_of_stamps_is_no_jump_in_time(at: int, jump: float) -> None:
    clock = StreamClock()
    times = placed([n / FPS + (jump if n >= at else 0.0) for n in range(80)], clock=clock)
    assert clock.steps == (0 if -0.1 < jump < 0 else 1)
    for n, time in enumerate(times):
        assert time == pytest.approx(NOON + n / FPS, abs=0.25)


def test_stamps_that_jump_again_and_again_are_not_believed() -> None:
    clock = StreamClock()
    times = placed([float(n % 7) * 1000 for n in range(100)], clock=clock)
    assert clock.timing is Timing.ARRIVAL
    assert times[-1] == pytest.approx(NOON + 9.9)


@pytest.mark.parametrize("pace", [0.0, 0.3, 0.5, 2.0, 10.0])
def test_stamps_that_do_not_advance_like_a_clock_are_not_believed(pace: float) -> None:
    clock = StreamClock()
    times = placed([pace * n / FPS for n in range(600)], clock=clock)
    assert clock.timing is Timing.ARRIVAL
    assert all(abs(time - NOON - n / FPS) < 6 for n, time in enumerate(times) if time is not None)
    assert times[-1] == pytest.approx(NOON + 59.9)


@pytest.mark.parametrize("drift", [0.99, 1.01])
def test_a_clock_that_drifts_stays_near(drift: float) -> None:
    times = placed([drift * n / FPS for n in range(6000)])
    assert all(time == pytest.approx(NOON + n / FPS, abs=0.6) for n, time in enumerate(times))


def test_a_sender_says_which_moment_a_stamp_stands_for() -> None:
    clock = StreamClock(clock_offset_s=1.0)
    clock.begin([(100.0, NOON)])
    clock.told(100.0, NOON - 1.4, NOON)
    assert clock.place(100.0, NOON) == pytest.approx(NOON - 0.4)
    assert clock.timing is Timing.SENDER


@pytest.mark.parametrize("wrong_s", [-3600.0, 6.0, -NOON])
def test_a_sender_with_a_wrong_clock_is_not_believed(wrong_s: float) -> None:
    clock = StreamClock()
    clock.begin([(0.0, NOON)])
    clock.told(0.0, NOON + wrong_s, NOON)
    assert clock.place(0.0, NOON) == pytest.approx(NOON)
    assert clock.timing is Timing.STAMPS
    assert clock.sender_wrong_s == pytest.approx(wrong_s)


def test_pictures_without_stamps_have_the_time_of_their_arrival() -> None:
    single = placed([0.0, None, 0.2])
    assert single[1] is None
    clock = StreamClock(stamped=False)
    times = [clock.place(None, NOON), clock.place(None, NOON), clock.place(None, NOON + 0.1)]
    assert times == sorted(set(times))  # type: ignore[type-var]
    assert clock.error_s > StreamClock().error_s / 2
