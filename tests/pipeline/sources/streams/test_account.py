"""What is told of a live camera: every second once, seen or with a reason."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources import Interval, ReasonedInterval, Unseen
from pipeline.sources.streams.account import LiveAccount
from pipeline.sources.streams.backlog import Backlog
from tracking.values import Frame

PERIOD_S = 0.1
PICTURE = np.zeros((4, 4, 3), np.uint8)
REASONS = (Unseen.UNREACHABLE, Unseen.STALLED, Unseen.CONNECTION_LOST, Unseen.NOT_ADMITTED)


def watch(account: LiveAccount, begin: float, seconds: float) -> float:
    """Show a camera for a while; the time of its last picture."""
    account.begin(begin, PERIOD_S)
    times = [begin + n * PERIOD_S for n in range(max(round(seconds / PERIOD_S), 1))]
    for time in times:
        account.see(time, delivered=True)
    return times[-1]


@given(st.lists(st.tuples(st.floats(0.2, 30), st.floats(0.2, 30), st.sampled_from(REASONS)), max_size=6))
def test_every_second_is_seen_or_has_a_reason(turns: list[tuple[float, float, Unseen]]) -> None:
    account, now, last = LiveAccount(0.0, Unseen.UNREACHABLE), 0.0, 0.0
    observed: list[Interval] = []
    missed: dict[float, ReasonedInterval] = {}
    for dark_s, light_s, reason in turns:
        found = account.take(last, now + dark_s / 2)
        missed |= {one.start: one for one in found.unobserved}
        now += dark_s
        last = watch(account, now, light_s)
        now = last + PERIOD_S
        account.lose(reason)
        found = account.take(last + PERIOD_S, now)
        observed += found.observed
        missed |= {one.start: one for one in found.unobserved}
    spans = sorted(
        [*((one.start, one.end) for one in {*observed}), *((o.start, o.end) for o in missed.values())]
    )
    reached = 0.0
    for start, end in spans:
        assert abs(start - reached) < 1e-6, (spans, reached)
        reached = end
    assert abs(reached - now) < 1e-6


@given(st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_pictures_that_nobody_looked_at_in_the_end_have_a_reason(looked: int, more: int, lost: bool) -> None:
    account, whole = LiveAccount(0.0, Unseen.UNREACHABLE), (looked + more) * PERIOD_S
    account.begin(0.0, PERIOD_S)
    for n in range(looked + more):
        account.see(n * PERIOD_S, delivered=True)
    if lost:
        account.lose(Unseen.CONNECTION_LOST)
    else:
        account.lose(Unseen.NOT_RUNNING)
    told = account.take(looked * PERIOD_S, whole + 1.0, final=True)
    again = account.take(looked * PERIOD_S, whole + 2.0, final=True)
    spans = sorted([*((one.start, one.end) for one in (*told.observed, *told.unobserved))])
    assert sum(one.duration_s for one in told.observed) == pytest.approx(looked * PERIOD_S)
    assert all(end == pytest.approx(start) for (_, end), (start, _) in pairwise(spans)), spans
    assert (spans[0][0], spans[-1][1]) == (0.0, whole + 1.0)
    assert not again.observed
    assert len(again.unobserved) == 1, "told once, but for what still grows"


def test_a_reason_that_changes_holds_from_then_on() -> None:
    account = LiveAccount(0.0, Unseen.UNREACHABLE)
    account.take(0.0, 10.0)
    account.lose(Unseen.NOT_ADMITTED)
    told = account.take(0.0, 15.0).unobserved
    assert set(told) == {
        ReasonedInterval(0.0, 10.0, Unseen.UNREACHABLE),
        ReasonedInterval(10.0, 15.0, Unseen.NOT_ADMITTED),
    }


def test_too_few_looks_are_told_as_dropped_where_frames_were() -> None:
    account = LiveAccount(0.0, Unseen.UNREACHABLE)
    account.begin(0.0, PERIOD_S)
    for n in range(300):
        account.see(n * PERIOD_S, delivered=n % 10 == 0)
        if n == 120:
            account.drop(n * PERIOD_S)
    account.lose(Unseen.CONNECTION_LOST)
    reasons = {one.reason for one in account.take(30.0, 30.0).unobserved}
    assert reasons == {Unseen.DROPPED}


def test_a_pause_within_a_connection_is_a_stall() -> None:
    account = LiveAccount(0.0, Unseen.UNREACHABLE)
    account.begin(0.0, PERIOD_S)
    for time in (0.0, 0.1, 0.2, 8.0, 8.1):
        account.see(time, delivered=True)
    account.lose(Unseen.CONNECTION_LOST)
    stalls = [one for one in account.take(9.0, 8.2).unobserved if one.reason is Unseen.STALLED]
    assert [(round(one.start, 3), one.end) for one in stalls] == [(0.3, 8.0)]


def test_a_camera_that_is_seen_for_days_is_told_in_the_same_memory() -> None:
    account, handed_out = LiveAccount(0.0, Unseen.UNREACHABLE), 0.0
    account.begin(0.0, 0.25)
    for n in range(4 * 3600 * 3):
        account.see(n * 0.25, delivered=True)
        if n % 1000 == 999:
            found = account.take(n * 0.25, n * 0.25)
            assert len(found.observed) <= 2
            handed_out = max(one.end for one in found.observed)
    assert handed_out > 2.9 * 3600


def test_a_backlog_that_is_closed_gives_what_it_has_and_takes_nothing() -> None:
    backlog = Backlog()
    assert backlog.offer(frame_at(0.0))
    waiting = threading.Thread(target=backlog.offer, args=(frame_at(9.0), 60.0))
    waiting.start()
    backlog.close()
    waiting.join(10.0)
    assert not waiting.is_alive(), "who waits for room waits in vain"
    assert backlog.is_closed
    assert not backlog.offer(frame_at(0.1))
    assert backlog.take(0.0) is not None
    assert backlog.take(0.0) is None


def frame_at(time: float) -> Frame:
    return Frame("A", "live", round(time * 25), time, PICTURE)


def test_the_newest_frame_is_not_taken_where_the_oldest_waits_for_long() -> None:
    backlog = Backlog()
    assert [backlog.offer(frame_at(time)) for time in (0.0, 0.16, 0.29, 0.45)] == [True, True, True, False]
    taken = backlog.take(0.0)
    assert taken is not None
    assert taken.time == 0.0
    assert backlog.offer(frame_at(0.45))
    assert backlog.lag_s < 0.35
