"""Looks beside each other: what is found, and in which order, is as if they came one by one."""

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.cameras.looking import LOOKS_AT_ONCE, Looks
from pipeline.telemetry import Stage, StageClock
from tests.pipeline.fakes import frame
from tracking.arrays import Image
from tracking.processor import cores
from tracking.values import Detections

PATIENCE_S = 30.0
FRAMES = [frame(number) for number in range(6)]
two_cores = pytest.mark.skipif(cores() < 2, reason="one core looks at one frame at a time")


def box_of(number: int) -> Detections:
    """One box, as wide as the number of the frame tells."""
    corners = np.array([[0, 0, 10 + number, 40]], np.float32)
    return Detections(corners, np.ones(1, np.float32), np.zeros(1, np.int64))


class SlowFirst:
    """Looks singly; the earlier of two frames takes the longer. Notes how many looks go on at once."""

    name = "slow first"
    stateful = False
    looks_singly = True

    def __init__(self, singly: bool = True) -> None:
        self.looks_singly = singly
        self.batches: list[int] = []
        self.most_at_once = 0
        self._under_way = 0
        self._lock = threading.Lock()

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        numbers = [next(one.index for one in FRAMES if one.image is image) for image in images]
        with self._lock:
            self.batches.append(len(images))
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        time.sleep(0.03 if numbers[0] % 2 == 0 else 0.0)
        with self._lock:
            self._under_way -= 1
        return [box_of(number) for number in numbers]


def looked(detector: SlowFirst, clock: StageClock | None = None) -> tuple[Detections, ...]:
    looks = Looks(detector, clock or StageClock())
    for one in FRAMES:
        looks.add(one)
    taken = looks.take()
    assert list(taken.frames) == FRAMES
    assert not looks.frames
    found = taken.result()
    looks.close(give_up=False)
    return found


def test_the_answers_are_in_the_order_of_the_frames_whoever_is_done_first() -> None:
    for number, found in enumerate(looked(SlowFirst())):
        np.testing.assert_array_equal(found.xyxy, box_of(number).xyxy, f"frame {number}")


@two_cores
def test_two_frames_of_a_camera_are_looked_at_side_by_side_and_no_more() -> None:
    detector = SlowFirst()
    looked(detector)
    assert detector.batches == [1] * len(FRAMES)
    assert detector.most_at_once == LOOKS_AT_ONCE


def test_a_detector_that_wants_batches_gets_all_frames_together() -> None:
    detector = SlowFirst(singly=False)
    assert len(looked(detector)) == len(FRAMES)
    assert detector.batches == [len(FRAMES)]


@two_cores
def test_looking_begins_before_the_last_frame_is_there() -> None:
    begun = threading.Event()

    class Telling(SlowFirst):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            begun.set()
            return super().detect(images)

    looks = Looks(Telling(), StageClock())
    looks.add(FRAMES[0])
    assert begun.wait(PATIENCE_S)
    looks.take().result()
    looks.close(give_up=False)


@two_cores
def test_a_look_that_takes_long_holds_up_neither_the_other_core_nor_the_next_chunk() -> None:
    release = threading.Event()

    class Stuck(SlowFirst):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            if images[0] is FRAMES[0].image:
                assert release.wait(PATIENCE_S)
            return super().detect(images)

    detector = Stuck()
    looks = Looks(detector, StageClock())
    looks.add(FRAMES[0])
    first = looks.take()
    for one in FRAMES[1:4]:
        looks.add(one)
    second = looks.take()
    assert [found.xyxy[0, 2] for found in second.result()] == [11, 12, 13]
    assert not first.begun[0].done()
    release.set()
    assert [found.xyxy[0, 2] for found in first.result()] == [10]
    looks.close(give_up=False)


@two_cores
def test_few_pictures_wait_to_be_looked_at() -> None:
    release, given = threading.Event(), threading.Semaphore(0)

    class Stuck(SlowFirst):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            assert release.wait(PATIENCE_S)
            return super().detect(images)

    looks = Looks(Stuck(), StageClock())

    def give() -> None:
        for one in FRAMES:
            looks.add(one)
            given.release()

    thread = threading.Thread(target=give)
    thread.start()
    for _ in range(LOOKS_AT_ONCE + 1):
        assert given.acquire(timeout=PATIENCE_S)
    assert not given.acquire(timeout=0.2), "two are looked at, one waits, and a fourth is not taken"
    release.set()
    thread.join(PATIENCE_S)
    assert len(looks.take().result()) == len(FRAMES)
    looks.close(give_up=False)


def test_what_nobody_wants_to_know_is_not_looked_at() -> None:
    release = threading.Event()

    class Stuck(SlowFirst):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            assert release.wait(PATIENCE_S)
            return super().detect(images)

    looks = Looks(Stuck(), StageClock())
    for one in FRAMES[: LOOKS_AT_ONCE + 1]:
        looks.add(one)
    taken = looks.take()
    looks.close(give_up=True)
    release.set()
    assert taken.begun[-1].cancelled()


def test_an_error_of_one_look_is_told() -> None:
    class Broken(SlowFirst):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            raise ValueError("out of memory")

    with pytest.raises(ValueError, match="out of memory"):
        looked(Broken())


def test_the_time_of_every_look_counts() -> None:
    clock = StageClock()
    looked(SlowFirst(), clock)
    assert clock.seconds[Stage.DETECT] >= 3 * 0.03
