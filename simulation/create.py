"""Make a world from a scenario and a seed."""

from dataclasses import replace
from datetime import datetime

from numpy.random import SeedSequence

from simulation.demand import draw_visits
from simulation.network import build_network
from simulation.settings import Scenario
from simulation.streams import Purpose, stream
from simulation.traffic import draw_traffic
from simulation.world import Visit, World

IDENTITIES_A_DAY = 10**6
"""Nobody of one day is anybody of another."""


def create_world(
    scenario: Scenario, *, cameras: int, duration_s: float, start: datetime, seed: int, day: int = 0
) -> World:
    """Let everything happen; no pixel is drawn.

    Args:
        scenario: Circumstances.
        cameras: Number of cameras.
        duration_s: Length of the recording, seconds.
        start: Its start, with time zone.
        seed: The same seed gives the same world.
        day: On another day other people pass the same cameras in the same streets.
    """
    # Of the first day the seed itself, so that worlds stay what they were.
    people = int(SeedSequence((seed, day)).generate_state(1)[0]) if day else seed
    network = build_network(cameras, stream(seed, Purpose.NETWORK), bypasses=scenario.travel.bypasses)
    visits = draw_visits(scenario, network, duration_s, start.hour + start.minute / 60, people)
    identity = 1 + max((visit.actor.identity for visit in visits), default=0)
    for camera in range(cameras):
        others = draw_traffic(scenario, camera, duration_s, identity, people)
        identity += len(others)
        visits += others
    visits = [_on(day, visit) for visit in visits] if day else visits
    ordered = sorted(visits, key=lambda visit: (visit.camera, visit.time_s, visit.actor.identity))
    return World(scenario, seed, start, duration_s, network, tuple(ordered))


def _on(day: int, visit: Visit) -> Visit:
    actor = replace(visit.actor, identity=visit.actor.identity + day * IDENTITIES_A_DAY)
    return replace(visit, actor=actor)
