"""What leaves a camera, and how it is kept: the boundary between watching and counting.

A `Saving` is all that one saving needs of a camera, as plain values: whoever has it needs neither the footage
nor the chain, so that a camera may be worked off in another process.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flows.database import Account, FlowStore
from flows.matching import EventTimeMatcher
from flows.values import Sighting
from pipeline.telemetry import CameraSaved, Stage, StageClock


@dataclass(frozen=True, slots=True)
class Saving:
    """What is new of one camera since it was saved last.

    Attributes:
        camera: Camera id.
        fresh: Sightings that are to be counted.
        observed: Stretches of time that the chain has seen, seconds since the epoch.
        account: What the ledger has to know beside them.
        checkpoint: Where a restart would begin, as the database keeps it.
        settled_until: No sighting that enters before this moment is still to come.
        frames_read: Frames worked off so far, those before an interruption included.
        frames: Frames worked off since it was saved last.
        looks: Frames of them that the detector looked at.
    """

    camera: str
    fresh: tuple[Sighting, ...]
    observed: tuple[tuple[float, float], ...]
    account: Account
    checkpoint: str
    settled_until: float
    frames_read: int
    frames: int = 0
    looks: int = 0


class SinceSaved:
    """Knows by how much the counts of a camera have grown since it was saved last."""

    def __init__(self) -> None:
        self._frames = self._looks = 0

    def take(self, frames: int, looks: int) -> tuple[int, int]:
        """Hand out by how much; the next call begins here.

        Args:
            frames: Worked off up to now.
            looks: Of the detector up to now.
        """
        grown = frames - self._frames, looks - self._looks
        self._frames, self._looks = frames, looks
        return grown


class Keeper:
    """Keeps savings in the database, and decides what they allow; there is one for a run.

    Args:
        run_id: Of the database.
        store: Where results go.
        matcher: Sightings to journeys; restored where the run goes on.
        gallery_ttl_s: Event time for which an embedding may stay behind the watermark.
        clock: Where the time goes.
    """

    def __init__(
        self,
        run_id: str,
        store: FlowStore,
        matcher: EventTimeMatcher,
        gallery_ttl_s: float,
        clock: StageClock,
    ) -> None:
        self._run_id = run_id
        self._store = store
        self._matcher = matcher
        self._gallery_ttl_s = gallery_ttl_s
        self._clock = clock
        self._event_time = max(matcher.watermark, 0.0)

    @property
    def watermark(self) -> float:
        """Event time up to which matching has decided; −∞ before it began."""
        return self._matcher.watermark

    def keep(self, saving: Saving) -> None:
        """Write sightings with their checkpoint, in one transaction."""
        with self._clock.measure(Stage.STORE):
            self._store.save_progress(
                self._run_id,
                saving.camera,
                saving.fresh,
                saving.observed,
                saving.checkpoint,
                saving.account,
            )
        fresh = len(saving.fresh)
        self._clock.board.stored(saving.camera, fresh)
        self._clock.traces.saved(CameraSaved(saving.camera, saving.frames, saving.looks, fresh))
        self._matcher.add(saving.fresh)

    def match(self, watermark: float) -> None:
        """Decide what no sighting from a moment on can change; −∞ decides nothing. A saving ends with it."""
        if watermark > -math.inf:
            self._decide(watermark)
        self._clock.traces.save_done()

    def complete(self) -> Mapping[str, int]:
        """Decide all the rest; the run is complete in the database.

        Returns:
            Camera id → cyclists who came in time that was not watched, and are not counted.
        """
        self.match(math.inf)
        with self._clock.measure(Stage.STORE):
            return self._store.finish_run(self._run_id)

    def _decide(self, watermark: float) -> None:
        with self._clock.measure(Stage.MATCH):
            if watermark == math.inf:
                outcome = self._matcher.finish()
            else:
                outcome = self._matcher.advance(max(watermark, self._matcher.watermark))
                self._event_time = self._matcher.watermark
            # Normally the matcher is done with an embedding long before its time to live is over.
            needed = min(self._event_time, self._matcher.oldest_needed_time)
            forget_before = max(self._event_time - self._gallery_ttl_s, needed)
        with self._clock.measure(Stage.STORE):
            self._store.save_matching(
                self._run_id,
                self._event_time,
                outcome.matches,
                outcome.journeys,
                forget_before=forget_before,
                distances=outcome.distances,
                model_id=outcome.model_id,
            )
        self._clock.board.decided(len(outcome.matches), len(outcome.journeys), watermark)
