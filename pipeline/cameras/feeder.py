"""One decoding thread per camera, with a bounded queue towards the main loop."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.cameras.looking import Foresight, Looked, Looks, in_chunks
from pipeline.sources import FrameSource, SourcePosition
from pipeline.telemetry import Stage, StageClock
from tracking.arrays import Image
from tracking.detectors.base import Detector
from tracking.values import Detections, Frame

POLL_S = 0.2


class GivenUpError(Exception):
    """Somebody asked to stop while the next chunk was waited for."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive frames of one camera, cut at fixed places of the footage.

    Attributes:
        frames: At least one frame, in order.
        detections: What was found in each of them.
    """

    frames: tuple[Frame, ...]
    detections: tuple[Detections, ...]

    @property
    def passed(self) -> int:
        """Frames of the footage that are worked off with it."""
        return sum(frame.passed for frame in self.frames)


class Feeder:
    """Decodes one camera in a thread of its own and has its frames looked at, at most a few chunks ahead.

    Args:
        source: The camera's footage.
        start_at: Where to begin; None for the beginning.
        frames_per_chunk: Most frames of one chunk.
        queued_chunks: Chunks decoded ahead of the main loop; bounds the memory.
        detector: Looks at the frames, which may happen at the same time for other cameras.
        blur: Applied to every frame before anything looks at it, or None.
        clock: Where the time goes.
        recall: Takes the frames that `start_at` wants again, before the first chunk is handed out.
        foresight: Knows some looks already; None for none.
    """

    def __init__(
        self,
        source: FrameSource,
        start_at: SourcePosition | None,
        frames_per_chunk: int,
        queued_chunks: int,
        detector: Detector,
        blur: Callable[[Image], Image] | None,
        clock: StageClock,
        recall: Callable[[Frame], None] | None = None,
        foresight: Foresight | None = None,
    ) -> None:
        self._source = source
        self._start_at = start_at
        self._again = start_at.again if start_at else frozenset()
        self._frames_per_chunk = frames_per_chunk
        self._looks = Looks(detector, clock, foresight)
        self._foresight = foresight
        self._blur = blur
        self._clock = clock
        self._recall = recall
        self._queue: queue.Queue[Looked | BaseException | None] = queue.Queue(maxsize=queued_chunks)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"decode {source.camera}", daemon=True)

    def start(self) -> None:
        """Begin to decode."""
        self._thread.start()

    def next_chunk(self, given_up: Callable[[], bool] | None = None) -> Chunk | None:
        """Wait for the next chunk; None at the end of the footage.

        Args:
            given_up: Asked now and then whether to wait no longer; None to wait for as long as it takes.

        Raises:
            GivenUpError: The wait was given up.
            BaseException: Whatever ended the decoding thread.
        """
        while True:
            try:
                item = self._queue.get(timeout=None if given_up is None else POLL_S)
            except queue.Empty:
                if given_up is not None and given_up():
                    raise GivenUpError from None
                continue
            return self._found(item)

    def _found(self, item: Looked | BaseException | None) -> Chunk | None:
        if isinstance(item, BaseException):
            raise item
        return None if item is None else Chunk(item.frames, item.result())

    def ask_to_stop(self) -> None:
        """Let the thread end after the chunk it is at."""
        self._stop.set()
        if self._foresight is not None:
            self._foresight.give_up()

    def stop(self) -> None:
        """End the thread, whatever it is doing."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _work(self) -> None:
        try:
            for looked in self._looked():
                if not self._put(looked):
                    return
            self._put(None)
        except BaseException as error:
            self._put(error)
        finally:
            self._looks.close(give_up=self._stop.is_set())

    def _looked(self) -> Iterator[Looked]:
        return in_chunks(self._frames(), self._looks, self._frames_per_chunk)

    def _frames(self) -> Iterator[Frame]:
        frames = self._source.frames(self._start_at)
        while True:
            started = time.perf_counter()
            frame = next(frames, None)
            self._clock.add(Stage.DECODE, time.perf_counter() - started)
            if frame is None:
                return
            if self._blur is not None:
                with self._clock.measure(Stage.ANONYMISE):
                    frame = replace(frame, image=self._blur(frame.image))
            if self._recall is not None and (frame.source, frame.index) in self._again:
                self._recall(frame)
            else:
                yield frame

    def _put(self, item: Looked | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=POLL_S)
            except queue.Full:
                continue
            return True
        return False
