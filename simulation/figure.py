"""Bodies as a handful of spheres, joined by convex hulls, moving over time."""

from dataclasses import dataclass

import numpy as np

from simulation.looks import Colour
from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Part:
    """One convex piece: the hull of some spheres, or a ring between two loops of points.

    Attributes:
        nodes: Numbers of its spheres; of a ring: the outer loop.
        colour: Colour in daylight.
        inner: The inner loop of a ring; empty for a hull.
        round_: Whether light makes one side brighter.
        glows: Whether it shines by itself.
    """

    nodes: tuple[int, ...]
    colour: Colour
    inner: tuple[int, ...] = ()
    round_: bool = False
    glows: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A body over F moments.

    Attributes:
        nodes: (F, K, 3) centres of its spheres in street coordinates, metres.
        radii: (K,) metres.
        parts: Its pieces.
    """

    nodes: FloatArray
    radii: FloatArray
    parts: tuple[Part, ...]


class FigureBuilder:
    """Collects spheres and pieces in the body's own coordinates: forward, left, up.

    Args:
        moments: Number of moments F.
    """

    def __init__(self, moments: int) -> None:
        self._moments = moments
        self._nodes: list[FloatArray] = []
        self._radii: list[float] = []
        self._parts: list[Part] = []

    def node(self, place: FloatArray | tuple[float, float, float], radius: float) -> int:
        """Add a sphere at a fixed (3,) or moving (F, 3) place and return its number."""
        self._nodes.append(np.broadcast_to(np.asarray(place, float), (self._moments, 3)))
        self._radii.append(radius)
        return len(self._radii) - 1

    def hull(self, nodes: tuple[int, ...], colour: Colour, *, round_: bool = False) -> None:
        """Add the convex hull of some spheres."""
        self._parts.append(Part(nodes, colour, round_=round_))

    def limb(
        self,
        start: FloatArray | tuple[float, float, float],
        end: FloatArray | tuple[float, float, float],
        radius: float,
        colour: Colour,
        *,
        round_: bool = False,
    ) -> None:
        """Add a rod of one thickness."""
        self.hull((self.node(start, radius), self.node(end, radius)), colour, round_=round_)

    def lamp(self, place: tuple[float, float, float], radius: float, colour: Colour) -> None:
        """Add a lamp."""
        self._parts.append(Part((self.node(place, radius),), colour, glows=True))

    def ring(self, outer: tuple[int, ...], inner: tuple[int, ...], colour: Colour) -> None:
        """Add a ring between two loops of spheres."""
        self._parts.append(Part(outer, colour, inner))

    def build(self, place: FloatArray, heading: FloatArray) -> Figure:
        """Put the body into the street.

        Args:
            place: (F, 3) where its origin is, metres.
            heading: (F,) direction of its forward axis, radians from the street's x axis.
        """
        local = np.stack(self._nodes, axis=1)
        cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
        turned = np.stack(
            [
                local[..., 0] * cos - local[..., 1] * sin,
                local[..., 0] * sin + local[..., 1] * cos,
                local[..., 2],
            ],
            axis=-1,
        )
        return Figure(turned + place[:, None, :], np.asarray(self._radii), tuple(self._parts))
