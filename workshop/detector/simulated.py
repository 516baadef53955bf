"""Single simulated frames with the boxes of everybody in them, without making a video."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from pydantic import Field

from simulation import Scenario, create_world, load_scenario
from simulation.camera import Camera
from simulation.scene import Scene
from simulation.sitefile import TIMEZONE
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS, FURNITURE, Kind, World
from tracking.arrays import FloatArray, Image, IntArray
from tracking.settings import Settings
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.viewpoints import draw_camera

_NEXT_S = 0.04
"""Each frame has a neighbour this much later, never painted: motion blur follows from the two."""
_LABELS = {
    **dict.fromkeys(CYCLISTS, Label.CYCLIST),
    Kind.PEDESTRIAN: Label.PEDESTRIAN,
    Kind.PUSHED_BICYCLE: Label.PEDESTRIAN,
}
_START = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo(TIMEZONE))


class SimulatedFrameSettings(Settings):
    """Which simulated frames."""

    scenarios: tuple[str, ...] = Field(min_length=1, description="scenarios of the simulation")
    seeds: tuple[int, ...] = Field(
        min_length=1, description="seeds of the worlds, one world for each scenario"
    )
    cameras: int = Field(default=3, ge=1, le=20, description="cameras of each world")
    frames: int = Field(default=8, ge=1, le=1000, description="frames of each camera")
    gap_s: float = Field(default=2.5, gt=0.1, description="seconds between two frames of a camera")
    size: tuple[int, int] = Field(default=(640, 384), description="width and height, pixels")
    busy: bool = Field(
        default=False,
        description="more groups, walkers, scooters, pushed and parked bicycles than the scenario has",
    )
    wild_share: float = Field(
        default=0.0, ge=0, le=1, description="share of cameras that hang where the simulation's never do"
    )
    real_share: float = Field(
        default=0.0, ge=0, le=1, description="share of cameras whose empty street is a real picture"
    )
    min_visible: float = Field(
        default=0.35, ge=0, le=1, description="less visible objects are neither right nor wrong"
    )

    @property
    def total(self) -> int:
        """How many frames these are."""
        return len(self.scenarios) * len(self.seeds) * self.cameras * self.frames


@dataclass(frozen=True, slots=True)
class _View:
    """One camera of one world, and where its frames come from."""

    world: World
    number: int
    camera: Camera
    empty: Image | None


def render_frames(settings: SimulatedFrameSettings, streets: Sequence[Image] = ()) -> Iterator[LabelledImage]:
    """Paint labelled frames, a few of each camera.

    Args:
        settings: Which.
        streets: Real pictures without people, for `real_share`.

    Yields:
        Frames named scenario/seed-camera-number, in which everybody is labelled.
    """
    for name in settings.scenarios:
        for seed in settings.seeds:
            for view in _views(settings, _circumstances(name, busy=settings.busy), seed, streets):
                yield from _frames(view, settings)


def _circumstances(name: str, *, busy: bool) -> Scenario:
    scenario = load_scenario(name)
    if not busy:
        return scenario
    traffic = scenario.traffic.model_copy(
        update={
            "pedestrians_per_hour": 260.0,
            "crossing_per_hour": 160.0,
            "pushed_bicycles_per_hour": 40.0,
            "scooters_per_hour": 90.0,
            "cars_per_hour": 150.0,
            "parked_bicycles": 5,
        }
    )
    demand = scenario.demand.model_copy(
        update={
            "riders_per_hour": max(scenario.demand.riders_per_hour, 900.0),
            "group_share": max(scenario.demand.group_share, 0.35),
            "seen_once_share": 0.6,
        }
    )
    return scenario.model_copy(update={"traffic": traffic, "demand": demand})


def _views(
    settings: SimulatedFrameSettings, scenario: Scenario, seed: int, streets: Sequence[Image]
) -> Iterator[_View]:
    world = create_world(
        scenario,
        cameras=settings.cameras,
        duration_s=settings.frames * settings.gap_s,
        start=_START,
        seed=seed,
    )
    for number in range(settings.cameras):
        rng = np.random.default_rng((seed, number, 17))
        wild = bool(rng.random() < settings.wild_share)
        camera = draw_camera(number, settings.size, rng, wild=wild)
        real = len(streets) > 0 and bool(rng.random() < settings.real_share)
        empty = _cut(streets[int(rng.integers(len(streets)))], settings.size, rng) if real else None
        yield _View(world, number, camera, empty)


def _cut(street: Image, size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Any part of a picture, in the wanted size."""
    height, width = street.shape[:2]
    zoom = float(rng.uniform(1.0, 2.2))
    wide = min(width, height * size[0] / size[1]) / zoom
    high = wide * size[1] / size[0]
    left, top = rng.uniform(0, width - wide), rng.uniform(0, height - high)
    part = street[
        int(top) : max(int(top + high), int(top) + 8), int(left) : max(int(left + wide), int(left) + 8)
    ]
    part = part[:, ::-1] if rng.random() < 0.5 else part
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _frames(view: _View, settings: SimulatedFrameSettings) -> Iterator[LabelledImage]:
    shown = settings.gap_s * (0.5 + np.arange(settings.frames))
    times = np.stack([shown, shown + _NEXT_S], axis=1).ravel()
    visits = view.world.at(view.number)
    if view.empty is not None:
        visits = tuple(visit for visit in visits if visit.heading)
    tracks = [track for track in watch(visits, view.camera, times) if track.visit.actor.kind not in FURNITURE]
    scene = Scene(
        view.camera,
        view.number,
        visits,
        times,
        settings=view.world.scenario.picture,
        seed=view.world.seed,
    )
    if view.empty is not None:
        scene.background = view.empty
    for position in range(settings.frames):
        boxes, labels = _labels(tracks, 2 * position, settings.min_visible)
        yield LabelledImage(
            f"{view.world.scenario.name}/{view.world.seed}-{view.number}-{position}",
            scene.picture(2 * position),
            boxes,
            labels,
            np.ones(2, np.float32),
        )


def _labels(tracks: Sequence[Track], frame: int, min_visible: float) -> tuple[FloatArray, IntArray]:
    boxes, labels = [], []
    for track in tracks:
        row = 0 if not track.visit.heading else frame - int(track.frames[0])
        if not 0 <= row < len(track.frames) or track.visible[row] <= 0:
            continue
        kind = _LABELS.get(track.visit.actor.kind, Label.OTHER)
        hidden = kind is not Label.OTHER and track.visible[row] < min_visible
        boxes.append(track.boxes[row])
        labels.append(Label.IGNORED if hidden else kind)
    return np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(labels, np.int64)
