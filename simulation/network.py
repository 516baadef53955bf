"""The streets: cameras, what joins them, and where riders come in."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray

_ORIGIN = (53.2194, 6.5665)
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Street:
    """A stretch of street between two cameras, passable both ways.

    Attributes:
        cameras: Numbers of the two cameras.
        ends: At which end of each camera's own street it begins: 0 or 1.
        distance_m: Metres between the two reference points.
        attraction: Weight with which riders choose it over the others.
    """

    cameras: tuple[int, int]
    ends: tuple[int, int]
    distance_m: float
    attraction: float


@dataclass(frozen=True, slots=True)
class Network:
    """Cameras on a street with side streets and ways round.

    Attributes:
        names: Camera ids.
        locations: (N, 2) latitude and longitude, degrees.
        streets: What joins the cameras.
    """

    names: tuple[str, ...]
    locations: FloatArray
    streets: tuple[Street, ...]

    def onward(self, camera: int, end: int) -> tuple[tuple[Street, int, int], ...]:
        """Streets that leave a camera at one end.

        Returns:
            For each street: the street, the camera it leads to, the end at which it arrives there.
        """
        found = []
        for street in self.streets:
            for here, there in ((0, 1), (1, 0)):
                if street.cameras[here] == camera and street.ends[here] == end:
                    found.append((street, street.cameras[there], street.ends[there]))
        return tuple(found)


def camera_name(number: int) -> str:
    """A, B, … Z, then C027, C028, ….

    Args:
        number: Camera number from 0.
    """
    return chr(ord("A") + number) if number < 26 else f"C{number + 1:03d}"


def build_network(cameras: int, rng: Generator, *, bypasses: bool = True) -> Network:
    """Lay a main street with its cameras, then side streets and ways round.

    Every fifth camera stands in a side street that joins the main street between two of its cameras.
    Some pairs of cameras with one between them are also joined by a parallel way that no camera sees.

    Args:
        cameras: How many.
        rng: Stream of `Purpose.NETWORK`.
        bypasses: Whether there are ways round a camera.
    """
    main = cameras - cameras // 5
    gaps = rng.uniform(170, 320, size=max(main - 1, 0))
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    positions = [(float(x), float(rng.normal(0, 12))) for x in along]
    streets = [Street((i, i + 1), (1, 0), float(gaps[i]), 1.0) for i in range(main - 1)]
    for branch in range(main, cameras):
        if main < 2:
            positions.append((0.0, 150.0))
            continue
        left = (3 * (branch - main) + 1) % (main - 1)
        share, depth = float(rng.uniform(0.35, 0.65)), float(rng.uniform(90, 190))
        positions.append((float(along[left] + share * gaps[left]), depth))
        streets.append(Street((left, branch), (1, 0), float(share * gaps[left] + depth), 0.45))
        streets.append(Street((branch, left + 1), (0, 0), float((1 - share) * gaps[left] + depth), 0.45))
    for first in range(1, main - 2, 4) if bypasses else ():
        longer = float(rng.uniform(1.1, 1.3))
        streets.append(Street((first, first + 2), (1, 0), float(gaps[first : first + 2].sum() * longer), 0.2))
    names = tuple(camera_name(i) for i in range(cameras))
    return Network(names, _to_degrees(np.asarray(positions)), tuple(streets))


def _to_degrees(metres: FloatArray) -> FloatArray:
    latitude = _ORIGIN[0] + metres[:, 1] / _METRES_PER_DEGREE
    longitude = _ORIGIN[1] + metres[:, 0] / (_METRES_PER_DEGREE * np.cos(np.radians(_ORIGIN[0])))
    return np.round(np.stack([latitude, longitude], axis=1), 6)
