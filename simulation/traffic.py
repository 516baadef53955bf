"""Distractors: everything in the street that must not be counted."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from simulation.looks import draw_look
from simulation.settings import Scenario
from simulation.streams import Purpose, stream
from simulation.world import FURNITURE, Actor, Kind, Visit

_KEEP_RIGHT = (Kind.SCOOTER, Kind.E_SCOOTER, Kind.MOPED)
Flow = tuple[Kind, float, tuple[float, float], float]
"""Kind, number per hour, nearest and farthest metres to the side, metres per second."""


def draw_traffic(scenario: Scenario, camera: int, duration_s: float, first: int, seed: int) -> list[Visit]:
    """Let pedestrians, cars and others pass one camera.

    Args:
        scenario: Circumstances.
        camera: Camera number.
        duration_s: Length of the recording, seconds.
        first: Identity of the first of them.
        seed: Seed of the world.
    """
    rng = stream(seed, Purpose.DISTRACTORS, camera)
    traffic = scenario.traffic
    flows: tuple[Flow, ...] = (
        (Kind.PEDESTRIAN, traffic.pedestrians_per_hour, (2.6, 3.9), 1.35),
        (Kind.PEDESTRIAN, traffic.crossing_per_hour, (-1.2, 1.2), 1.35),
        (Kind.PUSHED_BICYCLE, traffic.pushed_bicycles_per_hour, (-1.2, 1.2), 1.15),
        (Kind.SCOOTER, traffic.scooters_per_hour, (0.6, 0.9), 8.5),
        (Kind.CAR, traffic.cars_per_hour, (4.4, 5.0), 9.5),
    )
    later: tuple[Flow, ...] = (
        (Kind.E_SCOOTER, traffic.e_scooters_per_hour, (0.6, 0.9), 5.8),
        (Kind.MOPED, traffic.mopeds_per_hour, (0.6, 0.9), 8.5),
    )
    visits = _flow(scenario, flows, camera, duration_s, rng)
    visits += [_park(scenario, camera, rng) for _ in range(traffic.parked_bicycles)]
    visits += [_stand(scenario, camera, place, rng) for place in range(traffic.furniture)]
    # A stream of their own leaves the worlds of before as they were.
    visits += _flow(scenario, later, camera, duration_s, stream(seed, Purpose.VEHICLES, 0, camera))
    return [
        replace(visit, actor=replace(visit.actor, identity=first + number))
        for number, visit in enumerate(visits)
    ]


def _flow(
    scenario: Scenario, flows: tuple[Flow, ...], camera: int, duration_s: float, rng: Generator
) -> list[Visit]:
    visits: list[Visit] = []
    for kind, per_hour, lateral, speed in flows:
        count = int(rng.poisson(per_hour * (duration_s + 60) / 3600))
        for time_s in np.sort(rng.uniform(-30, duration_s + 30, count)):
            visits.append(_pass(scenario, kind, camera, float(time_s), lateral=lateral, speed=speed, rng=rng))
    return visits


def _pass(
    scenario: Scenario,
    kind: Kind,
    camera: int,
    time_s: float,
    *,
    lateral: tuple[float, float],
    speed: float,
    rng: Generator,
) -> Visit:
    heading = 1 if rng.random() < 0.5 else -1
    side = float(rng.uniform(*lateral))
    if kind is Kind.CAR:
        side = -side - 3.0 if heading > 0 else -side
    elif kind in _KEEP_RIGHT:
        side = -side * heading
    actor = Actor(0, kind, draw_look(scenario.look, rng))
    return Visit(actor, camera, time_s, heading, side, speed * float(rng.uniform(0.85, 1.15)))


def _park(scenario: Scenario, camera: int, rng: Generator) -> Visit:
    actor = Actor(0, Kind.PARKED_BICYCLE, draw_look(scenario.look, rng))
    place = float(rng.uniform(-9, 9))
    return Visit(actor, camera, 0.0, 0, float(rng.uniform(4.7, 5.3)), 0.0, along_m=place)


def _stand(scenario: Scenario, camera: int, place: int, rng: Generator) -> Visit:
    """Put a post, tree, cabinet or hedge on the verge between the camera and the path."""
    kind = FURNITURE[int(rng.choice(len(FURNITURE), p=(0.35, 0.3, 0.15, 0.2)))]
    actor = Actor(0, kind, draw_look(scenario.look, rng))
    lateral = float(rng.uniform(-2.7, -2.3))
    along = 14 * (place + float(rng.uniform(0.2, 0.8))) / scenario.traffic.furniture - 7
    return Visit(actor, camera, 0.0, 0, lateral, 0.0, along_m=along)
