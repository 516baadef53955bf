"""What the main loop holds for one live camera, over all its connections."""

import math
import time
from collections.abc import Callable, Iterable

from flows.database import Account, Unobserved
from flows.values import Sighting
from pipeline.cameras import Chunk
from pipeline.cameras.live import LiveCamera
from pipeline.runner.camera_work import MICROSECONDS
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.live.rig import Rig
from pipeline.runner.saving import SinceSaved
from pipeline.sources import Interval, Unseen
from pipeline.sources.streams import CameraState, LiveSource, StreamReader
from pipeline.sources.streams.account import LiveAccount
from pipeline.sources.streams.clock import FARTHEST_S
from pipeline.sources.streams.source import OLDEST_S
from pipeline.stages import CameraChain, Passage, SightingMaker
from pipeline.telemetry import StageClock
from tracking.errors import UsageError

LET_GO_S = 5.0
"""Who was in view of a camera that showed nothing for so long has left it."""
HUNG_FACTOR = 3.0
"""A thread that has done nothing for so many time limits of a stream hangs, and another takes its place."""


class LiveWork:
    """One camera between its stream and the database.

    Args:
        rig: What all cameras share.
        camera: Camera id.
        run_id: Of the database.
        checkpoint: Where an interrupted run stopped, or a fresh one.
        since: Moment from which it should be seen, seconds since the epoch.
        reason: Why it is not seen yet.
        clock: Where the time goes.
        say: Takes one line for people.
    """

    def __init__(
        self,
        rig: Rig,
        camera: str,
        run_id: str,
        checkpoint: Checkpoint,
        since: float,
        reason: Unseen,
        clock: StageClock,
        say: Callable[[str], None],
    ) -> None:
        self.camera = camera
        self._rig, self._clock, self._say = rig, clock, say
        self._maker = SightingMaker(run_id, rig.encoder, clock)
        self._last_time = -math.inf if checkpoint.last_time is None else checkpoint.last_time
        footage = rig.configuration.footage(camera)
        self._source = LiveSource(camera, LiveAccount(since, reason), footage.max_fps, self._last_time)
        self._reader = self._new_reader()
        self._live: LiveCamera | None = None
        self._chain: CameraChain | None = None
        self._observed_until = -math.inf
        self._told_until = -math.inf if checkpoint.settled_until is None else checkpoint.settled_until
        # What was not decided yet when an interrupted run was last saved, is decided by what is known.
        self._undecided = _undecided(checkpoint)
        self._fresh: list[Sighting] = []
        self._processed = time.monotonic()
        self._failed = self._closed = False
        self.frames = self.looks = 0
        self._since_saved = SinceSaved()

    def start(self) -> None:
        """Begin to read."""
        self._reader.start()

    @property
    def state(self) -> CameraState:
        """What can be told of the camera now."""
        return self._source.state()

    @property
    def has_fresh(self) -> bool:
        """Whether riders wait to be saved."""
        return bool(self._fresh)

    def step(self) -> bool:
        """Take the next frame through the chain, where there is one; whether there was."""
        if self._live is None:
            self._meet()
            return False
        chunk = self._live.feeder.poll()
        if chunk is not None:
            self._process(self._live, chunk)
        return chunk is not None

    def watch(self) -> None:
        """Let those go who were in view of a camera that is silent, and replace a thread that hangs."""
        if time.monotonic() - self._processed > LET_GO_S and self._source.is_worked_off(self.looks):
            self._let_go()
        if (
            not self._failed
            and self._reader.silent_s > HUNG_FACTOR * self._rig.configuration.runtime.timeout_s
        ):
            self._say(f"camera {self.camera}: its thread hangs; another one takes its place")
            self._reader.stop()
            self._source.lose(Unseen.STALLED)
            self._reader = self._new_reader()
            self._reader.start()

    def settled_until(self, now: float) -> float:
        """No rider who comes before this moment is still to be told of.

        Args:
            now: The wall clock, seconds since the epoch.
        """
        if self._chain is None:
            # The first picture that comes may be as old as a clock is believed to be wrong.
            return now - LET_GO_S - FARTHEST_S
        # Rounded down, since sightings carry whole microseconds: none may lie before the promise.
        return math.floor(self._chain.settled_until * MICROSECONDS) / MICROSECONDS

    def close(self) -> None:
        """Read no more, work off what has come, and close what is in view."""
        self._reader.stop()
        self._source.stop()
        live = self._live
        until = time.monotonic() + LET_GO_S
        while live is not None and not self._source.is_worked_off(self.looks) and time.monotonic() < until:
            if (chunk := live.feeder.poll()) is not None:
                self._process(live, chunk)
            else:
                time.sleep(0.01)
        self._let_go()
        self._closed = True
        if self._source.account.reason is None:
            self._source.lose(Unseen.NOT_RUNNING)
        if live is not None:
            live.feeder.stop()

    def abandon(self) -> None:
        """Read no more, and leave all as it is."""
        self._reader.stop()
        self._source.stop()
        if self._live is not None:
            self._live.feeder.ask_to_stop()

    def take_fresh(self) -> list[Sighting]:
        """Hand out the riders since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def take_counts(self) -> tuple[int, int]:
        """Hand out how many frames were worked off since the last call, and how many of them looked at."""
        return self._since_saved.take(self.frames, self.looks)

    def take_watched(self, now: float) -> tuple[list[Interval], Account]:
        """Hand out what was seen, as far as it grew, and what was not."""
        came = self._source.came
        until = max(self._last_time, came) if self._source.is_worked_off(self.looks) else self._last_time
        # The next picture may be a little older than it comes; until then it is not known to be missing.
        now = now if self._closed else now - OLDEST_S
        watched = self._source.account.take(until, now, final=self._closed)
        grown = [one for one in watched.observed if one.end > self._observed_until] + self._undecided
        self._undecided = []
        self._observed_until = max((one.end for one in grown), default=self._observed_until)
        ends = [*(one.end for one in grown), *(one.end for one in watched.unobserved)]
        self._told_until = max([self._told_until, *ends])
        missed = (Unobserved(one.start, one.end, str(one.reason)) for one in watched.unobserved)
        return grown, Account(unobserved=tuple(missed))

    def checkpoint(self) -> Checkpoint:
        """What another process has to know to go on; settled is what was told of, seen or not."""
        last, settled = max(self._last_time, self._observed_until), self._told_until
        return Checkpoint(
            last_time=None if last == -math.inf else last,
            settled_until=None if settled == -math.inf else settled,
            frames_read=self.frames,
        )

    def _new_reader(self) -> StreamReader:
        settings = self._rig.configuration.camera(self.camera)
        timeout_s = self._rig.configuration.runtime.timeout_s
        address = self._rig.address(self.camera)
        return StreamReader(self._source, address, timeout_s, settings.clock_offset, self._say)

    def _meet(self) -> None:
        """As soon as the size of its pictures is known: place the settings in them."""
        if self._failed or not self._source.frame_size[0]:
            return
        try:
            self._live = LiveCamera.open(self._rig.prepare(self._source), self._clock)
        except UsageError as error:
            self._failed = True
            self._reader.stop()
            self._source.stop()
            self._source.lose(Unseen.UNREADABLE)
            self._say(f"camera {self.camera}: not watched: {error}")
            return
        self._live.feeder.start()

    def _process(self, live: LiveCamera, chunk: Chunk) -> None:
        for frame, found in zip(chunk.frames, chunk.detections, strict=True):
            if frame.time - self._last_time > LET_GO_S:
                self._let_go()
            if self._chain is None:
                self._chain = live.new_chain()
            self._take(self._chain.process(frame, found))
            self._last_time = frame.time
        self._processed = time.monotonic()
        self.frames += chunk.passed
        self.looks += len(chunk.frames)

    def _let_go(self) -> None:
        if self._chain is not None:
            self._take(self._chain.finish())
            self._chain = None

    def _take(self, passages: Iterable[Passage]) -> None:
        self._fresh += [self._maker.make(passage) for passage in passages]


def _undecided(checkpoint: Checkpoint) -> list[Interval]:
    last, settled = checkpoint.last_time, checkpoint.settled_until
    return [] if last is None or settled is None or settled >= last else [Interval(settled, last)]
