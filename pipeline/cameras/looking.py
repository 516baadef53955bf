"""The detector at the frames of one camera: at the whole of them, or at the parts that are worth it."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

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


@cache
def _lookers() -> ThreadPoolExecutor:
    """Look for all cameras."""
    return ThreadPoolExecutor(cores(), thread_name_prefix="look")


class Looks:
    """Looks at consecutive frames of one camera.

    A detector that looks at one frame at a time begins as soon as a frame is there, in threads beside the
    one that decodes; any other gets all of them together. What is found depends on neither.

    Args:
        detector: Looks.
        clock: Where the time goes.
    """

    def __init__(self, detector: Detector, clock: StageClock) -> None:
        self._detector = detector
        self._clock = clock
        self._turns = _turns()
        self._single = isinstance(detector, SingleDetector) and detector.looks_singly
        self._frames: list[Frame] = []
        self._begun: list[Future[tuple[Detections, ...]]] = []

    @property
    def frames(self) -> Sequence[Frame]:
        """Those that were given since the last `finish`."""
        return self._frames

    def add(self, frame: Frame) -> None:
        """Take in the next frame."""
        if self._single:
            # Room for the memory of so many looks, and no more.
            for earlier in self._begun[: len(self._begun) - LOOKS_AT_ONCE + 1]:
                earlier.exception()
            self._begun.append(_lookers().submit(self._look, (frame,)))
        self._frames.append(frame)

    def finish(self) -> tuple[tuple[Frame, ...], tuple[Detections, ...]]:
        """Wait for the looks at the frames given, and begin anew.

        Raises:
            Exception: Whatever the detector raised.
        """
        frames, begun = tuple(self._frames), self._begun
        self._frames, self._begun = [], []
        if not self._single:
            return frames, self._look(frames)
        return frames, tuple(found for one in begun for found in one.result())

    def give_up(self) -> None:
        """Nobody wants to know any more."""
        for one in self._begun:
            one.cancel()

    def _look(self, frames: Sequence[Frame]) -> tuple[Detections, ...]:
        with self._turns, self._clock.measure(Stage.DETECT):
            return look_at(self._detector, frames)


def look_at(detector: Detector, frames: Sequence[Frame]) -> tuple[Detections, ...]:
    """Find objects in consecutive frames of one camera, each where it says."""
    if not isinstance(detector, PartDetector):
        return tuple(detector.detect([frame.image for frame in frames]))
    whole = [frame.image for frame in frames if not frame.parts]
    found = iter(detector.detect(whole) if whole else ())
    return tuple(
        detector.detect_parts(frame.image, frame.parts) if frame.parts else next(found) for frame in frames
    )
