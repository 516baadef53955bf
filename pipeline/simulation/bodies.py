"""Riders, bicycles, walkers, scooters and cars, posed from the way they have gone."""

import numpy as np

from pipeline.simulation.figure import FigureBuilder
from pipeline.simulation.looks import Colour, Look
from tracking.arrays import FloatArray

_TYRE: Colour = (30, 30, 32)
_METAL: Colour = (120, 122, 126)
_WHEEL_M = 0.34
_DEVELOPMENT_M = 5.2
"""Metres a bicycle goes with one turn of the pedals."""
_THIGH_M, _SHIN_M = 0.46, 0.47
_CRANK = np.asarray([-0.06, 0.0, 0.30])


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

    rear, front = (-0.55, _WHEEL_M), (0.56 + longer, _WHEEL_M)
    for forward, up in (rear, front):
        _add_wheel(body, forward, up, aside)
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


def _add_wheel(body: FigureBuilder, forward: float, up: float, aside: float) -> None:
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    loops = []
    for radius in (_WHEEL_M - 0.008, _WHEEL_M - 0.055):
        rim = [(forward + radius * np.cos(a), aside, up + radius * np.sin(a)) for a in angles]
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
    if look.bicycle_kind == "cargo":
        box((0.32, 0.95), (-0.26, 0.26), (0.30, 0.72))


def add_rider(body: FigureBuilder, look: Look, way_m: FloatArray) -> None:
    """Seat a person on the bicycle; the legs turn with the way.

    Args:
        body: Collects the pieces.
        look: Clothes.
        way_m: (F,) metres ridden.
    """
    tall = look.height
    lean = 0.26 if look.bicycle_kind == "race" else 0.10
    sway = 0.012 * np.sin(2 * np.pi * way_m / _DEVELOPMENT_M)
    hip = np.asarray([-0.26, 0.0, 1.02])
    neck = hip + np.asarray([0.10 + lean, 0.0, (0.56 - 0.35 * lean) * tall])
    for side in (-1, 1):
        phase = 2 * np.pi * way_m / _DEVELOPMENT_M + (np.pi if side > 0 else 0)
        _add_pedalling_leg(body, look, hip, side, phase)
    _add_torso(body, look, hip, neck, sway)
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        hand = np.asarray([0.33, side * 0.25, 1.06])
        elbow = (shoulder + hand) / 2 + np.asarray([-0.05, side * 0.07, -0.10])
        _add_arm(body, look, shoulder, elbow, hand)
    _add_head(body, look, neck + np.asarray([0.05, 0.0, 0.19]))


def _add_pedalling_leg(
    body: FigureBuilder, look: Look, hip: FloatArray, side: int, phase: FloatArray
) -> None:
    zero = np.zeros_like(phase)
    pedal = np.stack([0.17 * np.cos(phase), zero + side * 0.11, -0.17 * np.sin(phase)], axis=1) + _CRANK
    ankle = pedal + np.asarray([-0.05, 0.0, 0.08])
    joint = hip + np.asarray([0.0, side * 0.10, -0.02])
    knee = bend(joint, ankle, _THIGH_M, _SHIN_M)
    upper = look.jacket if look.coat else look.trousers
    hip_node, knee_node = body.node(joint, 0.095), body.node(knee, 0.062)
    body.hull((hip_node, knee_node), upper, round_=True)
    body.hull((knee_node, body.node(ankle, 0.045)), look.trousers, round_=True)
    body.limb(ankle + np.asarray([-0.04, 0, -0.05]), pedal + np.asarray([0.10, 0, 0.02]), 0.04, look.shoes)


def bend(start: FloatArray, end: FloatArray, first_m: float, second_m: float) -> FloatArray:
    """Find the knee between hip and ankle, bent forward, within the plane of riding.

    Args:
        start: (3,) or (F, 3) hip.
        end: (F, 3) ankle.
        first_m: Length of the thigh.
        second_m: Length of the shin.

    Returns:
        (F, 3); a leg that is too short is stretched.
    """
    way = end - start
    flat = way[:, [0, 2]]
    reach = np.clip(np.linalg.norm(flat, axis=1), 1e-6, first_m + second_m - 1e-6)
    along = (first_m**2 - second_m**2 + reach**2) / (2 * reach)
    out = np.sqrt(np.maximum(first_m**2 - along**2, 0))
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    normal = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    bent = unit * along[:, None] + normal * out[:, None]
    return np.asarray(np.asarray(start) + np.stack([bent[:, 0], way[:, 1] / 2, bent[:, 1]], axis=1))


