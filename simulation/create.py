"""Make a world from a scenario and a seed."""

from datetime import datetime

from simulation.demand import draw_visits
from simulation.network import build_network
from simulation.settings import Scenario
from simulation.streams import Purpose, stream
from simulation.traffic import draw_traffic
from simulation.world import World


def create_world(scenario: Scenario, *, cameras: int, duration_s: float, start: datetime, seed: int) -> World:
    """Let everything happen; no pixel is drawn.

    Args:
        scenario: Circumstances.
        cameras: Number of cameras.
        duration_s: Length of the recording, seconds.
        start: Its start, with time zone.
        seed: The same seed gives the same world.
    """
    network = build_network(cameras, stream(seed, Purpose.NETWORK), bypasses=scenario.travel.bypasses)
    visits = draw_visits(scenario, network, duration_s, start.hour + start.minute / 60, seed)
    identity = 1 + max((visit.actor.identity for visit in visits), default=0)
    for camera in range(cameras):
        others = draw_traffic(scenario, camera, duration_s, identity, seed)
        identity += len(others)
        visits += others
    ordered = sorted(visits, key=lambda visit: (visit.camera, visit.time_s, visit.actor.identity))
    return World(scenario, seed, start, duration_s, network, tuple(ordered))
