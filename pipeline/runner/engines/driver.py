"""The driver's side: ask workers for what is new, keep it, and begin lost ones again."""

import math
import pickle
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic

from pipeline.reasons import Explained
from pipeline.runner.camera_work import told_unwatched
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.engines.errand import Answer, Errand, Trouble
from pipeline.runner.engines.patrol import Patrol
from pipeline.runner.engines.pool import LostWorkerError, Pool, W
from pipeline.runner.saving import Keeper, Saving
from pipeline.runner.summary import CameraTally
from pipeline.runner.works import Start
from pipeline.telemetry import Progress, StageClock
from tracking.errors import FietsflowError

POLL_S = 1.0
MOST_LOSSES = 3
"""Times that a worker may be lost without having got on."""


class RemoteError(Exception):
    """Where in a worker an error was raised, as text."""


@dataclass(slots=True)
class _Camera:
    """Where a camera stands, as far as it was saved.

    Attributes:
        checkpoint: To begin again at.
        settled_until: No sighting that enters before this moment is still to come.
        reached: Event time that it has come to, for the order of work; of its footage where nothing is known.
        frames_read: Frames worked off.
    """

    checkpoint: Checkpoint
    settled_until: float
    reached: float
    frames_read: int

    @property
    def finished(self) -> bool:
        return self.settled_until == math.inf


@dataclass(slots=True)
class _Duty:
    """What a worker is at, and how often it was lost since it last got on."""

    errand: Errand
    losses: int = 0


def _standing(start: Start) -> _Camera:
    checkpoint = start.checkpoint
    settled = -math.inf if checkpoint.settled_until is None else checkpoint.settled_until
    begin = start.camera.source.sources[0].start
    return _Camera(checkpoint, settled, max(settled, begin), (checkpoint.memory or checkpoint).frames_read)


