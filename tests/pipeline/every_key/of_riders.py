"""What trackers and judges make of a busy street."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from anonymize import Anonymizer
from pipeline.cameras import classifier_for
from pipeline.stages import CameraChain, ChainSettings
from pipeline.telemetry import StageClock
from tests.pipeline.every_key.bench import Bench, Observer
from tests.tracking.riders.scenes import (
    Actor,
    Path,
    detections_at,
    pedestrian,
    pusher,
    rider,
    thing,
    together,
)
from tracking.errors import FietsflowError
from tracking.values import Crop, Detections, Frame, ObjectClass

SIZE = (1600, 700)
FPS = 10
SECONDS = 14


class NoCrops:
    """Keeps no crop: the street has no pixels."""

    def observe(self, tracks: np.ndarray, boxes: np.ndarray, frame: Frame) -> None: ...

    def take(self, track: int) -> Sequence[Crop]:
        return ()

    def drop(self, track: int) -> None: ...


def passages(bench: Bench) -> object:
    """Every passage that a camera's chain counts on the busy street, box by box, frame after frame."""
    return _counted(bench, busy_street())


def passages_of(scene: str) -> Observer:
    """The same in a small scene, for what is rare on the busy street."""

    def observe(bench: Bench) -> object:
        return _counted(bench, small_scene(scene))

    return observe


def classifier(bench: Bench) -> object:
    """What looks at the crops of a passage."""
    return type(classifier_for(bench.load().cameras[0].rider))


def _counted(bench: Bench, street: Sequence[Detections]) -> Iterator[object]:
    configuration = bench.load()
    camera = configuration.cameras[0]
    chain = CameraChain(
        ChainSettings(
            camera=camera.id,
            frame_size=SIZE,
            region=configuration.region(camera.id, SIZE),
            counting_line=None,
            rider=camera.rider,
            tracker=camera.tracker,
            crops_per_tracklet=1,
        ),
        Anonymizer().crop,
        StageClock(),
        NoCrops(),
    )
    black = np.broadcast_to(np.zeros(1, np.uint8), (SIZE[1], SIZE[0], 3))
    try:
        for index, seen in enumerate(street):
            frame = Frame("A", "street", index, index / FPS, black)
            yield [(index, _told(one.tracklet), one.confidence) for one in chain.process(frame, seen)]
        yield [(_told(one.tracklet), one.confidence) for one in chain.finish()]
    except FietsflowError as error:
        yield str(error)


def _told(tracklet: object) -> tuple[object, ...]:
    boxes, times = tracklet.boxes, tracklet.times  # type: ignore[attr-defined]
    return np.round(boxes, 2).tolist(), times.tolist(), tracklet.stationary_s  # type: ignore[attr-defined]


@cache
def busy_street() -> tuple[Detections, ...]:
    """Boxes of everything that rides, walks, drives and stands there, with the faults of a detector."""
    dice = np.random.default_rng(7)
    actors = [flickering(actor, dice) for actor in _everybody(dice)]
    jitter = np.random.default_rng(1)
    return tuple(detections_at(index / FPS, actors, jitter) for index in range(SECONDS * FPS))


@cache
def small_scene(name: str) -> tuple[Detections, ...]:
    """Boxes of a few actors."""
    kind, dice = ObjectClass, np.random.default_rng(2)
    scenes: dict[str, list[Actor]] = {
        "somebody in a car": [
            thing(Path(y=310, speed=2.8), (kind.CAR, 0.8), width=4.0, tall=1.5),
            thing(Path(y=290, speed=2.8), (kind.PERSON, 0.4), width=0.4, tall=0.7),
        ],
        "something moves": [thing(Path(speed=2.8), (kind.MOVING, 0.5), tall=1.0)],
        "a runner along a rack": [
            pedestrian(Path(speed=3.0, end=6)),
            *(every_second(thing(Path(x=x, end=7.5), (kind.BICYCLE, 0.6))) for x in range(100, 800, 70)),
        ],
        "a rider behind a van": [rider(Path(speed=2.8, end=8, hidden=(2.0, 4.2)))],
        "one leaves and one comes": [
            rider(Path(x=200, speed=2.8, end=3)),
            rider(Path(x=700, speed=-2.8, start=3.1, end=6)),
        ],
        "a crowd": [
            flickering(
                rider(Path(x=200.0 + 9 * n, y=300.0 + 5 * n, speed=float(dice.uniform(0.9, 1.6)))), dice
            )
            for n in range(12)
        ],
    }
    jitter = np.random.default_rng(1)
    return tuple(detections_at(index / FPS, scenes[name], jitter) for index in range(12 * FPS))


def every_second(actor: Actor) -> Actor:
    """An actor that is seen in every second frame."""
    return lambda time: actor(time) if round(time * FPS) % 2 == 0 else ()


def flickering(actor: Actor, dice: np.random.Generator) -> Actor:
    """An actor whose boxes come and go, with scores that change from frame to frame."""
    least = float(dice.uniform(0.05, 0.8))

    def boxes(time: float) -> list[tuple[float, float, float, float, float, int]]:
        seen = [box for box in actor(time) if dice.random() > 0.1]
        return [(*box[:4], box[4] * float(dice.uniform(least, 1.0)), box[5]) for box in seen]

    return boxes


def _everybody(dice: np.random.Generator) -> list[Actor]:
    kind = ObjectClass
    actors: list[Actor] = []
    for number in range(42):
        speed = float(dice.choice([-1, 1]) * dice.choice([0.3, 0.7, 1.0, 1.3, 2.0, 3.0, 6.0, 9.0]))
        start = float(dice.uniform(0, SECONDS - 4))
        hidden_from = float(dice.uniform(start + 1, start + 4))
        path = Path(
            x=float(dice.uniform(200, 1400)),
            y=float(dice.uniform(80, 690)),
            speed=speed,
            start=start,
            end=start + float(dice.uniform(0.6, 14)),
            hidden=(hidden_from, hidden_from + float(dice.choice([0.0, 0.4, 1.0, 2.0, 4.0]))),
            height=float(dice.uniform(20, 90)),
        )
        choices = (
            rider(path),
            rider(path, bicycle_every=int(dice.integers(1, 6)), person_every=int(dice.integers(1, 3))),
            rider(path, bicycle_every=int(dice.integers(1, 9)), person_every=0),
            pusher(path),
            together(pusher(path), pedestrian(path)),
            pedestrian(path),
            thing(path, (kind.CYCLIST, 0.7), (kind.PEDESTRIAN, 0.5), width=0.7, tall=1.1),
            thing(path, (kind.CYCLIST, 0.5), (kind.PEDESTRIAN, 0.4), width=0.5, tall=1.1),
            together(
                thing(path, (kind.CYCLIST, 0.7), width=0.7, tall=1.1),
                thing(path, (kind.CYCLIST, 0.35), width=0.5, tall=0.6),
            ),
            together(rider(path), thing(path, (kind.MOTORCYCLE, 0.8))),
            together(rider(path), thing(path, (kind.PERSON, 0.4), width=0.9, tall=0.7)),
            together(pedestrian(path), thing(path, (kind.CAR, 0.8), width=3, tall=1.3)),
            thing(path, (kind.MOVING, 0.8), width=float(dice.uniform(0.4, 2.2)), tall=1.1),
            thing(path, (kind.BICYCLE, 0.5)),
        )
        actors.append(choices[number % len(choices)])
    for x in (300.0, 700.0, 1100.0):
        actors.append(thing(Path(x=x, y=400, end=SECONDS), (kind.BICYCLE, 0.4)))
    return actors
