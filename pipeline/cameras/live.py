"""A live camera at work: every frame is looked at as soon as it is there."""

import queue
from collections.abc import Iterator
from dataclasses import dataclass

from anonymize import Anonymizer
from pipeline.cameras.feeder import Chunk, Feeder
from pipeline.cameras.looking import Looked
from pipeline.cameras.opening import crop_blur
from pipeline.cameras.prepared import PreparedCamera
from pipeline.stages import CameraChain
from pipeline.telemetry import StageClock


class LiveFeeder(Feeder):
    """A feeder that waits for nobody: neither for a second frame, nor in the main loop."""

    def poll(self) -> Chunk | None:
        """The next chunk, where one is there.

        Raises:
            BaseException: Whatever ended the thread.
        """
        try:
            item = self._queue.get_nowait()
        except queue.Empty:
            return None
        return self._found(item)

    def _looked(self) -> Iterator[Looked]:
        """One frame each, as a second one may be long in coming; handed over when it has been looked at."""
        for frame in self._frames():
            self._looks.add(frame)
            looked = self._looks.take()
            looked.result()
            yield looked


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """A live camera whose pictures are known.

    Attributes:
        prepared: Its settings, placed in its pictures.
        feeder: Has its frames looked at; not started yet.
        clock: Where the time goes.
    """

    prepared: PreparedCamera
    feeder: LiveFeeder
    clock: StageClock

    @classmethod
    def open(cls, prepared: PreparedCamera, clock: StageClock) -> "LiveCamera":
        """Put footage, detector and blur together.

        Raises:
            WeightsError: The face model cannot be loaded.
        """
        settings = prepared.settings.anonymize
        blur = Anonymizer(settings).frame if settings.when == "source" else None
        feeder = LiveFeeder(prepared.source, None, 1, 1, prepared.detector, blur, clock)
        return cls(prepared, feeder, clock)

    def new_chain(self) -> CameraChain:
        """Boxes to passages, at its beginning."""
        camera = self.prepared
        blur = crop_blur(camera.settings.anonymize)
        return CameraChain(camera.chain, blur, self.clock, classifier=camera.classifier)
