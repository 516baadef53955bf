"""Bicycles and what they carry."""

import numpy as np

from simulation.figure import FigureBuilder
from simulation.looks import Colour, Look

WHEEL_M = 0.34
_TYRE: Colour = (30, 30, 32)
_METAL: Colour = (120, 122, 126)


def add_bicycle(body: FigureBuilder, look: Look, steering: Colour = _METAL, aside: float = 0.0) -> None:
    """Add a bicycle that stands upright with its bottom bracket near the origin.

    Args:
        body: Collects the pieces.
        look: Colours and kind.
        steering: Colour of the handlebar.
        aside: Metres to the left of the origin.
    """
    longer = 0.55 if look.bicycle_kind == "cargo" else 0.0

    def at(forward: float, up: float, left: float = 0.0) -> tuple[float, float, float]:
        return forward, left + aside, up

    rear, front = (-0.55, WHEEL_M), (0.56 + longer, WHEEL_M)
    for forward, _ in (rear, front):
        add_wheel(body, forward, aside)
    head, crank, seat = (0.40, 0.86), (-0.06, 0.30), (-0.25, 0.92)
    thin = 0.022
    body.limb(at(*rear), at(*crank), thin, look.frame)
    body.limb(at(*rear), at(-0.21, 0.76), thin, look.frame)
    body.limb(at(*crank), at(*seat), thin, look.frame)
    low = (0.43, 0.62)
    body.limb(at(*crank), at(*low), 0.03, look.frame)
    if look.bicycle_kind != "city":
        body.limb(at(-0.2, 0.78), at(*head), thin, look.frame)
    body.limb(at(*low), at(*front), thin, look.frame)
    body.limb(at(*low), at(0.36, 1.02), thin, look.frame)
    body.limb(at(0.34, 1.03, -0.27), at(0.34, 1.03, 0.27), 0.018, steering)
    body.limb(at(-0.36, 0.95), at(-0.14, 0.95), 0.05, (26, 26, 26))
    _add_load(body, look, aside)
    body.lamp(at(0.46, 0.84), 0.045, (250, 248, 225))
    body.limb(at(-0.24, 0.76), at(-0.80, 0.75), 0.018, _METAL)
    body.lamp(at(-0.82, 0.73), 0.035, (235, 30, 24))


def add_wheel(
    body: FigureBuilder, forward: float, aside: float = 0.0, size: float = WHEEL_M, tyre: float = 0.047
) -> None:
    """Add an upright wheel that stands on the ground.

    Args:
        body: Collects the pieces.
        forward: Metres of its hub before the origin.
        aside: Metres to the left of the origin.
        size: Radius, metres.
        tyre: Thickness of the tyre, metres.
    """
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    loops = []
    for radius in (size - 0.008, size - 0.008 - tyre):
        rim = [(forward + radius * np.cos(a), aside, size + radius * np.sin(a)) for a in angles]
        loops.append(tuple(body.node(place, 0.008) for place in rim))
    body.ring(loops[0], loops[1], _TYRE)


def _add_load(body: FigureBuilder, look: Look, aside: float) -> None:
    def box(forward: tuple[float, float], left: tuple[float, float], up: tuple[float, float]) -> None:
        corners = [(f, aside + w, z) for f in forward for w in left for z in up]
        body.hull(tuple(body.node(corner, 0.03) for corner in corners), look.bag, round_=True)

    if look.bag_kind == "panniers":
        box((-0.78, -0.42), (-0.24, -0.10), (0.42, 0.74))
        box((-0.78, -0.42), (0.10, 0.24), (0.42, 0.74))
    elif look.bag_kind == "crate":
        box((0.42, 0.72), (-0.18, 0.18), (0.92, 1.16))
    elif look.bag_kind == "child_seat":
        box((-0.78, -0.58), (-0.15, 0.15), (0.80, 1.20))
        body.limb((-0.62, aside, 0.82), (-0.30, aside, 0.62), 0.025, look.bag)
    if look.bicycle_kind == "cargo":
        box((0.32, 0.95), (-0.26, 0.26), (0.30, 0.72))
