"""Seconds per stage, from any number of threads."""

import threading
import time

import pytest

from pipeline.telemetry import Stage, StageClock, clock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time on the wall, to be set by hand."""
    hands = [100.0]
    monkeypatch.setattr(clock.time, "perf_counter", lambda: hands[0])
    return hands


def test_a_stage_is_given_the_seconds_of_its_blocks(now: list[float]) -> None:
    measured = StageClock()
    for seconds in (1.5, 2.0):
        with measured.measure(Stage.TRACK):
            now[0] += seconds
        now[0] += 10.0
    assert measured.seconds == dict.fromkeys(Stage, 0.0) | {Stage.TRACK: 3.5}
    assert measured.wall_s == 23.5


def test_a_block_that_fails_is_counted_too(now: list[float]) -> None:
    measured = StageClock()

    def fail() -> None:
        with measured.measure(Stage.STORE):
            now[0] += 4.0
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert measured.seconds[Stage.STORE] == 4.0


def test_stages_are_told_in_the_order_in_which_a_frame_meets_them() -> None:
    order = ["decode", "detect", "track", "anonymise", "embed", "match", "store"]
    assert [stage.value for stage in StageClock().seconds] == order


def test_what_was_handed_out_does_not_change_any_more() -> None:
    measured = StageClock()
    before = measured.seconds
    measured.add(Stage.MATCH, 1.0)
    before[Stage.DETECT] = 9.0
    assert (before[Stage.MATCH], measured.seconds[Stage.DETECT]) == (0.0, 0.0)


class SlowNumber(float):
    """Lets other threads go on in the middle of an addition."""

    def __radd__(self, other: float) -> float:
        time.sleep(0.001)
        return other + float(self)


def test_no_second_is_lost_between_threads() -> None:
    measured, barrier = StageClock(), threading.Barrier(4)

    def work() -> None:
        barrier.wait(timeout=30)
        for _ in range(20):
            measured.add(Stage.DECODE, SlowNumber(1.0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert measured.seconds[Stage.DECODE] == 80.0
