"""Riders: when they set out, which way they go, how long it takes them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from simulation.looks import draw_look
from simulation.motion import BRAKING_S
from simulation.network import Network
from simulation.rides import mount
from simulation.settings import Scenario, TravelSettings
from simulation.streams import Purpose, stream
from simulation.world import Actor, Kind, Visit

_PATH_M = 0.75
"""Metres from the middle of the cycle path to where riders keep right."""
_SLOWEST_MS = 7 / 3.6
_HOURLY = (
    0.10, 0.06, 0.04, 0.04, 0.08, 0.25, 0.8, 1.9, 2.6, 1.4, 0.9, 0.9,
    1.1, 1.1, 1.0, 1.2, 1.9, 2.5, 1.6, 1.0, 0.8, 0.6, 0.4, 0.2,
)  # fmt: skip
"""Demand by hour of a working day, relative to its mean."""


class _Stop(NamedTuple):
    camera: int
    end_in: int
    end_out: int
    time_s: float
    journey: int


def draw_visits(
    scenario: Scenario, network: Network, duration_s: float, hour: float, seed: int
) -> list[Visit]:
    """Let riders into the network and note each camera they pass.

    Riders also set out before the recording, so that the streets are filled when it begins.

    Args:
        scenario: Circumstances.
        network: Streets.
        duration_s: Length of the recording, seconds.
        hour: Local hour of the day at its start, for the daily curve.
        seed: Seed of the world.

    Returns:
        Visits whose reference time may lie a little outside the recording.
    """
    warm_up = 90.0 * len(network.names)
    departures = _departures(scenario, warm_up, duration_s, hour, stream(seed, Purpose.DEMAND))
    visits: list[Visit] = []
    actors: list[Actor] = []
    for time_s in departures:
        rng = stream(seed, Purpose.RIDER, len(actors))
        size = int(rng.integers(2, 5)) if rng.random() < scenario.demand.group_share else 1
        leader = _ride(scenario, network, float(time_s), rng)
        for member in range(size):
            member_rng = stream(seed, Purpose.RIDER, len(actors), 1)
            actor = _dress(scenario, actors, member_rng)
            actors.append(actor)
            mounted = mount(actor, scenario, seed)
            visits += [_beside(visit, mounted, member, member_rng) for visit in leader]
    return visits


def _departures(
    scenario: Scenario, warm_up: float, duration_s: float, hour: float, rng: Generator
) -> list[float]:
    rate = scenario.demand.riders_per_hour / 3600
    if scenario.demand.group_share:
        rate /= 1 + 2 * scenario.demand.group_share
    peak = max(_HOURLY) if scenario.demand.daily_curve else 1.0
    count = int(rng.poisson(rate * peak * (warm_up + duration_s)))
    times = np.sort(rng.uniform(-warm_up, duration_s, count))
    if scenario.demand.daily_curve:
        hours = ((hour + times / 3600) % 24).astype(int)
        times = times[rng.random(count) * peak < np.asarray(_HOURLY)[hours]]
    return [float(t) for t in times]


def _dress(scenario: Scenario, earlier: list[Actor], rng: Generator) -> Actor:
    look = draw_look(scenario.look, rng)
    if earlier and rng.random() < scenario.look.look_alike_share:
        twin = earlier[-int(rng.integers(1, min(len(earlier), 12) + 1))]
        look = replace(twin.look, height=look.height)
    return Actor(len(earlier) + 1, Kind.CYCLIST, look)


def _ride(scenario: Scenario, network: Network, time_s: float, rng: Generator) -> list[Visit]:
    travel, demand = scenario.travel, scenario.demand
    own = float(np.clip(rng.normal(travel.speed_kmh, travel.speed_spread_kmh), 9, 32)) / 3.6
    nobody = Actor(0, Kind.CYCLIST, draw_look(scenario.look, rng))
    visits = []
    delay = 0.0
    for stop in _route(scenario, network, time_s, own, rng):
        heading = stop.end_out - stop.end_in
        speed = own * float(rng.normal(1, 0.04))
        lateral = -_PATH_M * heading + float(rng.normal(0, 0.12))
        visit = Visit(nobody, stop.camera, stop.time_s + delay, heading, lateral, speed, stop.journey)
        if rng.random() < demand.wait_in_view_share:
            waits = float(rng.uniform(2, demand.wait_in_view_s))
            visit = replace(visit, wait_at_m=-heading * float(rng.uniform(0, 4)), wait_s=waits)
            delay += waits + BRAKING_S
        visits.append(visit)
    return visits


def _route(
    scenario: Scenario, network: Network, time_s: float, speed: float, rng: Generator
) -> Iterator[_Stop]:
    demand = scenario.demand
    once = rng.random() < demand.seen_once_share
    camera, end = _first(network, once, demand.inbound_share, rng)
    journey = 0
    while True:
        ahead = network.onward(camera, 1 - end)
        yield _Stop(camera, end, 1 - end, time_s, journey)
        if once or not ahead or rng.random() < demand.leave_share:
            return
        if rng.random() < demand.turn_back_share:
            time_s += float(rng.uniform(30, 120)) + scenario.travel.red_light_s
            end, journey = 1 - end, journey + 1
            continue
        weights = np.asarray([street.attraction for street, _, _ in ahead])
        street, camera, end = ahead[int(rng.choice(len(ahead), p=weights / weights.sum()))]
        halt = float(rng.exponential(demand.stop_mean_s)) if rng.random() < demand.stop_share else 0.0
        time_s += _travel_s(street.distance_m, speed, halt, scenario.travel, rng)


def _first(network: Network, once: bool, inbound_share: float, rng: Generator) -> tuple[int, int]:
    """Where the rider comes in: the outer ends draw four times the riders of side streets."""
    places = [(camera, end) for camera in range(len(network.names)) for end in (0, 1)]
    onward = np.asarray([len(network.onward(camera, 1 - end)) for camera, end in places])
    outer = np.asarray([not network.onward(camera, end) for camera, end in places])
    weights = np.where(outer, 4.0, 1.0) * [(1 - inbound_share) if end else inbound_share for _, end in places]
    if not once and onward.any():
        weights = weights * (onward > 0)
    return places[int(rng.choice(len(places), p=weights / weights.sum()))]


def _travel_s(
    distance_m: float, speed: float, halt_s: float, travel: TravelSettings, rng: Generator
) -> float:
    """Time from one reference point to the next, between 7 and 36 km/h: who halts longer has arrived."""
    seconds = halt_s + distance_m / (speed * float(np.exp(rng.normal(0, travel.edge_spread))))
    if rng.random() < travel.red_light_share:
        seconds += float(rng.uniform(0, travel.red_light_s))
    return float(np.clip(seconds, distance_m / 10.0, distance_m / _SLOWEST_MS))


def _beside(visit: Visit, actor: Actor, member: int, rng: Generator) -> Visit:
    """Place the members of a group beside and behind their leader."""
    if member == 0:
        return replace(visit, actor=actor)
    row, side = divmod(member, 2)
    return replace(
        visit,
        actor=actor,
        time_s=visit.time_s + row * float(rng.uniform(0.45, 0.7)) + float(rng.uniform(0, 0.1)),
        lateral_m=visit.lateral_m + side * visit.heading * float(rng.uniform(0.75, 0.95)),
        wait_at_m=visit.wait_at_m - visit.heading * row * 2.0,
    )
