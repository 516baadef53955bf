"""Torso, arms, head and legs, shared by everybody."""

import numpy as np

from simulation.figure import FigureBuilder
from simulation.looks import Look
from tracking.arrays import FloatArray


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


def add_torso(body: FigureBuilder, look: Look, hip: FloatArray, neck: FloatArray, sway: FloatArray) -> None:
    """Add the upper garment, with its band and the backpack.

    Args:
        body: Collects the pieces.
        look: Clothes.
        hip: (3,) between the hip joints.
        neck: (3,) base of the neck.
        sway: (F,) or (1,) metres by which the shoulders swing to the left.
    """
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


def add_arm(
    body: FigureBuilder, look: Look, shoulder: FloatArray, elbow: FloatArray, hand: FloatArray
) -> None:
    """Add an arm from (3,) or (F, 3) joints, the sleeve down to the wrist or to the elbow."""
    bottom = body.node(elbow, 0.048)
    body.hull((body.node(shoulder, 0.062), bottom), look.jacket, round_=True)
    body.hull((bottom, body.node(hand, 0.036)), look.jacket if look.sleeves else look.skin, round_=True)
    body.hull((body.node(hand, 0.045),), look.skin)


def add_head(body: FigureBuilder, look: Look, place: FloatArray) -> None:
    """Add neck, skull, and hair or helmet; the face looks forward."""
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
