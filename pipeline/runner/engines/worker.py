"""The worker's side: a local loop over some cameras whose savings wait to be asked for."""

import pickle
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial

import cv2

from pipeline.cameras import DetectorShelf, PreparedCamera, classifier_for
from pipeline.reasons import Explained
from pipeline.reasons.tracks import Uncounted, row_of_track
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.engines.errand import Answer, Errand, Trouble
from pipeline.runner.engines.foresight import Memorandum
from pipeline.runner.engines.scout import ScoutErrand, look_ahead
from pipeline.runner.engines.sparing import sparing_detector, sparing_encoder
from pipeline.runner.local import CameraLoop
from pipeline.runner.prepare import open_encoder
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import open_work
from pipeline.telemetry import Stage, StageClock
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
        self._heard: queue.Queue[bytes] = queue.Queue()
        self.thread = threading.Thread(target=partial(self._work, errand), name="errand", daemon=True)
        self.thread.start()

    def take(self) -> bytes:
        """Wait for the next answer; the work goes on to the one after it."""
        return self.ready.get().to_bytes()

    def hear(self, data: bytes) -> None:
        """Take what the driver tells."""
        self._heard.put(data)

    def _work(self, errand: bytes) -> None:
        try:
            cv2.setNumThreads(cores())
            asked: Errand | ScoutErrand = pickle.loads(errand)
            if isinstance(asked, ScoutErrand):
                look_ahead(asked, self._heard.get, self.ready.put)
            else:
                carry_out(asked, self.ready.put, self._heard)
        except BaseException as error:
            self.ready.put(Answer(trouble=Trouble.of(error)))


def carry_out(
    errand: Errand, hand_over: Callable[[Answer], None], heard: "queue.Queue[bytes] | None" = None
) -> None:
    """Work off an errand to its end.

    Args:
        errand: What is to be done.
        hand_over: Takes each answer, and may let the work wait.
        heard: Brings what others found in stretches of the footage; None where nobody looks ahead.

    Raises:
        FietsflowError: Footage or model failed.
    """
    clock, uncounted = StageClock(), list[Explained]()
    shelf = DetectorShelf(len(errand.starts), errand.build)
    encoder = open_encoder(sparing_encoder(errand.encoder))
    memo = _memorandum(errand, hand_over, heard)
    works = []
    for start in errand.starts:
        camera = _equipped(start.camera, shelf, memo)
        here = replace(start, camera=camera)
        refused = None if errand.zone is None else partial(_note, uncounted, camera, errand.zone)
        works.append(open_work(here, errand.run_id, encoder, errand.runtime, clock, None, refused))
    loop = _Loop(works, clock, uncounted, hand_over, errand.save_every_s, memo)
    loop.work_off(works, _Unseen(), CameraWork.finish)


def _equipped(camera: PreparedCamera, shelf: DetectorShelf, memo: Memorandum | None) -> PreparedCamera:
    """Give a camera the networks that could not come along."""
    detector = shelf.take(sparing_detector(camera.settings.detector), camera.id)
    # Where crops are known from elsewhere they are no pictures.
    classifier = classifier_for(camera.settings.rider) if camera.sampler is None else None
    return replace(camera, detector=detector, classifier=classifier, foresight=memo)


class _Loop(CameraLoop):
    """Hands over what the local engine would write."""

    def __init__(
        self,
        works: Sequence[CameraWork],
        clock: StageClock,
        uncounted: list[Explained],
        hand_over: Callable[[Answer], None],
        save_every_s: float,
        memo: Memorandum | None = None,
    ) -> None:
        super().__init__(works)
        self._memo = memo
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
        tallies = {work.camera: self._tally(work) for work in ended}
        seconds = self._clock.seconds
        since = {stage: seconds[stage] - self._told[stage] for stage in seconds}
        self._told = seconds
        uncounted = tuple(self._uncounted)
        self._uncounted.clear()
        self._hand_over(Answer(savings, tallies, since, uncounted))

    def _tally(self, work: CameraWork) -> CameraTally:
        tally = CameraTally.of(work)
        if self._memo is None:
            return tally
        self._memo.close()
        return replace(tally, looks_ahead=self._memo.used, looks_twice=self._memo.useless)


class _Unseen:
    """Progress that the driver shows, who learns of it from the savings."""

    def advance(self, camera: str, frames: int) -> None:
        """Show nothing."""


def _note(uncounted: list[Explained], camera: PreparedCamera, zone: tzinfo, track: Uncounted) -> None:
    uncounted.append(row_of_track(camera.id, camera.chain.frame_size, track, zone))


def _memorandum(
    errand: Errand, hand_over: Callable[[Answer], None], heard: "queue.Queue[bytes] | None"
) -> Memorandum | None:
    """Where the looks of others come in; a worker whose footage is cut has one camera."""
    if errand.stretches is None or heard is None:
        return None
    per_chunk = errand.runtime.frames_per_chunk
    return Memorandum(errand.stretches, per_chunk, lambda one: hand_over(Answer(wants=one)), heard)
