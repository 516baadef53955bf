"""The worker's side: a local loop over some cameras whose savings wait to be asked for."""

import pickle
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial

import cv2

from pipeline.cameras import DetectorShelf, PreparedCamera
from pipeline.reasons import Explained
from pipeline.reasons.tracks import Uncounted, row_of_track
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.engines.errand import Answer, Errand, Trouble
from pipeline.runner.local import CameraLoop
from pipeline.runner.prepare import open_encoder
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import open_work
from pipeline.telemetry import Stage, StageClock
from reid.encoders.settings import EncoderSettings
from tracking.detectors import DetectorSettings
from tracking.processor import cores


class Desk:
    """Works off an errand in a thread of its own; one answer lies ready, and work waits until it is taken.

    Args:
        errand: A pickled `Errand`.

    Attributes:
        ready: The answer that lies ready, if there is one.
        thread: Ends with the errand.
    """

    def __init__(self, errand: bytes) -> None:
        self.ready: queue.Queue[Answer] = queue.Queue(maxsize=1)
        self.thread = threading.Thread(target=partial(self._work, errand), name="errand", daemon=True)
        self.thread.start()

    def take(self) -> bytes:
        """Wait for the next answer; the work goes on to the one after it."""
        return self.ready.get().to_bytes()

    def _work(self, errand: bytes) -> None:
        try:
            cv2.setNumThreads(cores())
            carry_out(pickle.loads(errand), self.ready.put)
        except BaseException as error:
            self.ready.put(Answer(trouble=Trouble.of(error)))


def carry_out(errand: Errand, hand_over: Callable[[Answer], None]) -> None:
    """Work off an errand to its end.

    Args:
        errand: What is to be done.
        hand_over: Takes each answer, and may let the work wait.

    Raises:
        FietsflowError: Footage or model failed.
    """
    clock, uncounted = StageClock(), list[Explained]()
    shelf = DetectorShelf(len(errand.starts), errand.build)
    encoder = open_encoder(_sparing_encoder(errand.encoder))
    works = []
    for start in errand.starts:
        settings = _sparing_detector(start.camera.settings.detector)
        camera = replace(start.camera, detector=shelf.take(settings, start.camera.id))
        here = replace(start, camera=camera)
        refused = None if errand.zone is None else partial(_note, uncounted, camera, errand.zone)
        works.append(open_work(here, errand.run_id, encoder, errand.runtime, clock, None, refused))
    loop = _Loop(works, clock, uncounted, hand_over, errand.save_every_s)
    loop.work_off(works, _Unseen(), CameraWork.finish)


class _Loop(CameraLoop):
    """Hands over what the local engine would write."""

    def __init__(
        self,
        works: Sequence[CameraWork],
        clock: StageClock,
        uncounted: list[Explained],
        hand_over: Callable[[Answer], None],
        save_every_s: float,
    ) -> None:
        super().__init__(works)
        self._every_s = save_every_s
        self._clock = clock
        self._told = dict.fromkeys(Stage, 0.0)
        self._uncounted = uncounted
        self._hand_over = hand_over

    @property
    def save_every_s(self) -> float:
        """What the driver says."""
        return self._every_s

    def commit(self) -> None:
        """Put an answer together, and wait until the one before it was taken."""
        savings = tuple(self.take_savings())
        ended = (self.works[one.camera] for one in savings if self.works[one.camera].finished)
        tallies = {work.camera: CameraTally.of(work) for work in ended}
        seconds = self._clock.seconds
        since = {stage: seconds[stage] - self._told[stage] for stage in seconds}
        self._told = seconds
        uncounted = tuple(self._uncounted)
        self._uncounted.clear()
        self._hand_over(Answer(savings, tallies, since, uncounted))


class _Unseen:
    """Progress that the driver shows, who learns of it from the savings."""

    def advance(self, camera: str, frames: int) -> None:
        """Show nothing."""


def _note(uncounted: list[Explained], camera: PreparedCamera, zone: tzinfo, track: Uncounted) -> None:
    uncounted.append(row_of_track(camera.id, camera.chain.frame_size, track, zone))


def _sparing_detector(settings: DetectorSettings) -> DetectorSettings:
    """No more threads than there are cores for the worker."""
    if settings.threads is None:
        return settings
    return settings.model_copy(update={"threads": min(settings.threads, cores())})


def _sparing_encoder(settings: EncoderSettings) -> EncoderSettings:
    """No more threads than there are cores for the worker."""
    return settings.model_copy(update={"threads": min(settings.threads or cores(), cores())})
