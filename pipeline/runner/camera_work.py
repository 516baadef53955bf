"""What the main loop holds for one camera while its footage is worked off."""

import math
from collections.abc import Iterable

from flows.database import Account
from flows.values import Sighting
from pipeline.cameras import Chunk, OpenCamera, PreparedCamera, open_feeder
from pipeline.configuration import RuntimeSettings
from pipeline.runner.bridge import Bridge
from pipeline.runner.checkpoint import Checkpoint, Memory, Place
from pipeline.runner.saving import Saving, SinceSaved
from pipeline.runner.source_log import SourceLog
from pipeline.runner.tracks import CameraTracks
from pipeline.sources import Interval, SourcePosition, clip_intervals
from pipeline.sources.report import LONGEST_GAP_S, count
from pipeline.stages import Passage
from pipeline.stages.sightings import SightingMaker
from pipeline.telemetry import Stage, StageClock

MICROSECONDS = 1_000_000
RESTART_EVERY_S = 20.0
"""Event time after which saving writes down anew what the chain remembers."""


def told_unwatched(cyclists: int) -> str:
    """Say that cyclists were left out because their time was not watched."""
    return (
        f"{count(cyclists, 'cyclist')} seen in time that counts as not watched left out, since most who came "
        "then were not seen"
    )


