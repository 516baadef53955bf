"""The engine of a live run: one loop over all cameras, saving every second."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from flows.database import FlowStore
from flows.matching import EventTimeMatcher
from flows.values import Journey, Sighting, journey_id
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.live.rig import Rig
from pipeline.runner.live.work import LiveWork
from pipeline.runner.local import LocalRunner
from pipeline.sources import Unseen
from pipeline.sources.streams import CameraState
from pipeline.telemetry import CameraSaved, Stage, StageClock

SAVE_EVERY_S = 1.0
"""Wall time between two looks at what is to be saved."""
QUIET_SAVE_EVERY_S = 5.0
"""Wall time between two savings of a camera that saw nobody."""
_REST_S = 0.02


class LiveSession(LocalRunner):
    """Watches all cameras of a site until it is told to stop.

    Args:
        run_id: Of the database.
        rig: What all cameras share.
        store: Where results go.
        matcher: Sightings to journeys; restored where the run goes on.
        clock: Where the time goes.
        say: Takes one line for people.

    Attributes:
        late: Riders who came out too late to be linked.
        unwatched: Camera id → riders who came in time that was not watched, and were taken out at the end.
    """

    def __init__(
        self,
        run_id: str,
        rig: Rig,
        store: FlowStore,
        matcher: EventTimeMatcher,
        clock: StageClock,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(run_id, (), store, matcher, rig.linking.gallery_ttl_s, clock)
        self._run_id, self._matcher = run_id, matcher
        self._rig, self._say = rig, say
        self._cameras: dict[str, LiveWork] = {}
        self._saved: dict[str, float] = {}
        self.late = 0
        self.unwatched: Mapping[str, int] = {}

    @property
    def cameras(self) -> Mapping[str, LiveWork]:
        """Camera id → its work."""
        return self._cameras

    def states(self) -> tuple[CameraState, ...]:
        """What can be told of every camera now; may be asked by any thread."""
        return tuple(work.state for work in list(self._cameras.values()))

    def begin(self, checkpoints: Mapping[str, str], now: float) -> None:
        """Begin to read every camera.

        Args:
            checkpoints: Camera id → where an interrupted run stopped.
            now: The wall clock, seconds since the epoch.
        """
        for camera in self._rig.configuration.cameras:
            text = checkpoints.get(camera.id)
            self._open(camera.id, Checkpoint() if text is None else Checkpoint.from_text(text), now)

    def watch(self, stop: threading.Event, reload: Callable[[], bool], take_up: Callable[[], None]) -> None:
        """Work off what comes.

        Args:
            stop: Ends the call within moments.
            reload: Asked every second whether there may be another configuration.
            take_up: Called then.

        Raises:
            FietsflowError: Model or database failed; what was saved stays.
        """
        looked = -math.inf
        while not stop.is_set():
            self.beat()
            # All of them, whether or not the first had something.
            busy = [work.step() for work in self._cameras.values()]
            if time.monotonic() - looked >= SAVE_EVERY_S:
                looked = time.monotonic()
                if reload():
                    take_up()
                for work in self._cameras.values():
                    work.watch()
                self.keep(time.time())
            if not any(busy):
                stop.wait(_REST_S)

    def begin_anew(self, cameras: Iterable[str]) -> None:
        """Close some cameras and read them with the settings that they have now."""
        for camera in cameras:
            work = self._cameras[camera]
            work.close()
            self.keep(time.time())
            self._open(camera, work.checkpoint(), time.time())

    def close(self) -> None:
        """Close all that is open, and finish the run."""
        for work in self._cameras.values():
            work.close()
        self._saved.clear()
        self.keep(time.time())
        self.unwatched = self._keeper.complete()

    def abandon(self) -> None:
        """Read no more; nothing is saved."""
        for work in self._cameras.values():
            work.abandon()

    def keep(self, now: float) -> None:
        """Write what is new, then what it lets the matcher decide."""
        for camera, work in self._cameras.items():
            rested_s = time.monotonic() - self._saved.get(camera, -math.inf)
            if work.has_fresh or rested_s >= QUIET_SAVE_EVERY_S:
                self._save(work, now)
        settled = min((work.settled_until(now) for work in self._cameras.values()), default=now)
        # A rider who stands in one view for an hour must not hold up all others.
        self._keeper.match(max(settled, now - self._rig.configuration.runtime.late_s))

    def _save(self, work: LiveWork, now: float) -> None:
        fresh = work.take_fresh()
        grown, account = work.take_watched(now)
        with self._clock.measure(Stage.STORE):
            self._store.save_progress(
                self._run_id,
                work.camera,
                fresh,
                [(one.start, one.end) for one in grown],
                work.checkpoint().to_text(),
                account,
            )
        self._clock.board.stored(work.camera, len(fresh))
        self._clock.traces.saved(CameraSaved(work.camera, *work.take_counts(), len(fresh)))
        self._saved[work.camera] = time.monotonic()
        in_time = [one for one in fresh if one.enter_time >= self.watermark]
        self._matcher.add(in_time)
        if len(in_time) < len(fresh):
            self._count_alone([one for one in fresh if one.enter_time < self.watermark])

    def _count_alone(self, sightings: list[Sighting]) -> None:
        """Let riders who came out too late be journeys of one stop."""
        self.late += len(sightings)
        alone = [Journey(journey_id(one.sighting_id), (one,), ()) for one in sightings]
        with self._clock.measure(Stage.STORE):
            self._store.save_matching(self._run_id, self.watermark, (), alone, forget_before=0.0)

    def _open(self, camera: str, checkpoint: Checkpoint, now: float) -> None:
        # What is not seen is told as well, so that a camera may be accounted for that never sent a picture.
        told = [one for one in (checkpoint.last_time, checkpoint.settled_until) if one is not None]
        since, reason = (min(max(told), now), Unseen.NOT_RUNNING) if told else (now, Unseen.UNREACHABLE)
        work = LiveWork(self._rig, camera, self._run_id, checkpoint, since, reason, self._clock, self._say)
        self._cameras[camera] = work
        self._saved.pop(camera, None)
        work.start()
