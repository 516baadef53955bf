"""What riders ride: cargo bicycles, child seats, tandems, recumbents."""

from dataclasses import replace

import numpy as np

from simulation.looks import draw_look
from simulation.settings import Scenario
from simulation.streams import Purpose, stream
from simulation.world import Actor, Kind

_TRIKE_SHARE = 0.3
_HEAD_OF_CHILD = 0.8
"""Share of children who wear a helmet."""


def mount(actor: Actor, scenario: Scenario, seed: int) -> Actor:
    """Give a rider another vehicle, as often as the scenario says; the same at every camera.

    Args:
        actor: A rider on a bicycle for one.
        scenario: Shares of vehicles, and how people dress.
        seed: Seed of the world.
    """
    shares = scenario.vehicles
    kinds = (
        (Kind.CARGO_BICYCLE, shares.cargo_share),
        (Kind.CHILD_SEAT, shares.child_seat_share),
        (Kind.TANDEM, shares.tandem_share),
        (Kind.RECUMBENT, shares.recumbent_share),
    )
    if not any(share for _, share in kinds):
        return actor
    rng = stream(seed, Purpose.VEHICLES, 1, actor.identity)
    place = int(np.searchsorted(np.cumsum([share for _, share in kinds]), rng.random(), side="right"))
    if place == len(kinds):
        return actor
    kind, look = kinds[place][0], actor.look
    company = 0
    if kind is Kind.CARGO_BICYCLE:
        look = replace(look, bicycle_kind="trike" if rng.random() < _TRIKE_SHARE else "long")
        company = int(rng.integers(0, 3))
    elif kind is Kind.CHILD_SEAT:
        look = replace(look, bag_kind="child_seat", bicycle_kind="city")
        company = 1
    elif kind is Kind.TANDEM:
        look = replace(look, bicycle_kind="race" if look.bicycle_kind == "race" else "city")
        company = 1
    others = [draw_look(scenario.look, rng) for _ in range(company)]
    if kind is not Kind.TANDEM:
        others = [replace(one, helmet=bool(rng.random() < _HEAD_OF_CHILD)) for one in others]
    return replace(actor, kind=kind, look=look, company=tuple(others))