class CameraWork:
    """One camera between its footage and the database.

    Args:
        camera: What was prepared of it.
        opened: Its feeder and chain, at the place where work begins.
        maker: Passages to sightings.
        restart: The checkpoint to go on from, or a fresh one; with a memory only if the chain has it.
        clock: Where the time goes.
        tracks: Where passages are written to as boxes, or None.

    Attributes:
        finished: Its footage is at its end.
        unwatched: Cyclists who came in time that was not watched, and are not counted.
    """

    def __init__(
        self,
        camera: PreparedCamera,
        opened: OpenCamera,
        maker: SightingMaker,
        restart: Checkpoint,
        clock: StageClock,
        tracks: CameraTracks | None = None,
    ) -> None:
        self.source = camera.source
        self._lead, self._trail, self._counts_until = camera.lead, camera.trail, camera.counts_until
        self.feeder = opened.feeder
        self._chain = opened.chain
        self._maker = maker
        # A detector that remembers earlier frames has to see them all again.
        self._resumable = not camera.detector.stateful and camera.sampler is None
        self._clock = clock
        self._tracks = tracks
        self._saved_until = -math.inf if restart.settled_until is None else restart.settled_until
        self._settled_until = self._saved_until
        self._restart = restart if self._resumable else restart.without_place()
        self._place: Place = self._restart.memory or self._restart
        self._remembered_until = -math.inf
        self._frames_before = self._place.frames_read
        self._lost_crops = 0
        self._frames = self._looks = 0
        self._since_saved = SinceSaved()
        self._last_time = -math.inf
        self._observed_until = -math.inf
        self._fresh: list[Sighting] = []
        self._bridge = Bridge(restart, camera.counts_until)
        self._counted = SourceLog(camera, self._bridge.since, self._place.frame, self._place.source)
        self._paused = False
        self.finished = False
        self.unwatched = 0

    @property
    def aside(self) -> tuple[str, ...]:
        """Sources that are looked at without being counted."""
        return tuple(name for name in (self._lead, self._trail) if name)

    @property
    def camera(self) -> str:
        """Camera id."""
        return self.source.camera

    @property
    def frames_read(self) -> int:
        """Frames worked off, those before an interruption included."""
        return self._frames_before + self._frames

    @property
    def looks(self) -> int:
        """Frames that the detector looked at, since the last interruption."""
        return self._looks

    @property
    def last_time(self) -> float:
        """Moment of the last frame worked off, seconds since the epoch; −∞ before the first."""
        return self._last_time

    @property
    def open_tracklets(self) -> int:
        """Tracklets in view, or that may come back."""
        return self._chain.open_tracklets

    @property
    def settled_until(self) -> float:
        """No sighting that enters before this moment is still to come."""
        return math.inf if self.finished else self._settled_until

    @property
    def problems(self) -> tuple[str, ...]:
        """What is to be told beside the reports of the sources."""
        said = []
        if self._lost_crops:
            said.append(
                f"{count(self._lost_crops, 'crop')} of riders in view at the restart could not be cut again "
                "(the footage is gone or damaged); they are compared by the crops that are left"
            )
        if self.unwatched:
            said.append(told_unwatched(self.unwatched))
        return tuple(said)

    def holds_back(self, present: float, following: float) -> bool:
        """Whether its outage keeps the watermark behind.

        Args:
            present: Event time that the run has reached.
            following: Time of this camera's next frame.
        """
        return self._settled_until < present and following - self._last_time > LONGEST_GAP_S

    def process(self, chunk: Chunk) -> None:
        """Take one chunk through the chain."""
        self._lost_crops += self._chain.end_recall()
        for frame, found in zip(chunk.frames, chunk.detections, strict=True):
            if self._tracks is not None:
                self._tracks.see(frame)
            self._take(self._chain.process(frame, found))
        self._frames += chunk.passed
        self._looks += len(chunk.frames)
        last = chunk.frames[-1]
        self._last_time = last.time
        # Rounded down, since sightings carry whole microseconds: none may lie before the promise.
        settled = math.floor(self._chain.settled_until * MICROSECONDS) / MICROSECONDS
        self._settled_until = max(self._settled_until, settled)
        if self._tracks is not None:
            self._tracks.settle(settled)
        self._place = Place(
            source=last.source, frame=last.index + 1, last_time=last.time, frames_read=self.frames_read
        )
        if self._resumable and self._chain.quiet:
            self._restart = self._restart.model_copy(update=self._place.model_dump())

    def pause(self) -> None:
        """The footage that has come is at its end, and more may follow: who is in view stays in view."""
        self._lost_crops += self._chain.end_recall()
        self._pass_rest()
        self.remember()
        self._paused = True

    def pause_or_finish(self) -> None:
        """Pause, unless what follows was counted: then nothing more comes that belongs here."""
        if self._trail:
            self.finish()
        else:
            self.pause()

    def go_on(self, camera: PreparedCamera, runtime: RuntimeSettings) -> None:
        """Take up what has come since the pause, directly behind the last frame.

        Args:
            camera: With the footage that has come; its first source may be the last one, which grew.
            runtime: Sizes of chunks and queues.
        """
        place, first = self._place, camera.source.sources[0].name
        frame = place.frame if first == place.source else 0
        last_time = -math.inf if place.last_time is None else place.last_time
        # The size of its frames was fixed with the chain.
        camera.source.frame_size = self.source.frame_size
        self.source = camera.source
        position = SourcePosition(first if frame else "", frame, last_time)
        self.feeder = open_feeder(camera, runtime, self._clock, position)
        self._counted = SourceLog(camera, self._bridge.since, frame)
        self._paused = False

    def finish(self) -> None:
        """Close what is still in view at the end of the footage; it is remembered how it was before."""
        self._lost_crops += self._chain.end_recall()
        self._pass_rest()
        self.remember()
        closed = self._take(self._chain.finish())
        if self._trail:  # What follows was counted: no other run goes on from here.
            self._restart = self._restart.model_copy(update={"memory": None})
        else:
            self._bridge.closing(closed)
        self.finished = True

    def _pass_rest(self) -> None:
        """Take in what was read behind the last look, in which nothing moved."""
        if (rest := self.source.rest) is None:
            return
        self._frames += rest.frames
        self._last_time = rest.last_time
        self._place = Place(
            source=rest.source, frame=rest.frame, last_time=rest.last_time, frames_read=self.frames_read
        )

    def _take(self, passages: Iterable[Passage]) -> list[Sighting]:
        """Embed passages and keep those that are to be counted; returns all."""
        made = []
        for passage in passages:
            sighting = self._maker.make(passage)
            made.append(sighting)
            if self._bridge.admits(sighting):
                self._fresh.append(sighting)
            if self._tracks is not None:
                self._tracks.add(passage)
        return made

    def take_saving(self) -> Saving:
        """Hand out all that is new since the last call."""
        fresh = tuple(self.take_fresh())
        observed = tuple((interval.start, interval.end) for interval in self.take_observed())
        with self._clock.measure(Stage.STORE):
            account = self.take_account()
            checkpoint = self.checkpoint().to_text()
        settled, grown = self.settled_until, self._since_saved.take(self._frames, self._looks)
        return Saving(self.camera, fresh, observed, account, checkpoint, settled, self.frames_read, *grown)

    def take_fresh(self) -> list[Sighting]:
        """Hand out the sightings since the last call, less those saved before an interruption."""
        fresh = [sighting for sighting in self._fresh if sighting.enter_time >= self._saved_until]
        self._fresh.clear()
        return fresh

    def take_account(self) -> Account:
        """Hand out what the ledger has to know since the last call, up to the last frame processed."""
        reports = self.source.reports()
        carried, retracted = self._bridge.take(self.settled_until)
        return Account(
            sources=tuple(self._counted.take(reports, self._last_time, self._is_at_end)),
            unobserved=tuple(
                self._counted.take_unobserved(reports, math.inf if self._is_at_end else self._last_time)
            ),
            carried=tuple(carried),
            retracted=tuple(retracted),
        )

    def checkpoint(self) -> Checkpoint:
        """Where a restart would begin."""
        if not self.finished:
            self.remember(RESTART_EVERY_S)
        settled = None if math.isinf(self._settled_until) else self._settled_until
        update = {"settled_until": settled, "finished": self.finished, **self._bridge.state()}
        if self.finished:
            update["frames_read"] = self.frames_read
        return self._restart.model_copy(update=update)

    @property
    def _is_at_end(self) -> bool:
        return self.finished or self._paused

    def remember(self, every_s: float = 0.0) -> None:
        """Write down what the chain remembers, unless it was done less than so many seconds ago."""
        now = self._place.last_time
        if not self._resumable or now is None or now - self._remembered_until < every_s:
            return
        if not self._frames and self._restart.memory is not None:
            return  # Nothing was seen since that was written down.
        with self._clock.measure(Stage.STORE):
            memory = Memory.of(self._place, self._chain.memory(), self.source.frame_size)
        self._restart = self._restart.model_copy(update={"memory": memory})
        self._remembered_until = now

    def take_observed(self) -> list[Interval]:
        """Hand out the stretches of time that the chain has seen, less those that did not grow since."""
        seen = [interval for report in self.source.reports() for interval in report.observed]
        if not self._is_at_end:
            seen = list(clip_intervals(seen, self._last_time))
        since = self._bridge.since
        seen = list(clip_intervals(seen, self._counts_until))
        seen = [Interval(max(one.start, since), one.end) for one in seen if one.end > since]
        grown = [interval for interval in seen if interval.end > self._observed_until]
        self._observed_until = max((interval.end for interval in grown), default=self._observed_until)
        return grown
