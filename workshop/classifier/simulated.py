"""Crops of simulated streets, each with the kind of thing that was painted there."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import cv2
import numpy as np
from pydantic import Field

from simulation import Scenario, create_world, load_scenario
from simulation.scene import Scene
from simulation.sitefile import TIMEZONE
from simulation.tracks import Track, watch
from simulation.world import CYCLISTS, FURNITURE, Kind, World
from tracking.arrays import Image
from tracking.settings import Settings
from workshop.classifier.crops import LabelledCrop, Shown, cut_out
from workshop.detector.viewpoints import draw_camera

_START = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo(TIMEZONE))
_NEXT_S = 0.04
"""Each picture has a neighbour so much later, never painted: motion blur follows from the two."""
_SHOWN = {
    **dict.fromkeys(CYCLISTS, Shown.CYCLIST),
    **dict.fromkeys((Kind.PEDESTRIAN, Kind.PUSHED_BICYCLE, Kind.E_SCOOTER), Shown.ON_FOOT),
    **dict.fromkeys((Kind.SCOOTER, Kind.MOPED), Shown.MOTOR),
    **dict.fromkeys((Kind.CAR, Kind.PARKED_BICYCLE), Shown.OTHER),
}


class SimulatedCropSettings(Settings):
    """Which simulated crops."""

    worlds: dict[str, int] = Field(description="scenario → worlds of it")
    first_seed: int = Field(ge=0, description="of the worlds of each scenario")
    cameras: int = Field(default=3, ge=1, le=20, description="cameras of each world")
    frames: int = Field(default=6, ge=1, description="pictures of each camera")
    gap_s: float = Field(default=2.5, gt=0.1, description="seconds from one picture to the next")
    size: tuple[int, int] = Field(default=(640, 384), description="width and height, pixels")
    riders_per_hour: float = Field(
        default=4200.0, gt=0, description="so many, so that little is painted for nothing"
    )
    walkers_per_hour: float = Field(
        default=500.0, gt=0, description="along the street; three fifths of it across"
    )
    pushed_per_hour: float = Field(default=200.0, ge=0, description="people who push a bicycle")
    scooters_per_hour: float = Field(default=400.0, ge=0, description="motor scooters")
    wild_share: float = Field(
        default=0.6, ge=0, le=1, description="cameras where the simulation's never hang"
    )
    real_share: float = Field(default=0.4, ge=0, le=1, description="cameras over a real empty street")
    least_visible: float = Field(default=0.5, ge=0, le=1, description="what is hidden more is left out")


def simulated_crops(settings: SimulatedCropSettings, streets: Sequence[Image] = ()) -> Iterator[LabelledCrop]:
    """Paint pictures and cut everybody out.

    Args:
        settings: Which.
        streets: Real pictures without people.
    """
    for name, worlds in settings.worlds.items():
        scenario = _busy(load_scenario(name), settings)
        for seed in range(settings.first_seed, settings.first_seed + worlds):
            duration = settings.frames * settings.gap_s
            world = create_world(
                scenario, cameras=settings.cameras, duration_s=duration, start=_START, seed=seed
            )
            for camera in range(settings.cameras):
                yield from _of_camera(world, camera, settings, streets)


def _busy(scenario: Scenario, settings: SimulatedCropSettings) -> Scenario:
    traffic = scenario.traffic.model_copy(
        update={
            "pedestrians_per_hour": settings.walkers_per_hour,
            "crossing_per_hour": 0.6 * settings.walkers_per_hour,
            "pushed_bicycles_per_hour": settings.pushed_per_hour,
            "scooters_per_hour": settings.scooters_per_hour,
            "cars_per_hour": 150.0,
            "parked_bicycles": 2,
        }
    )
    demand = scenario.demand.model_copy(
        update={"riders_per_hour": settings.riders_per_hour, "group_share": 0.2, "seen_once_share": 0.6}
    )
    return scenario.model_copy(update={"traffic": traffic, "demand": demand})


def _of_camera(
    world: World, number: int, settings: SimulatedCropSettings, streets: Sequence[Image]
) -> Iterator[LabelledCrop]:
    rng = np.random.default_rng((world.seed, number, 31))
    camera = draw_camera(number, settings.size, rng, wild=bool(rng.random() < settings.wild_share))
    shown = settings.gap_s * (0.5 + np.arange(settings.frames))
    times = np.stack([shown, shown + _NEXT_S], axis=1).ravel()
    visits = world.at(number)
    real = len(streets) > 0 and bool(rng.random() < settings.real_share)
    if real:
        visits = tuple(visit for visit in visits if visit.heading)
    scene = Scene(camera, number, visits, times, settings=world.scenario.picture, seed=world.seed)
    if real:
        street = streets[int(rng.integers(len(streets)))]
        scene.background = np.asarray(
            cv2.resize(street, settings.size, interpolation=cv2.INTER_AREA), np.uint8
        )
    tracks = [one for one in watch(visits, camera, times) if one.visit.actor.kind not in FURNITURE]
    for frame in range(0, len(times), 2):
        seen = [(track, row) for track in tracks if (row := _row(track, frame, settings)) is not None]
        picture = scene.picture(frame) if seen else None
        for track, row in seen:
            kind = track.visit.actor.kind
            if picture is not None:
                yield from cut_out(picture, track.boxes[row], _SHOWN[kind], kind.value, simulated=True)


def _row(track: Track, frame: int, settings: SimulatedCropSettings) -> int | None:
    """Where somebody is in a picture; None where hardly anything of them shows."""
    row = 0 if not track.visit.heading else frame - int(track.frames[0])
    there = 0 <= row < len(track.frames) and track.visible[row] >= settings.least_visible
    return row if there else None
