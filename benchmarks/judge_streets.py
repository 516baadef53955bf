"""Simulated streets, looked at without making a file of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import av
import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.judge_glances import Glancer
from benchmarks.judge_settings import WorldSettings
from simulation import Scenario, create_world, load_scenario
from simulation.scene import Scene
from simulation.sitefile import TIMEZONE
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS, FURNITURE, Kind, World
from tracking.arrays import Image
from tracking.detectors import Detector
from tracking.riders import CropClassifier
from tracking.values import Frame
from workshop.detector.viewpoints import draw_camera
from workshop.judge.seen import Look, Seen, Truth

_START = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo(TIMEZONE))
_TRAFFIC = {
    "pedestrians_per_hour": (100.0, 900.0),
    "crossing_per_hour": (60.0, 900.0),
    "pushed_bicycles_per_hour": (20.0, 240.0),
    "scooters_per_hour": (30.0, 300.0),
    "cars_per_hour": (0.0, 200.0),
}
"""Least and most of each; what is drawn lies nearer to the least."""


def look_at_worlds(
    settings: WorldSettings, detector: Detector, classifier: CropClassifier, streets: Sequence[Image] = ()
) -> Iterator[Seen]:
    """Paint streets and let the detector look at them.

    Args:
        settings: Which.
        detector: Looks at every picture as a whole.
        classifier: Looks at the crops of passages.
        streets: Real pictures without people, for `real_share`.

    Yields:
        One for each camera, named scenario-seed-camera.
    """
    for number in range(settings.worlds):
        seed = settings.first_seed + number
        rng = np.random.default_rng((seed, 23))
        scenario = _busy(load_scenario(settings.scenarios[number % len(settings.scenarios)]), rng)
        world = create_world(
            scenario, cameras=settings.cameras, duration_s=settings.seconds, start=_START, seed=seed
        )
        for camera in range(settings.cameras):
            yield _watch(world, camera, settings, detector, classifier, streets)


def _busy(scenario: Scenario, rng: Generator) -> Scenario:
    """The scenario with far more of everything, so that little is painted for nothing."""
    shares = {name: low + (high - low) * float(rng.random()) ** 2 for name, (low, high) in _TRAFFIC.items()}
    traffic = scenario.traffic.model_copy(update={**shares, "parked_bicycles": int(rng.integers(0, 7))})
    demand = scenario.demand.model_copy(
        update={
            "riders_per_hour": float(rng.uniform(900, 3000)),
            "group_share": float(rng.choice([0.0, 0.1, 0.35])),
            "seen_once_share": 0.6,
            "wait_in_view_share": float(rng.choice([0.0, 0.15])),
        }
    )
    travel = scenario.travel.model_copy(
        update={"speed_kmh": float(rng.uniform(9, 24)), "speed_spread_kmh": 3.5}
    )
    return scenario.model_copy(update={"traffic": traffic, "demand": demand, "travel": travel})


def _watch(
    world: World,
    number: int,
    settings: WorldSettings,
    detector: Detector,
    classifier: CropClassifier,
    streets: Sequence[Image],
) -> Seen:
    rng = np.random.default_rng((world.seed, number, 29))
    size = settings.sizes[int(rng.integers(len(settings.sizes)))]
    quality = settings.qualities[int(rng.integers(len(settings.qualities)))]
    camera = draw_camera(number, size, rng, wild=bool(rng.random() < settings.wild_share))
    times = np.arange(round(settings.seconds * settings.rate)) / settings.rate
    visits = world.at(number)
    real = len(streets) > 0 and bool(rng.random() < settings.real_share)
    if real:
        visits = tuple(visit for visit in visits if visit.heading)
    scene = Scene(camera, number, visits, times, settings=world.scenario.picture, seed=world.seed)
    if real:
        street = streets[int(rng.integers(len(streets)))]
        scene.background = np.asarray(cv2.resize(street, size, interpolation=cv2.INTER_AREA), np.uint8)
    name = f"{world.scenario.name}-{world.seed}-{number}"
    start, looks, before = world.start.timestamp(), [], -np.inf
    glancer = Glancer(name, size, classifier)
    for index, picture in enumerate(compressed(scene.frames(), size, quality, settings.rate)):
        (found,) = detector.detect([picture])
        time = start + float(times[index])
        looks.append(Look(f"{name}.mp4", index, time, before, found))
        glancer.add(Frame(name, f"{name}.mp4", index, time, picture, before=before), found)
        before = time
    tracks = [one for one in watch(visits, camera, times) if one.visit.actor.kind not in FURNITURE]
    return Seen(name, size, tuple(looks), _truth(tracks, len(times)), glancer.finish())


def compressed(
    pictures: Iterator[Image], size: tuple[int, int], quality: int, rate: float
) -> Iterator[Image]:
    """Pictures as a recorder would give them back: through an encoder and a decoder, in memory.

    Args:
        pictures: (H, W, 3) BGR.
        size: Width and height.
        quality: CRF of H.264.
        rate: Pictures per second.
    """
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = Fraction(rate).limit_denominator(1000)
    encoder.options = {"preset": "veryfast", "crf": str(quality), "threads": "1", "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    for picture in pictures:
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
        for packet in encoder.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")):
            yield from map(_picture, decoder.decode(packet))
    for packet in encoder.encode(None):
        yield from map(_picture, decoder.decode(packet))
    yield from map(_picture, decoder.decode(None))


def _picture(frame: av.VideoFrame) -> Image:
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _truth(tracks: Sequence[Track], looks: int) -> Truth:
    frames, actors, boxes, visible = [], [], [], []
    for actor, track in enumerate(tracks):
        standing = not track.visit.heading
        frames.append(np.arange(looks) if standing else track.frames)
        number = len(frames[-1])
        actors.append(np.full(number, actor))
        boxes.append(np.repeat(track.boxes[:1], number, axis=0) if standing else track.boxes)
        visible.append(np.repeat(track.visible[:1], number) if standing else track.visible)
    shown = [track.visit.actor.kind for track in tracks]
    kinds = tuple((Kind.CYCLIST if one in CYCLISTS else one).value for one in shown)
    if not tracks:
        return Truth(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 4)), np.zeros(0), ())
    return Truth(
        np.concatenate(frames), np.concatenate(actors), np.concatenate(boxes), np.concatenate(visible), kinds
    )
