"""A run of the centre: from the first news of any box until nothing more is awaited."""

import json
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from flows.database import FlowStore
from flows.database.times import to_seconds
from flows.matching import EventTimeMatcher
from flows.values import Sighting
from pipeline.edge import Batch, WireError
from pipeline.runner.linking import Linking
from pipeline.runner.saving import Keeper
from pipeline.telemetry import StageClock


@dataclass
class Session:
    """What is in hand while boxes send.

    Attributes:
        run_id: Of the database.
        matcher: Sightings to journeys.
        keeper: Decides, and stores what was decided, as every engine does.
        began: When it was opened here, on a clock that is never set back, seconds.
        model: Encoder whose embeddings are compared; None until the first one.
        dimension: Length of its embeddings.
        settled: Camera id → event time up to which all its sightings are here; ∞ once it is finished.
        moved: Camera id → when that last changed, on the clock.
    """

    run_id: str
    matcher: EventTimeMatcher
    keeper: Keeper
    began: float
    model: str | None = None
    dimension: int | None = None
    settled: dict[str, float] = field(default_factory=dict)
    moved: dict[str, float] = field(default_factory=dict)

    @classmethod
    def restore(
        cls, store: FlowStore, linking: Linking, run_id: str, now: float, model: str | None
    ) -> "Session":
        """Take up a run as the database has it.

        Args:
            store: The database.
            linking: How sightings become journeys.
            run_id: Of the database.
            now: On the clock.
            model: The only encoder that may be compared; None for that of the first embedding.
        """
        matcher = linking.restored_matcher(store, run_id)
        keeper = Keeper(run_id, store, matcher, linking.gallery_ttl_s, StageClock())
        session = cls(run_id, matcher, keeper, now, model)
        session.learn(store.open_sightings(run_id).sightings)
        for camera, text in store.progress(run_id).items():
            session.settled[camera] = _settled_of(text)
            session.moved[camera] = now
        return session

    def learn(self, sightings: Iterable[Sighting]) -> None:
        """Take over the encoder of the first embedding."""
        for one in sightings:
            if one.embedding is not None and self.model in (None, one.model_id):
                self.model, self.dimension = one.model_id, self.dimension or len(one.embedding)
                return

    def unlinkable(self, one: Sighting) -> str | None:
        """One word of why a new sighting cannot be linked; None where it can, or never could."""
        if one.enter_time < self.matcher.watermark:
            return "late"
        if one.embedding is None:
            return "expired" if one.quality > 0 else None
        return None if self.model in (None, one.model_id) else "model"

    def note(self, batch: Batch, now: float) -> None:
        """Take over how far the cameras of a box are."""
        for one in batch.cameras:
            known = self.settled.get(one.camera)
            told = -math.inf if one.settled_us is None else to_seconds(one.settled_us)
            told = math.inf if one.finished else told
            if known != told:
                self.moved[one.camera] = now
            self.settled[one.camera] = told

    def watermark(self, expected: Collection[str], now: float, wait_s: float) -> float | None:
        """Event time that no camera that is waited for lies behind; None where none is waited for.

        Args:
            expected: Cameras that some box may speak of.
            now: On the clock.
            wait_s: How long a camera is waited for that makes no progress.
        """
        awaited = [
            self.settled.get(camera, -math.inf)
            for camera in {*expected, *self.settled}
            if self.settled.get(camera) != math.inf and now - self.moved.get(camera, self.began) <= wait_s
        ]
        return min(awaited) if awaited else None


def check_dimensions(sightings: Iterable[Sighting], model: str | None, dimension: int | None) -> None:
    """Refuse embeddings that cannot be compared because they are of another length.

    Args:
        sightings: What arrived.
        model: Encoder whose embeddings are compared; None for that of the first one.
        dimension: Length of its embeddings; None for that of the first one.

    Raises:
        WireError: There is one.
    """
    for one in sightings:
        if one.embedding is None or model not in (None, one.model_id):
            continue
        model, dimension = one.model_id, dimension or len(one.embedding)
        if len(one.embedding) != dimension:
            raise WireError(
                f"sightings: the embedding of {one.sighting_id} has {len(one.embedding)} numbers, others "
                f"of model {model} have {dimension}"
            )


def progress_text(settled_us: int | None, finished: bool) -> str:
    """How the database keeps how far a camera is."""
    return json.dumps({"settled_us": settled_us, "finished": finished})


def _settled_of(text: str) -> float:
    told = json.loads(text)
    if told["finished"]:
        return math.inf
    return -math.inf if told["settled_us"] is None else to_seconds(told["settled_us"])
