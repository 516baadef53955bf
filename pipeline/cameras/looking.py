"""The detector at the frames of one camera: at the whole of them, or at the parts that are worth it."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from pipeline.telemetry import Stage, StageClock
from tracking.detectors.base import Detector, PartDetector, SingleDetector
from tracking.processor import cores
from tracking.values import Detections, Frame

LOOKS_AT_ONCE = 2
"""Frames of one camera that are looked at side by side: two looks with a core each are done sooner than one
after the other with two, and each look more takes the memory of one."""


@cache
def _turns() -> threading.BoundedSemaphore:
    """No more looks of a process at once than there are cores: more would only take turns, and memory."""
    return threading.BoundedSemaphore(cores())


@dataclass(frozen=True, slots=True)
class Looked:
    """Frames of one camera whose looks have begun.

    Attributes:
        frames: In order.
        begun: Their looks, each at one or more of them; together at all, in order.
    """

    frames: tuple[Frame, ...]
    begun: tuple[Future[tuple[Detections, ...]], ...]

    def result(self) -> tuple[Detections, ...]:
        """Wait for what was found in each frame.

        Raises:
            Exception: Whatever the detector raised.
        """
        return tuple(found for one in self.begun for found in one.result())


class Foresight(Protocol):
    """Knows what a detector finds in some frames before they come."""

    def one(self, frame: Frame) -> Detections | None:
        """What is found in a frame where it says; None where that is not known."""
        ...

    def together(self, frames: Sequence[Frame]) -> tuple[Detections, ...] | None:
        """What is found in the frames of one chunk, all of them and no others looked at together."""
        ...

    def give_up(self) -> None:
        """Nobody waits for an answer any more."""
        ...


class Looks:
    """Looks at consecutive frames of one camera.

    A detector that looks at one frame at a time begins as soon as a frame is there, in threads beside the
    one that decodes, and is not waited for; any other gets all of them together. What is found depends on
    neither.

    Args:
        detector: Looks.
        clock: Where the time goes.
        foresight: Knows some looks already, which are not made again; None for none.
    """

    def __init__(self, detector: Detector, clock: StageClock, foresight: Foresight | None = None) -> None:
        self._detector = detector
        self._clock = clock
        self._foresight = foresight
        self._turns = _turns()
        self._single = isinstance(detector, SingleDetector) and detector.looks_singly
        self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="look")
        self._frames: list[Frame] = []
        self._begun: list[Future[tuple[Detections, ...]]] = []
        self._under_way: set[Future[tuple[Detections, ...]]] = set()

    @property
    def frames(self) -> Sequence[Frame]:
        """Those that were given since the last `take`."""
        return self._frames

    def add(self, frame: Frame) -> None:
        """Take in the next frame; waits while one waits already, so that few pictures are held."""
        known = self._foresight.one(frame) if self._foresight and self._single else None
        if known is not None:
            self._begun.append(_done((known,)))
        elif self._single:
            # One waits beside those that are looked at, lest a core that is done with one wait for a decoder.
            while len(self._under_way) > LOOKS_AT_ONCE:
                self._under_way = wait(self._under_way, return_when=FIRST_COMPLETED).not_done
            begun = self._pool.submit(self._look, (frame,))
            self._begun.append(begun)
            self._under_way.add(begun)
        self._frames.append(frame)

    def take(self) -> Looked:
        """The frames given so far; those that follow are others'.

        Raises:
            Exception: Whatever a detector raised that gets all frames together.
        """
        looked = Looked(tuple(self._frames), tuple(self._begun) if self._single else (self._all(),))
        self._frames, self._begun = [], []
        return looked

    def close(self, give_up: bool) -> None:
        """No frame comes any more.

        Args:
            give_up: Nobody wants to know of those that wait, either.
        """
        self._pool.shutdown(wait=False, cancel_futures=give_up)

    def _all(self) -> Future[tuple[Detections, ...]]:
        known = self._foresight.together(self._frames) if self._foresight else None
        return _done(self._look(self._frames) if known is None else known)

    def _look(self, frames: Sequence[Frame]) -> tuple[Detections, ...]:
        with self._turns, self._clock.measure(Stage.DETECT):
            return look_at(self._detector, frames)


def _done(found: tuple[Detections, ...]) -> Future[tuple[Detections, ...]]:
    future: Future[tuple[Detections, ...]] = Future()
    future.set_result(found)
    return future


def in_chunks(frames: Iterable[Frame], looks: Looks, most: int) -> Iterator[Looked]:
    """Look at frames in chunks that are cut by position in the file, not by count.

    So a restart, or whoever looks at a part of the footage, sees the same ones. The looks of one chunk go on
    while the next is decoded; whoever takes it waits for them.

    Args:
        frames: Of one camera, in order.
        looks: Takes them.
        most: Frames of one chunk, at most.
    """
    for frame in frames:
        last = looks.frames[-1] if looks.frames else frame
        if (last.source, last.index // most) != (frame.source, frame.index // most):
            yield looks.take()
        looks.add(frame)
    if looks.frames:
        yield looks.take()


def look_at(detector: Detector, frames: Sequence[Frame]) -> tuple[Detections, ...]:
    """Find objects in consecutive frames of one camera, each where it says."""
    if not isinstance(detector, PartDetector):
        return tuple(detector.detect([frame.image for frame in frames]))
    whole = [frame.image for frame in frames if not frame.parts]
    found = iter(detector.detect(whole) if whole else ())
    return tuple(
        detector.detect_parts(frame.image, frame.parts) if frame.parts else next(found) for frame in frames
    )
