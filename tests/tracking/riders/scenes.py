"""Little street scenes as boxes: what a small detector would say about them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tracking.riders import Candidates, Glance, JudgedPassage, PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections, ObjectClass

FPS = 10.0
HEIGHT = 60.0
"""Of a person, px; one height per second is about 6 km/h."""

Box = tuple[float, float, float, float, float, int]
Actor = Callable[[float], Iterable[Box]]
"""Boxes (left, top, right, bottom, score, class) of one thing at a moment, in seconds."""


@dataclass(frozen=True)
class Path:
    """Straight way on the ground.

    Attributes:
        x: Start, px.
        y: Of the foot, px.
        speed: Heights per second to the right.
        start: First second in view.
        end: Last second in view.
        hidden: Seconds between which nothing is seen (behind a van).
        height: Of the person, px.
    """

    x: float = 100.0
    y: float = 300.0
    speed: float = 0.0
    start: float = 0.0
    end: float = 6.0
    hidden: tuple[float, float] = (0.0, 0.0)
    height: float = HEIGHT

    def at(self, time: float) -> float | None:
        """Position, None where nothing is seen."""
        if not self.start <= time <= self.end or self.hidden[0] < time < self.hidden[1]:
            return None
        return self.x + self.speed * self.height * (time - self.start)


def bicycle_box(x: float, y: float, height: float = HEIGHT, score: float = 0.5) -> Box:
    """A bicycle from the side, its wheels on the ground at y."""
    return (x - 0.5 * height, y - 0.62 * height, x + 0.5 * height, y, score, ObjectClass.BICYCLE)


def standing_box(x: float, y: float, height: float = HEIGHT, score: float = 0.6) -> Box:
    """A person with both feet on the ground at y."""
    return (x - 0.17 * height, y - height, x + 0.17 * height, y, score, ObjectClass.PERSON)


def seated_box(x: float, y: float, height: float = HEIGHT, score: float = 0.6) -> Box:
    """A rider, feet on the pedals of a bicycle that stands at y."""
    return (x - 0.22 * height, y - height, x + 0.22 * height, y - 0.2 * height, score, ObjectClass.PERSON)


def _now_and_then(time: float, every: int) -> bool:
    return every > 0 and round(time * FPS) % every == 0


def rider(path: Path, bicycle_every: int = 1, person_every: int = 1) -> Actor:
    """A cyclist of whom the detector sees bicycle and person in each n-th frame (0: never)."""

    def boxes(time: float) -> Iterable[Box]:
        x = path.at(time)
        if x is not None and _now_and_then(time, person_every):
            yield seated_box(x, path.y, path.height)
        if x is not None and _now_and_then(time, bicycle_every):
            yield bicycle_box(x, path.y, path.height)

    return boxes


def pedestrian(path: Path) -> Actor:
    """A person on foot."""

    def boxes(time: float) -> Iterable[Box]:
        x = path.at(time)
        if x is not None:
            yield standing_box(x, path.y, path.height)

    return boxes


def pusher(path: Path) -> Actor:
    """A person who walks beside the bicycle."""

    def boxes(time: float) -> Iterable[Box]:
        x = path.at(time)
        if x is not None:
            yield standing_box(x - 0.2 * path.height, path.y, path.height)
            yield bicycle_box(x, path.y, path.height)

    return boxes


def thing(path: Path, *kinds: tuple[ObjectClass, float], width: float = 1.0, tall: float = 0.62) -> Actor:
    """One box, reported as several kinds with their scores."""

    def boxes(time: float) -> Iterable[Box]:
        x = path.at(time)
        if x is not None:
            half, top = width * path.height / 2, path.y - tall * path.height
            for kind, score in kinds:
                yield (x - half, top, x + half, path.y, score, kind)

    return boxes


def together(*actors: Actor) -> Actor:
    """Several actors as one."""
    return lambda time: [box for actor in actors for box in actor(time)]


def detections_at(time: float, actors: Sequence[Actor], jitter: np.random.Generator) -> Detections:
    """What the detector says at a moment, edges off by about 2 % of the height."""
    boxes = [box for actor in actors for box in actor(time)]
    if not boxes:
        return Detections.empty()
    table = np.array(boxes, np.float64)
    noise = jitter.normal(0.0, 0.02, (len(table), 4)) * (table[:, 3] - table[:, 1])[:, None]
    return Detections(
        (table[:, :4] + noise).astype(np.float32),
        table[:, 4].astype(np.float32),
        table[:, 5].astype(np.int64),
    )


def judged(
    *actors: Actor,
    settings: RiderSettings | None = None,
    seconds: float = 12.0,
    fps: float = FPS,
    look: Callable[[Sequence[int]], Glance | None] | None = None,
) -> list[JudgedPassage]:
    """Run the real tracker and the judge over a scene."""
    settings = settings or RiderSettings()
    tracker = build_tracker("A", TrackerSettings(), (2000, 600))
    judge = PassageJudge(settings, look=look)
    jitter = np.random.default_rng(0)
    passages: list[JudgedPassage] = []
    for index in range(round(seconds * fps)):
        time = index / fps
        candidates: Candidates = associate(detections_at(time, actors, jitter), settings.association)
        update = tracker.update(FrameStamp("scene", index, time), candidates.detections)
        passages += judge.conclude(update.ended, update.dropped, time)
        judge.observe(update.assigned, candidates, time)
    update = tracker.finish()
    passages += judge.finish(update.ended, update.dropped)
    assert judge.quiet, "the judge remembers something after the end of the footage"
    return passages


def cyclists(passages: Sequence[JudgedPassage]) -> int:
    """Number of passages counted."""
    return sum(passage.verdict.is_cyclist for passage in passages)


def told(passages: Sequence[JudgedPassage]) -> str:
    """The verdicts as text, for the message of a failing test."""
    return "\n".join(
        f"{passage.members} {passage.verdict.reason.name} {passage.verdict.measurements}"
        for passage in passages
    )
