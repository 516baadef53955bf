"""What is new with every saving, and with every batch that was sent, for whoever follows a run step by step.

Nothing is timed for it: a saving tells what the clock of the stages has added up since the one before.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.telemetry.stages import Stage


@dataclass(frozen=True, slots=True)
class CameraSaved:
    """What was saved of one camera.

    Attributes:
        camera: Camera id.
        frames: Frames of it that were worked off since it was saved last.
        looks: Frames of them that the detector looked at.
        sightings: That are in the database now.
    """

    camera: str
    frames: int
    looks: int
    sightings: int


@dataclass(frozen=True, slots=True)
class SavingTrace:
    """One saving of a run, all cameras that were saved together.

    Attributes:
        start: End of the saving before, by the clock on the wall, seconds since the epoch.
        end: Its own end.
        cameras: That were saved.
        stages: Seconds of each stage between the two, over all cameras and threads.
    """

    start: float
    end: float
    cameras: tuple[CameraSaved, ...]
    stages: Mapping[Stage, float]


@dataclass(frozen=True, slots=True)
class SendingTrace:
    """One batch from a box to its centre.

    Attributes:
        start: When it was sent, seconds since the epoch.
        end: When the answer was there.
        sightings: In it.
        outcome: What the centre made of it, in one word or two.
    """

    start: float
    end: float
    sightings: int
    outcome: str


Listener = Callable[[SavingTrace | SendingTrace], None]


class Traces:
    """Takes what is new from the engine, and hands it on where somebody listens; safe between threads.

    Args:
        seconds: Seconds of each stage so far.
        wall: The clock on the wall, seconds since the epoch.
    """

    def __init__(
        self,
        seconds: Callable[[], Mapping[Stage, float]] = dict,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._seconds, self._wall = seconds, wall
        self._lock = threading.Lock()
        self._listener: Listener | None = None
        self._cameras: list[CameraSaved] = []
        self._told: Mapping[Stage, float] = {}
        self._since = 0.0

    def listen(self, listener: Listener) -> None:
        """Hand on from now on what is new."""
        self._told, self._since = self._seconds(), self._wall()
        self._listener = listener

    def saved(self, camera: CameraSaved) -> None:
        """A camera was saved; it is told with the others of the same saving."""
        if self._listener is not None:
            with self._lock:
                self._cameras.append(camera)

    def save_done(self) -> None:
        """All that was to be saved is; told where anything was."""
        if self._listener is not None and self._cameras:
            self._tell(self._listener)

    def sent(self, batch: SendingTrace) -> None:
        """A batch was sent, and answered or not."""
        if self._listener is not None:
            self._listener(batch)

    def close(self) -> None:
        """Hand on what is left, and nothing any more."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._tell(listener)

    def _tell(self, listener: Listener) -> None:
        with self._lock:
            cameras, self._cameras = tuple(self._cameras), []
            told, self._told = self._told, self._seconds()
            since, self._since = self._since, self._wall()
            spent = {stage: seconds - told.get(stage, 0.0) for stage, seconds in self._told.items()}
        listener(SavingTrace(since, max(self._since, since), cameras, spent))
