"""What rolls by itself on the cycle path: electric scooters to stand on, mopeds."""

from dataclasses import replace

import numpy as np

from simulation.bodies.bicycle import add_wheel
from simulation.bodies.limbs import add_arm, add_head, add_torso, bend
from simulation.figure import FigureBuilder
from simulation.looks import Colour, Look
from tracking.arrays import FloatArray

_DARK: Colour = (30, 30, 32)
_METAL: Colour = (120, 122, 126)
_DECK_M = 0.15


def add_e_scooter(body: FigureBuilder, look: Look, way_m: FloatArray) -> None:
    """Add an electric scooter with a person who stands on it and does not move.

    Args:
        body: Collects the pieces.
        look: Clothes and colours.
        way_m: (F,) metres ridden.
    """
    for forward in (-0.48, 0.46):
        body.limb((forward, -0.02, 0.11), (forward, 0.02, 0.11), 0.11, _DARK)
    body.limb((-0.42, 0, _DECK_M - 0.04), (0.28, 0, _DECK_M - 0.04), 0.045, look.frame)
    body.limb((0.46, 0, 0.14), (0.34, 0, 1.12), 0.025, look.frame)
    body.limb((0.34, -0.22, 1.13), (0.34, 0.22, 1.13), 0.018, _DARK)
    body.lamp((0.40, 0, 1.02), 0.03, (250, 248, 225))
    tall = look.height
    still = np.zeros(len(way_m))
    hip = np.asarray([-0.10, 0.0, _DECK_M + 0.88 * tall])
    neck = hip + np.asarray([0.07, 0.0, 0.56 * tall])
    for side, forward in ((-1, -0.24), (1, 0.06)):
        joint = hip + np.asarray([0.0, side * 0.09, -0.02])
        ankle = np.stack([still + forward, still + side * 0.05, still + _DECK_M + 0.09], axis=1)
        knee = bend(joint, ankle, 0.45 * tall, 0.46 * tall)
        knee_node = body.node(knee, 0.06)
        body.hull((body.node(joint, 0.09), knee_node), look.trousers, round_=True)
        body.hull((knee_node, body.node(ankle, 0.045)), look.trousers, round_=True)
        sole = np.asarray([forward, side * 0.05, _DECK_M + 0.03])
        body.limb(sole + np.asarray([-0.06, 0, 0]), sole + np.asarray([0.14, 0, 0]), 0.035, look.shoes)
    add_torso(body, look, hip, neck, np.zeros(1))
    _add_arms(body, look, neck, np.asarray([0.32, 0.22, 1.15]))
    add_head(body, look, neck + np.asarray([0.04, 0.0, 0.20]))


def add_moped(body: FigureBuilder, look: Look) -> None:
    """Add a moped with its rider: spoked wheels, an engine between them, a long seat, a helmet.

    Args:
        body: Collects the pieces.
        look: Clothes and colours.
    """
    for forward in (-0.60, 0.62):
        add_wheel(body, forward, 0.0, 0.29, 0.075)
    engine = [(f, s * 0.09, z) for f in (-0.12, 0.14) for s in (-1, 1) for z in (0.24, 0.44)]
    body.hull(tuple(body.node(corner, 0.05) for corner in engine), (70, 72, 76))
    tank = [(-0.02, 0, 0.70), (0.34, 0, 0.80)]
    body.limb(tank[0], tank[1], 0.11, look.frame, round_=True)
    body.limb((-0.62, 0, 0.74), (-0.08, 0, 0.74), 0.085, _DARK, round_=True)
    for start, end in (
        ((-0.60, 0, 0.29), (-0.50, 0, 0.70)),
        ((-0.60, 0, 0.29), (-0.10, 0, 0.34)),
        ((0.62, 0, 0.29), (0.40, 0, 0.98)),
        ((0.36, 0, 0.78), (0.10, 0, 0.36)),
    ):
        body.limb(start, end, 0.045, look.frame)
    body.limb((-0.05, -0.14, 0.26), (-0.75, -0.14, 0.34), 0.04, _METAL)
    body.limb((-0.82, 0, 0.58), (-0.50, 0, 0.60), 0.06, look.frame)
    body.limb((0.36, -0.32, 1.02), (0.36, 0.32, 1.02), 0.022, _DARK)
    body.lamp((0.52, 0, 0.86), 0.08, (250, 248, 225))
    body.lamp((-0.84, 0, 0.62), 0.05, (235, 30, 24))
    hip, neck = np.asarray([-0.36, 0.0, 0.86]), np.asarray([-0.22, 0.0, 1.40])
    for side in (-1, 1):
        joint, knee = hip + np.asarray([0, side * 0.1, 0]), np.asarray([0.06, side * 0.17, 0.72])
        ankle, knee_node = np.asarray([-0.04, side * 0.17, 0.34]), body.node(knee, 0.065)
        body.hull((body.node(joint, 0.095), knee_node), look.trousers, round_=True)
        body.hull((knee_node, body.node(ankle, 0.05)), look.trousers, round_=True)
        body.limb((-0.08, side * 0.17, 0.28), (0.12, side * 0.17, 0.28), 0.045, look.shoes)
    add_torso(body, look, hip, neck, np.zeros(1))
    _add_arms(body, look, neck, np.asarray([0.33, 0.29, 1.05]))
    helmet = look.head if look.helmet else look.bag
    add_head(body, replace(look, helmet=True, head=helmet), neck + np.asarray([0.05, 0.0, 0.2]))


def _add_arms(body: FigureBuilder, look: Look, neck: FloatArray, left_hand: FloatArray) -> None:
    """Stretch both arms to a handlebar whose left end is given."""
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        hand = left_hand * np.asarray([1, side, 1])
        add_arm(body, look, shoulder, (shoulder + hand) / 2 + np.asarray([-0.04, side * 0.06, -0.1]), hand)
