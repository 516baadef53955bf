"""What stands between the camera and the path."""

import numpy as np
from numpy.random import Generator

from simulation.figure import FigureBuilder
from simulation.looks import Colour

_BARK: Colour = (74, 58, 44)
_LEAF = np.asarray([70.0, 104.0, 48.0])


def add_post(body: FigureBuilder, height_m: float = 4.2) -> None:
    """Add the post of a lamp or a sign."""
    body.limb((0, 0, 0.05), (0, 0, height_m), 0.06, (92, 96, 98), round_=True)
    body.limb((0, 0, 0.0), (0, 0, 0.7), 0.085, (70, 74, 78), round_=True)


def add_tree(body: FigureBuilder, rng: Generator) -> None:
    """Add a young tree: its crown is above the riders, its trunk before them."""
    body.limb((0, 0, 0.0), (0, 0, 3.2), 0.13, _BARK, round_=True)
    for _ in range(40):
        place = rng.normal([0, 0, 3.9], [0.5, 0.5, 0.45])
        shade = float(np.clip(0.85 + 0.35 * (place[2] - 3.9) + rng.normal(0, 0.12), 0.5, 1.4))
        red, green, blue = _LEAF * shade
        body.hull((body.node(place, float(rng.uniform(0.14, 0.34))),), (red, green, blue))


def add_cabinet(body: FigureBuilder) -> None:
    """Add a switch cabinet."""
    corners = [(f, w, z) for f in (-0.55, 0.55) for w in (-0.2, 0.2) for z in (0.05, 1.15)]
    body.hull(tuple(body.node(corner, 0.03) for corner in corners), (104, 118, 108), round_=True)


def add_hedge(body: FigureBuilder, rng: Generator) -> None:
    """Add a short hedge, waist-high."""
    for place in np.linspace(-1.6, 1.6, 24):
        for up in (0.15, 0.45, 0.72):
            jitter = rng.normal(0, 0.07, 3)
            red, green, blue = _LEAF * float(rng.uniform(0.62, 0.8) + 0.3 * up)
            centre = (float(place + jitter[0]), float(jitter[1]), up + float(jitter[2]))
            body.hull((body.node(centre, 0.2),), (red, green, blue))