class Driver(Generic[W]):
    """Asks the workers of a run for what is new of their cameras, and keeps it.

    A worker is asked again only when its answer was kept, and not while it is further ahead of the slowest
    camera than embeddings are kept: what waits anywhere is bounded by the number of workers.

    Args:
        pool: Starts the workers.
        keeper: Writes and matches.
        most_cores: Cores of each worker.
        ahead_s: Event time that a worker may be ahead.
        progress: Told of frames as they are saved.
        clock: Where the time goes.
        note: Takes tracks that are not counted, or None.
        patrols: Camera id → who looks ahead of it; such a camera has a worker of its own.
    """

    def __init__(
        self,
        pool: Pool[W],
        keeper: Keeper,
        most_cores: int,
        ahead_s: float,
        progress: Progress,
        clock: StageClock,
        note: Callable[[Explained], None] | None = None,
        patrols: Mapping[str, Patrol[W]] | None = None,
    ) -> None:
        self._pool = pool
        self._keeper = keeper
        self._most_cores = most_cores
        self._ahead_s = ahead_s
        self._progress = progress
        self._clock = clock
        self._note = note
        self._patrols = dict(patrols or {})
        self._cameras: dict[str, _Camera] = {}
        self._duties: dict[W, _Duty] = {}
        self._asked: list[W] = []
        self._tallies: dict[str, CameraTally] = {}
        self._told: dict[str, list[str]] = {}
        self._every_s = 0.0
        self._matched = time.monotonic()

    def run(self, errands: Sequence[Errand]) -> dict[str, CameraTally]:
        """Have everything worked off; returns when the run is complete in the database.

        Returns:
            Camera id → what was read of it.

        Raises:
            FietsflowError: Footage, model, worker or database failed; what was saved stays.
        """
        try:
            for errand in errands:
                self._every_s = errand.save_every_s
                self._cameras |= {start.camera.id: _standing(start) for start in errand.starts}
            for errand in errands:
                self._begin(_Duty(errand))
            for patrol in self._patrols.values():
                patrol.begin()
            while self._duties:
                self._clock.board.beat()
                self._ask()
                self._look_ahead()
                scouts = {one: patrol for patrol in self._patrols.values() for one in patrol.asked}
                for worker in self._pool.wait([*self._asked, *scouts], POLL_S):
                    if worker in scouts:
                        self._take_looks(worker, scouts[worker])
                    else:
                        self._asked.remove(worker)
                        self._take(worker)
                self._match()
        finally:
            for worker in self._duties:
                worker.stop()
            for patrol in self._patrols.values():
                patrol.stop()
        for camera, cyclists in self._keeper.complete().items():
            self._tell(camera, told_unwatched(cyclists))
        return {camera: self._complete(camera, tally) for camera, tally in self._tallies.items()}

    def _complete(self, camera: str, tally: CameraTally) -> CameraTally:
        """What the driver has to add to a camera's account."""
        patrol = self._patrols.get(camera)
        if patrol is not None:
            tally = replace(tally, stretches_ahead=patrol.ahead).with_problems(patrol.told)
        return tally.with_problems(self._told.get(camera, ()))

    def _tell(self, camera: str, sentence: str) -> None:
        self._told.setdefault(camera, []).append(sentence)

    def _begin(self, duty: _Duty) -> None:
        self._duties[self._pool.start(pickle.dumps(duty.errand), self._most_cores)] = duty

    def _ask(self) -> None:
        """Ask all that rest, but for those that are too far ahead; never the one that is furthest behind."""
        slowest = min(camera.reached for camera in self._cameras.values())
        for worker, duty in self._duties.items():
            reached = min(self._cameras[camera].reached for camera in duty.errand.cameras)
            if worker not in self._asked and reached <= slowest + self._ahead_s:
                worker.ask()
                self._asked.append(worker)

    def _look_ahead(self) -> None:
        """Tell cameras what was found ahead of them, and send those who have nothing to do."""
        for worker, duty in self._duties.items():
            for camera in duty.errand.cameras:
                if camera in self._patrols:
                    if (reply := self._patrols[camera].reply()) is not None:
                        worker.tell(reply)
                        self._clock.board.looked_ahead(camera, self._patrols[camera].ahead)
                    self._patrols[camera].send()

    def _take_looks(self, worker: W, patrol: Patrol[W]) -> None:
        if (found := patrol.take(worker)) is not None:
            self._hear(found)

    def _hear(self, answer: Answer) -> None:
        """Raise what ended a worker's errand, and add its time to ours."""
        if answer.trouble is not None:
            raise _explained(answer.trouble) from RemoteError(answer.trouble.trace)
        for stage, seconds in answer.seconds.items():
            self._clock.add(stage, seconds)

    def _take(self, worker: W) -> None:
        try:
            answer = Answer.from_bytes(worker.take())
        except LostWorkerError as error:
            self._begin_again(worker, str(error))
            return
        self._hear(answer)
        if answer.wants is not None:
            [camera] = self._duties[worker].errand.cameras
            self._patrols[camera].want(answer.wants)
        for track in answer.uncounted:
            if self._note is not None:
                self._note(track)
        for saving in answer.savings:
            self._keep(saving)
        self._tallies |= answer.tallies
        duty = self._duties[worker]
        duty.losses = 0 if answer.savings else duty.losses
        if all(self._cameras[camera].finished for camera in duty.errand.cameras):
            del self._duties[worker]
            worker.stop()
            for camera in duty.errand.cameras:
                if camera in self._patrols:
                    self._patrols[camera].stop()

    def _keep(self, saving: Saving) -> None:
        self._keeper.keep(saving)
        camera = self._cameras[saving.camera]
        self._progress.advance(saving.camera, max(saving.frames_read - camera.frames_read, 0))
        camera.checkpoint = Checkpoint.from_text(saving.checkpoint)
        camera.settled_until = saving.settled_until
        camera.reached = max(saving.settled_until, camera.reached)
        camera.frames_read = max(saving.frames_read, camera.frames_read)

    def _match(self) -> None:
        """Decide what can be, as often as one local run would."""
        if time.monotonic() - self._matched >= self._every_s:
            self._keeper.match(min(camera.settled_until for camera in self._cameras.values()))
            self._matched = time.monotonic()

    def _begin_again(self, worker: W, how: str) -> None:
        """Start another worker for what a lost one has not finished, where its cameras were saved last.

        Raises:
            LostWorkerError: It was lost too often at the same place.
        """
        duty = self._duties.pop(worker)
        worker.stop()
        starts = [
            replace(start, checkpoint=self._cameras[start.camera.id].checkpoint)
            for start in duty.errand.starts
            if not self._cameras[start.camera.id].finished
        ]
        names = ", ".join(start.camera.id for start in starts)
        if duty.losses + 1 >= MOST_LOSSES:
            raise LostWorkerError(
                f"the worker of camera {names} was lost {duty.losses + 1} times at the same place ({how}); "
                "is there enough memory? The same command goes on there, with --engine local too"
            )
        for start in starts:
            if start.camera.id in self._patrols:
                self._patrols[start.camera.id].begin_again()
            told = f"its worker was lost ({how}) and begun again where the camera was saved last"
            self._tell(start.camera.id, told)
        if starts:
            self._begin(_Duty(replace(duty.errand, starts=tuple(starts)), duty.losses + 1))


def _explained(trouble: Trouble) -> BaseException:
    """The error as a local run would raise it; of another machine with its name."""
    error = trouble.error
    if isinstance(error, FietsflowError) and trouble.host != socket.gethostname():
        return type(error)(f"{trouble.host}: {error}")
    return error
