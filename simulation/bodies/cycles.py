"""Cycles that are no bicycle for one: cargo bicycles, child seats, tandems, recumbents."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from simulation.bodies.bicycle import WHEEL_M, add_bicycle, add_wheel
from simulation.bodies.people import RECUMBENT_CRANK, add_recumbent_rider, add_rider
from simulation.figure import FigureBuilder
from simulation.looks import Colour, Look
from tracking.arrays import FloatArray

_DARK: Colour = (26, 26, 28)
_METAL: Colour = (120, 122, 126)
_SMALL_M = 0.25
"""Radius of a small wheel."""
_BACK_M = -0.45
"""How far behind the middle of a cargo bicycle its rider pedals."""
_APART_M = 0.72
"""Between the bottom brackets of a tandem."""


def add_cargo_bicycle(body: FigureBuilder, look: Look, children: Sequence[Look], way_m: FloatArray) -> None:
    """Add a cargo bicycle with its rider: a box before the handlebar, children in it or not.

    Args:
        body: Collects the pieces.
        look: Clothes, colours, and whether it has two wheels or three.
        children: Who sits in the box.
        way_m: (F,) metres ridden.
    """
    wide, near, far = (0.42, 0.45, 1.20) if look.bicycle_kind == "trike" else (0.30, 0.52, 1.28)
    near, far = near + _BACK_M, far + _BACK_M
    rear = (_BACK_M - 0.55, 0.0, WHEEL_M)
    add_wheel(body, rear[0])
    if look.bicycle_kind == "trike":
        front = (near + far) / 2
        for side in (-1, 1):
            add_wheel(body, front, side * (wide + 0.06), _SMALL_M)
    else:
        front = far + 0.32
        add_wheel(body, front, 0.0, _SMALL_M)
    crank, seat, head = (_BACK_M - 0.06, 0, 0.30), (_BACK_M - 0.25, 0, 0.92), (_BACK_M + 0.38, 0, 0.80)
    for start, end in ((rear, crank), (rear, (_BACK_M - 0.21, 0, 0.76)), (crank, seat), (crank, head)):
        body.limb(start, end, 0.028, look.frame)
    body.limb(crank, (front, 0, _SMALL_M), 0.035, look.frame)
    body.limb(head, (_BACK_M + 0.34, 0, 1.03), 0.03, look.frame)
    body.limb((_BACK_M + 0.34, -0.28, 1.05), (_BACK_M + 0.34, 0.28, 1.05), 0.018, _METAL)
    body.limb((_BACK_M - 0.36, 0, 0.95), (_BACK_M - 0.14, 0, 0.95), 0.05, _DARK)
    corners = [
        (f, s * wide * w, z) for f in (near, far) for s in (-1, 1) for w, z in ((0.85, 0.30), (1, 0.80))
    ]
    body.hull(tuple(body.node(corner, 0.03) for corner in corners), look.bag, round_=True)
    for number, child in enumerate(children):
        add_child(body, child, (near + 0.28 + 0.32 * number, 0.0, 0.64), legs=False)
    add_rider(body, replace(look, bag_kind="none"), way_m, _BACK_M)


def add_tandem(body: FigureBuilder, front: Look, back: Look, way_m: FloatArray) -> None:
    """Add two people on one long bicycle, who pedal together.

    Args:
        body: Collects the pieces.
        front: Clothes of who steers, and the bicycle.
        back: Clothes of the other.
        way_m: (F,) metres ridden.
    """
    half = _APART_M / 2
    rear, fore = (-0.55 - half, 0, WHEEL_M), (0.56 + half, 0, WHEEL_M)
    add_wheel(body, rear[0])
    add_wheel(body, fore[0])
    head = (0.40 + half, 0, 0.84)
    cranks, seats = (
        [(at - 0.06, 0, 0.30) for at in (-half, half)],
        [(at - 0.25, 0, 0.92) for at in (-half, half)],
    )
    rods = [(rear, cranks[0]), (rear, seats[0]), (cranks[0], cranks[1]), (cranks[1], head), (seats[0], head)]
    for start, end in (*rods, *zip(cranks, seats, strict=True), (head, fore)):
        body.limb(start, end, 0.025, front.frame)
    for at, (forward, _, up) in zip((-half, half), seats, strict=True):
        body.limb((forward - 0.11, 0, up + 0.03), (forward + 0.11, 0, up + 0.03), 0.05, _DARK)
        body.limb((at + 0.34, -0.27, 1.03), (at + 0.34, 0.27, 1.03), 0.018, _METAL)
    body.limb((half + 0.34, 0, 1.03), head, 0.022, front.frame)
    body.limb((-half + 0.34, 0, 1.03), seats[1], 0.022, front.frame)
    add_rider(body, back, way_m, -half)
    add_rider(body, front, way_m, half)


def add_recumbent(body: FigureBuilder, look: Look, way_m: FloatArray) -> None:
    """Add a recumbent with its rider: a seat with a back, low between the wheels, the pedals in front.

    Args:
        body: Collects the pieces.
        look: Clothes and colours.
        way_m: (F,) metres ridden.
    """
    add_wheel(body, -0.78)
    add_wheel(body, 0.30, 0.0, _SMALL_M)
    crank = (float(RECUMBENT_CRANK[0]), 0.0, float(RECUMBENT_CRANK[2]))
    tube = [(-0.78, 0.0, WHEEL_M), (-0.35, 0.0, 0.42), (0.28, 0.0, 0.50), crank]
    for start, end in pairwise(tube):
        body.limb(start, end, 0.03, look.frame)
    body.limb((0.28, 0.0, 0.50), (0.30, 0.0, _SMALL_M), 0.025, look.frame)
    body.limb((-0.10, 0, 0.45), (-0.32, 0, 0.45), 0.05, _DARK)
    seat = [(f, s * 0.16, z) for f, z in ((-0.36, 0.47), (-0.74, 0.92)) for s in (-1, 1)]
    body.hull(tuple(body.node(corner, 0.03) for corner in seat), _DARK)
    body.limb((-0.05, -0.27, 0.62), (-0.05, 0.27, 0.62), 0.018, _METAL)
    add_recumbent_rider(body, replace(look, bag_kind="none", coat=False), way_m)


def add_seated_child(body: FigureBuilder, look: Look, child: Look, way_m: FloatArray) -> None:
    """Add a rider on a bicycle with a child in the seat behind.

    Args:
        body: Collects the pieces.
        look: The rider; the bag is the seat.
        child: The child.
        way_m: (F,) metres ridden.
    """
    add_bicycle(body, look)
    add_child(body, child, (-0.60, 0.0, 0.90))
    add_rider(body, look, way_m)


def add_child(
    body: FigureBuilder, look: Look, seat: tuple[float, float, float], *, legs: bool = True
) -> None:
    """Add a small child that sits.

    Args:
        body: Collects the pieces.
        look: Clothes.
        seat: Where it sits: forward, left, up, metres.
        legs: Whether its legs are seen; in a box they are not.
    """
    at = np.asarray(seat)
    for side in (-1, 1) if legs else ():
        hip, knee = at + np.asarray([0.0, side * 0.07, 0.0]), at + np.asarray([0.18, side * 0.10, 0.02])
        body.limb(hip, knee, 0.055, look.trousers, round_=True)
        body.limb(knee, knee + np.asarray([0.03, 0.0, -0.22]), 0.04, look.trousers, round_=True)
    body.limb(at + np.asarray([0, 0, 0.04]), at + np.asarray([0, 0, 0.26]), 0.11, look.jacket, round_=True)
    for side in (-1, 1):
        shoulder = at + np.asarray([0.0, side * 0.13, 0.28])
        body.limb(shoulder, shoulder + np.asarray([0.16, 0.0, -0.16]), 0.04, look.jacket, round_=True)
    skull = at + np.asarray([0.02, 0.0, 0.46])
    body.hull((body.node(skull, 0.095),), look.skin)
    body.hull((body.node(skull + np.asarray([-0.02, 0.0, 0.04]), 0.10),), look.head, round_=True)
