"""Motor scooters and cars."""

import numpy as np

from simulation.bodies.limbs import add_arm, add_head, add_torso
from simulation.figure import FigureBuilder
from simulation.looks import Colour, Look

_TYRE: Colour = (30, 30, 32)
_GLASS: Colour = (52, 60, 68)


def add_scooter(body: FigureBuilder, look: Look) -> None:
    """Add a motor scooter with its rider, who does not pedal."""
    for forward in (-0.6, 0.66):
        body.limb((forward, -0.03, 0.24), (forward, 0.03, 0.24), 0.24, _TYRE)
    for corners in (
        ((-0.75, 0.5), (-0.2, 0.5), (-0.7, 0.78), (-0.15, 0.72)),
        ((-0.3, 0.26), (0.35, 0.26), (-0.3, 0.36), (0.35, 0.36)),
        ((0.36, 0.3), (0.42, 0.32), (0.3, 0.95), (0.4, 0.95)),
    ):
        nodes = [body.node((f, s * 0.15, z), 0.06) for f, z in corners for s in (-1, 1)]
        body.hull(tuple(nodes), look.frame, round_=True)
    body.limb((0.32, -0.3, 1.03), (0.32, 0.3, 1.03), 0.025, _TYRE)
    hip, neck = np.asarray([-0.35, 0.0, 0.88]), np.asarray([-0.25, 0.0, 1.42])
    for side in (-1, 1):
        knee = np.asarray([0.06, side * 0.16, 0.82])
        knee_node = body.node(knee, 0.07)
        body.hull(
            (body.node(hip + np.asarray([0, side * 0.1, 0]), 0.095), knee_node), look.trousers, round_=True
        )
        body.hull((knee_node, body.node((0.0, side * 0.14, 0.42), 0.05)), look.trousers, round_=True)
        body.limb((-0.05, side * 0.14, 0.4), (0.16, side * 0.14, 0.4), 0.045, look.shoes)
    add_torso(body, look, hip, neck, np.zeros(1))
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        hand = np.asarray([0.30, side * 0.27, 1.05])
        add_arm(body, look, shoulder, (shoulder + hand) / 2 + np.asarray([-0.04, side * 0.06, -0.1]), hand)
    add_head(body, look, neck + np.asarray([0.05, 0.0, 0.2]))


def add_car(body: FigureBuilder, look: Look) -> None:
    """Add a car."""
    for forward in (-1.3, 1.3):
        for side in (-0.78, 0.78):
            body.limb((forward, side - 0.06, 0.31), (forward, side + 0.06, 0.31), 0.31, _TYRE)
    lower = [(f, s, z) for f in (-2.0, 2.0) for s in (-0.8, 0.8) for z in (0.35, 0.8)]
    body.hull(tuple(body.node(corner, 0.1) for corner in lower), look.frame)
    cabin = [
        (f, s * w, z)
        for f, w, z in ((-1.7, 0.72, 0.88), (1.0, 0.72, 0.88), (-1.2, 0.6, 1.4), (0.3, 0.6, 1.4))
        for s in (-1, 1)
    ]
    body.hull(tuple(body.node(corner, 0.06) for corner in cabin), _GLASS)
    roof = [(f, s * 0.58, 1.44) for f in (-1.15, 0.25) for s in (-1, 1)]
    body.hull(tuple(body.node(corner, 0.05) for corner in roof), look.frame)