def _add_torso(body: FigureBuilder, look: Look, hip: FloatArray, neck: FloatArray, sway: FloatArray) -> None:
    swing = np.stack([np.zeros_like(sway), sway, np.zeros_like(sway)], axis=1)
    down = hip + np.asarray([0.0, 0.0, 0.02])
    up = neck + swing

    def pair(share: float, half: float, radius: float) -> tuple[int, int]:
        middle = down * (1 - share) + up * share
        left = body.node(middle + np.asarray([0, half, 0]), radius)
        return left, body.node(middle - np.asarray([0, half, 0]), radius)

    hips, shoulders = pair(0.0, 0.08, 0.115), pair(0.9, 0.13, 0.095)
    body.hull(hips + shoulders, look.jacket, round_=True)
    if look.band != look.jacket:
        body.hull(pair(0.35, 0.095, 0.118) + pair(0.6, 0.11, 0.112), look.band, round_=True)
    if look.bag_kind == "backpack":
        behind = np.asarray([-0.17, 0.0, 0.0])
        low, high = down * 0.7 + up * 0.3 + behind, down * 0.12 + up * 0.88 + behind
        nodes = [body.node(p + np.asarray([0, s * 0.09, 0]), 0.085) for p in (low, high) for s in (-1, 1)]
        body.hull(tuple(nodes), look.bag, round_=True)


def _add_arm(
    body: FigureBuilder, look: Look, shoulder: FloatArray, elbow: FloatArray, hand: FloatArray
) -> None:
    bottom = body.node(elbow, 0.048)
    body.hull((body.node(shoulder, 0.062), bottom), look.jacket, round_=True)
    body.hull((bottom, body.node(hand, 0.036)), look.jacket if look.sleeves else look.skin, round_=True)
    body.hull((body.node(hand, 0.045),), look.skin)


def _add_head(body: FigureBuilder, look: Look, place: FloatArray) -> None:
    place = np.asarray(place)
    throat = body.node(place - np.asarray([0.03, 0, 0.14]), 0.05)
    skull = body.node(place, 0.105)
    body.hull((throat, skull), look.skin)
    top = place + np.asarray([-0.025, 0.0, 0.045])
    back = place + np.asarray([-0.05, 0.0, -0.02])
    if look.helmet:
        front = body.node(place + np.asarray([0.05, 0, 0.07]), 0.085)
        body.hull((front, body.node(top + np.asarray([-0.04, 0, 0.02]), 0.105)), look.head, round_=True)
    else:
        body.hull((body.node(top, 0.1), body.node(back, 0.098)), look.head, round_=True)


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
    _add_torso(body, look, hip, neck, zero)
    for side in (-1, 1):
        swing = -np.sin(phase + (np.pi if side > 0 else 0))
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        elbow = shoulder + np.stack([0.10 * swing, zero + side * 0.03, zero - 0.28 * tall], axis=1)
        hand = elbow + np.stack([0.12 * swing + 0.05, zero, zero - 0.24 * tall], axis=1)
        _add_arm(body, look, shoulder, elbow, hand)
    _add_head(body, look, neck + np.asarray([0.03, 0.0, 0.20]))


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
    _add_torso(body, look, hip, neck, np.zeros(1))
    for side in (-1, 1):
        shoulder = neck + np.asarray([0.0, side * 0.19, -0.07])
        hand = np.asarray([0.30, side * 0.27, 1.05])
        _add_arm(body, look, shoulder, (shoulder + hand) / 2 + np.asarray([-0.04, side * 0.06, -0.1]), hand)
    _add_head(body, look, neck + np.asarray([0.05, 0.0, 0.2]))


def add_car(body: FigureBuilder, look: Look) -> None:
    """Add a car."""
    glass: Colour = (52, 60, 68)
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
    body.hull(tuple(body.node(corner, 0.06) for corner in cabin), glass)
    roof = [(f, s * 0.58, 1.44) for f in (-1.15, 0.25) for s in (-1, 1)]
    body.hull(tuple(body.node(corner, 0.05) for corner in roof), look.frame)
