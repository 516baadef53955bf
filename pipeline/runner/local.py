"""The local engine: one process, a decoding thread per camera, one writer."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from flows.database import FlowStore, SourceProgress
from flows.matching import EventTimeMatcher
from pipeline.cameras import Chunk, GivenUpError
from pipeline.runner.camera_work import CameraWork
from pipeline.runner.saving import Keeper, Saving
from pipeline.runner.showing import Showing
from pipeline.telemetry import Progress, StageClock

SAVE_EVERY_S = 2.0
"""Wall time between two savings; what lies between them is done again after a crash."""


class CameraLoop:
    """Works off the footage of some cameras, the one furthest behind in event time first.

    Args:
        works: The cameras with footage left to do.
    """

    def __init__(self, works: Sequence[CameraWork]) -> None:
        self._works = {work.camera: work for work in works}
        self._unsaved: set[str] = set()

    @property
    def works(self) -> Mapping[str, CameraWork]:
        """Camera id → its work."""
        return self._works

    @property
    def save_every_s(self) -> float:
        """Wall time between two savings."""
        return SAVE_EVERY_S

    def work_off(
        self,
        works: Iterable[CameraWork],
        progress: Progress,
        at_end: Callable[[CameraWork], None],
        given_up: Callable[[], bool] | None = None,
    ) -> None:
        """Process the footage of some cameras to its end, and save.

        Args:
            works: Of these cameras; they join the run where they are new.
            progress: Told of every chunk.
            at_end: What is done with a camera whose footage is at its end.
            given_up: Asked now and then whether to stop in the middle; None for never. Where it is so, the
                place is saved.

        Raises:
            FietsflowError: Footage, model or database failed; what was saved stays.
        """
        active = {work.camera: work for work in works}
        self._works = {**self._works, **active}
        try:
            for work in active.values():
                work.feeder.start()
            self._work_off(active, progress, at_end, given_up)
        except GivenUpError:
            for work in active.values():
                work.remember()
            self._unsaved.update(active)
        finally:
            for work in active.values():
                work.feeder.ask_to_stop()
            for work in active.values():
                work.feeder.stop()
        self.commit()

    def commit(self) -> None:
        """Save what is new of every camera."""
        raise NotImplementedError

    def beat(self) -> None:
        """Told in every round that the loop goes on."""

    def take_savings(self) -> list[Saving]:
        """Hand out what is new of every camera since the last call."""
        unsaved = [work for work in self._works.values() if work.camera in self._unsaved]
        self._unsaved.clear()
        return [work.take_saving() for work in unsaved]

    def _work_off(
        self,
        works: Mapping[str, CameraWork],
        progress: Progress,
        at_end: Callable[[CameraWork], None],
        given_up: Callable[[], bool] | None,
    ) -> None:
        heads: dict[str, Chunk] = {}
        waiting = dict(works)
        saved = time.monotonic()
        while waiting or heads:
            self.beat()
            if given_up is not None and given_up():
                raise GivenUpError
            for camera, work in list(waiting.items()):
                chunk = work.feeder.next_chunk(given_up)
                del waiting[camera]
                if chunk is None:
                    at_end(work)
                    self._unsaved.add(camera)
                else:
                    heads[camera] = chunk
            for camera in _next_in_line(heads, works):
                self._process(works[camera], heads.pop(camera), progress)
                waiting[camera] = works[camera]
            if time.monotonic() - saved >= self.save_every_s:
                self.commit()
                saved = time.monotonic()

    def _process(self, work: CameraWork, chunk: Chunk, progress: Progress) -> None:
        work.process(chunk)
        self._unsaved.add(work.camera)
        progress.advance(work.camera, chunk.passed)


class LocalRunner(CameraLoop):
    """Works off the footage of all cameras in this process.

    What it computes depends on event times alone: neither the speed of a camera nor the moments of
    saving change the result.

    Args:
        run_id: Of the database.
        works: The cameras with footage left to do.
        store: Where results go.
        matcher: Sightings to journeys; restored where the run goes on.
        gallery_ttl_s: Event time for which an embedding may stay behind the watermark.
        clock: Where the time goes.
    """

    def __init__(
        self,
        run_id: str,
        works: Sequence[CameraWork],
        store: FlowStore,
        matcher: EventTimeMatcher,
        gallery_ttl_s: float,
        clock: StageClock,
    ) -> None:
        super().__init__(works)
        self._store = store
        self._clock = clock
        self._keeper = Keeper(run_id, store, matcher, gallery_ttl_s, clock)
        self._showing = Showing(clock.board)

    @property
    def watermark(self) -> float:
        """Event time up to which matching has decided; −∞ before it began."""
        return self._keeper.watermark

    def run(self, progress: Progress) -> None:
        """Process everything; returns when the run is complete in the database.

        Raises:
            FietsflowError: Footage, model or database failed; what was saved stays.
        """
        self.work_off(self._works.values(), progress, CameraWork.finish)
        self.complete()

    def finish(self, cameras: Iterable[str]) -> None:
        """Close what is in view of cameras of which nothing more is awaited, and save."""
        for camera in cameras:
            if not self._works[camera].finished:
                self._works[camera].finish()
                self._unsaved.add(camera)
        self.commit()

    def complete(self) -> None:
        """Decide all the rest; the run is complete in the database."""
        unwatched = self._keeper.complete()
        for work in self._works.values():
            work.unwatched = unwatched.get(work.camera, 0)

    def beat(self) -> None:
        """Told in every round that the loop goes on."""
        self._clock.board.beat()

    def held_until(self) -> float:
        """Event time that matching must not pass beside that of the cameras at work."""
        return math.inf

    def counted(self, camera: str, source: SourceProgress) -> None:
        """Told of every source whose end was reached."""

    def commit(self) -> None:
        """Write sightings with their checkpoints, then what they let the matcher decide."""
        for saving in self.take_savings():
            self._keeper.keep(saving)
            for source in saving.account.sources:
                if source.complete:
                    self.counted(saving.camera, source)
        settled = min((work.settled_until for work in self._works.values()), default=math.inf)
        self._keeper.match(min(settled, self.held_until()))
        self._showing.show(self._works.values())


def _next_in_line(heads: Mapping[str, Chunk], works: Mapping[str, CameraWork]) -> list[str]:
    """Cameras whose next chunk is to be processed now.

    These are the one furthest behind, and those that begin later or go on after an outage: until their next
    chunk is processed they would hold the watermark, and with it the embeddings of all others, where they
    stopped.
    """
    starts = {camera: chunk.frames[0].time for camera, chunk in heads.items()}
    if not starts:
        return []
    behind = min(starts, key=starts.__getitem__)
    return [
        camera
        for camera, start in starts.items()
        if camera == behind or works[camera].holds_back(starts[behind], start)
    ]
