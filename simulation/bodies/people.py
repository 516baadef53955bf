"""People on a bicycle and on foot, posed from the way they have gone."""

import numpy as np

from simulation.bodies.limbs import add_arm, add_head, add_torso, bend
from simulation.figure import FigureBuilder
from simulation.looks import Look
from tracking.arrays import FloatArray

_DEVELOPMENT_M = 5.2
"""Metres a bicycle goes with one turn of the pedals."""
_THIGH_M, _SHIN_M = 0.46, 0.47
_CRANK = np.asarray([-0.06, 0.0, 0.30])
RECUMBENT_CRANK = np.asarray([0.60, 0.0, 0.62])
"""Where the pedals of a recumbent turn, metres."""


def add_rider(body: FigureBuilder, look: Look, way_m: FloatArray, forward: float = 0.0) -> None:
    """Seat a person on the bicycle; the legs turn with the way.

    Args:
        body: Collects the pieces.
        look: Clothes.
        way_m: (F,) metres ridden.
        forward: Metres of the bottom bracket before the origin, beside those of a bicycle for one.
    """
    tall = look.height
    lean = 0.26 if look.bicycle_kind == "race" else 0.10
    sway = 0.012 * np.sin(2 * np.pi * way_m / _DEVELOPMENT_M)
    place = np.asarray([forward, 0.0, 0.0])
    hip = place + np.asarray([-0.26, 0.0, 1.02])
    neck = hip + np.asarray([0.10 + lean, 0.0, (0.56 - 0.35 * lean) * tall])
    for side in (-1, 1):
        phase = 2 * np.pi * way_m / _DEVELOPMENT_M + (np.pi if side > 0 else 0)
        add_pedalling_leg(body, look, hip, side, _pedal(phase, side, place + _CRANK))
    add_torso(body, look, hip, neck, sway)
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        hand = place + np.asarray([0.33, side * 0.25, 1.06])
        elbow = (shoulder + hand) / 2 + np.asarray([-0.05, side * 0.07, -0.10])
        add_arm(body, look, shoulder, elbow, hand)
    add_head(body, look, neck + np.asarray([0.05, 0.0, 0.19]))


def _pedal(phase: FloatArray, side: int, crank: FloatArray) -> FloatArray:
    zero = np.zeros_like(phase)
    turning = np.stack([0.17 * np.cos(phase), zero + side * 0.11, -0.17 * np.sin(phase)], axis=1)
    return np.asarray(turning + crank)


def add_recumbent_rider(body: FigureBuilder, look: Look, way_m: FloatArray) -> None:
    """Let a person lean back in a low seat, the pedals before the front wheel.

    Args:
        body: Collects the pieces.
        look: Clothes.
        way_m: (F,) metres ridden.
    """
    hip = np.asarray([-0.22, 0.0, 0.55])
    neck = hip + np.asarray([-0.36, 0.0, 0.42 * look.height])
    for side in (-1, 1):
        phase = 2 * np.pi * way_m / _DEVELOPMENT_M + (np.pi if side > 0 else 0)
        add_pedalling_leg(body, look, hip, side, _pedal(phase, side, RECUMBENT_CRANK))
    add_torso(body, look, hip, neck, np.zeros(1))
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.04, side * 0.19, -0.05])
        hand = np.asarray([-0.05, side * 0.27, 0.62])
        add_arm(body, look, shoulder, (shoulder + hand) / 2 + np.asarray([0.0, side * 0.07, -0.06]), hand)
    add_head(body, look, neck + np.asarray([0.02, 0.0, 0.19]))


def add_pedalling_leg(body: FigureBuilder, look: Look, hip: FloatArray, side: int, pedal: FloatArray) -> None:
    """Add a leg from the (3,) middle of the hips to a turning (F, 3) pedal, on side 1 (left) or -1."""
    ankle = pedal + np.asarray([-0.05, 0.0, 0.08])
    joint = hip + np.asarray([0.0, side * 0.10, -0.02])
    knee = bend(joint, ankle, _THIGH_M, _SHIN_M)
    upper = look.jacket if look.coat else look.trousers
    hip_node, knee_node = body.node(joint, 0.095), body.node(knee, 0.062)
    body.hull((hip_node, knee_node), upper, round_=True)
    body.hull((knee_node, body.node(ankle, 0.045)), look.trousers, round_=True)
    body.limb(ankle + np.asarray([-0.04, 0, -0.05]), pedal + np.asarray([0.10, 0, 0.02]), 0.04, look.shoes)


def add_walker(body: FigureBuilder, look: Look, way_m: FloatArray) -> None:
    """Let a person walk.

    Args:
        body: Collects the pieces.
        look: Clothes.
        way_m: (F,) metres walked.
    """
    phase = 2 * np.pi * way_m / 1.45
    zero = np.zeros_like(way_m)
    tall = look.height
    hip = np.asarray([0.0, 0.0, 0.92 * tall])
    neck = np.asarray([0.03, 0.0, 1.48 * tall])
    for side in (-1, 1):
        swing = np.sin(phase + (np.pi if side > 0 else 0))
        lift = 0.08 * np.maximum(np.cos(phase + (np.pi if side > 0 else 0)), 0)
        ankle = np.stack([0.34 * swing, zero + side * 0.09, 0.09 + lift], axis=1)
        joint = hip + np.asarray([0.0, side * 0.09, -0.02])
        knee = bend(joint, ankle, 0.45 * tall, 0.46 * tall)
        knee_node = body.node(knee, 0.06)
        body.hull((body.node(joint, 0.09), knee_node), look.trousers, round_=True)
        body.hull((knee_node, body.node(ankle, 0.045)), look.trousers, round_=True)
        body.limb(
            ankle + np.asarray([-0.04, 0, -0.05]), ankle + np.asarray([0.14, 0, -0.06]), 0.035, look.shoes
        )
    add_torso(body, look, hip, neck, zero)
    for side in (-1, 1):
        swing = -np.sin(phase + (np.pi if side > 0 else 0))
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        elbow = shoulder + np.stack([0.10 * swing, zero + side * 0.03, zero - 0.28 * tall], axis=1)
        hand = elbow + np.stack([0.12 * swing + 0.05, zero, zero - 0.24 * tall], axis=1)
        add_arm(body, look, shoulder, elbow, hand)
    add_head(body, look, neck + np.asarray([0.03, 0.0, 0.20]))
