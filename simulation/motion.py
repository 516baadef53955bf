"""Where an actor is at each moment, and its body there."""

import numpy as np

from simulation.bodies import (
    add_bicycle,
    add_cabinet,
    add_car,
    add_cargo_bicycle,
    add_e_scooter,
    add_hedge,
    add_moped,
    add_post,
    add_recumbent,
    add_rider,
    add_scooter,
    add_seated_child,
    add_tandem,
    add_tree,
    add_walker,
)
from simulation.figure import Figure, FigureBuilder
from simulation.streams import Purpose, stream
from simulation.world import CYCLISTS, Actor, Kind, Visit
from tracking.arrays import FloatArray

BRAKING_S = 2.0
"""Seconds to come to a halt, and as many to get going again."""


def way_along(visit: Visit, times_s: FloatArray) -> FloatArray:
    """Metres from the street's reference point, along its direction.

    Args:
        visit: Who passes and when.
        times_s: (F,) seconds after the start, any order.

    Returns:
        (F,) metres.
    """
    if visit.heading == 0:
        return np.full(len(times_s), visit.along_m)
    moving = np.asarray(times_s) - visit.time_s
    if visit.wait_s > 0:
        moving = _halted(moving, visit.heading * visit.wait_at_m / visit.speed_ms, visit.wait_s)
    return visit.heading * visit.speed_ms * moving


def _halted(seconds: FloatArray, at: float, wait_s: float) -> FloatArray:
    """Slow the clock of somebody who brakes, stands, and starts again."""
    begin = at - BRAKING_S / 2
    since = seconds - begin
    braking = since - since**2 / (2 * BRAKING_S)
    starting = since - BRAKING_S - wait_s
    gone = np.select(
        [since <= 0, since <= BRAKING_S, starting <= 0, starting <= BRAKING_S],
        [since, braking, np.full_like(since, BRAKING_S / 2), BRAKING_S / 2 + starting**2 / (2 * BRAKING_S)],
        starting,
    )
    return begin + gone


def pose(visit: Visit, times_s: FloatArray) -> Figure:
    """Put the actor's body into the street.

    Args:
        visit: Who passes and when.
        times_s: (F,) seconds after the start.
    """
    along = way_along(visit, times_s)
    weave = 0.05 * np.sin(0.7 * along + visit.actor.identity) if visit.heading else np.zeros_like(along)
    place = np.stack([along, visit.lateral_m + weave, np.zeros_like(along)], axis=1)
    heading = np.full(len(along), np.pi if visit.heading < 0 else 0.0)
    body = FigureBuilder(len(along))
    _add_body(body, visit, np.abs(along + 100.0 * visit.heading))
    return body.build(place, heading)


def _add_body(body: FigureBuilder, visit: Visit, way: FloatArray) -> None:
    look = visit.actor.look
    match visit.actor.kind:
        case kind if kind in CYCLISTS:
            _add_cycle(body, visit.actor, way)
        case Kind.PEDESTRIAN:
            add_walker(body, look, way)
        case Kind.PUSHED_BICYCLE:
            add_bicycle(body, look, aside=0.45)
            add_walker(body, look, way)
        case Kind.PARKED_BICYCLE:
            add_bicycle(body, look)
        case Kind.SCOOTER:
            add_scooter(body, look)
        case Kind.E_SCOOTER:
            add_e_scooter(body, look, way)
        case Kind.MOPED:
            add_moped(body, look)
        case Kind.CAR:
            add_car(body, look)
        case _:
            _add_furniture(body, visit)


def _add_cycle(body: FigureBuilder, actor: Actor, way: FloatArray) -> None:
    look, company = actor.look, actor.company
    match actor.kind:
        case Kind.CARGO_BICYCLE:
            add_cargo_bicycle(body, look, company, way)
        case Kind.CHILD_SEAT:
            add_seated_child(body, look, company[0], way)
        case Kind.TANDEM:
            add_tandem(body, look, company[0], way)
        case Kind.RECUMBENT:
            add_recumbent(body, look, way)
        case _:
            add_bicycle(body, look)
            add_rider(body, look, way)


def _add_furniture(body: FigureBuilder, visit: Visit) -> None:
    shape = stream(visit.actor.identity, Purpose.SHAPE)
    match visit.actor.kind:
        case Kind.TREE:
            add_tree(body, shape)
        case Kind.HEDGE:
            add_hedge(body, shape)
        case Kind.CABINET:
            add_cabinet(body)
        case _:
            add_post(body)
