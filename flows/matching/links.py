"""Which camera can follow which, and how long the ride between them may take."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from tracking.arrays import BoolArray, FloatArray

KMH_PER_MPS = 3.6


@dataclass(frozen=True, slots=True)
class TravelWindow:
    """When a cyclist who entered the view of one camera may enter that of another.

    The window bounds exactly the travel time that the tables report: entry there minus entry here.

    Attributes:
        earliest_s: Shortest plausible travel time, seconds, at least 0.
        latest_s: Longest plausible travel time, seconds.
    """

    earliest_s: float
    latest_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.earliest_s <= self.latest_s < math.inf:
            raise ValueError(f"no travel window from {self.earliest_s} s to {self.latest_s} s")

    @classmethod
    def from_distance(cls, distance_m: float, slowest_kmh: float = 5.0, fastest_kmh: float = 45.0) -> Self:
        """Bound the travel time by the speeds at which people cycle."""
        return cls(distance_m * KMH_PER_MPS / fastest_kmh, distance_m * KMH_PER_MPS / slowest_kmh)

    def closes_at(self, departure: float) -> float:
        """Last moment at which a cyclist who entered at `departure` may enter there."""
        return departure + self.latest_s

    def admits(self, departures: FloatArray, arrivals: FloatArray) -> BoolArray:
        """Mark the pairs whose travel time fits the window, both ends included.

        Args:
            departures: (M,) entry times here, seconds since the epoch.
            arrivals: (N,) entry times there, seconds since the epoch.

        Returns:
            (M, N) mask.
        """
        travel_s = arrivals[None, :] - departures[:, None]
        fits: BoolArray = (travel_s >= self.earliest_s) & (travel_s <= self.latest_s)
        # Rounded differently, the sum may close a moment before the difference does; both must hold, so
        # that nothing is admitted after `closes_at`.
        return fits & (arrivals[None, :] <= departures[:, None] + self.latest_s)


@dataclass(frozen=True, slots=True)
class TravelTime:
    """Log-normal distribution of the travel time over a link.

    Attributes:
        median_s: Usual travel time, seconds.
        spread: Standard deviation of its natural logarithm.
    """

    median_s: float
    spread: float

    def surprise(self, travel_s: FloatArray) -> FloatArray:
        """Negative log-likelihood of travel times, relative to the median: 0 there, ½ one spread off.

        The likelihood is taken over the logarithm of the time, so that twice and half the median
        surprise alike.
        """
        logarithm: FloatArray = np.log(np.maximum(travel_s, 1e-3) / self.median_s)
        return 0.5 * (logarithm / self.spread) ** 2


@dataclass(frozen=True, slots=True)
class CameraLink:
    """A way from the view of one camera to that of another.

    Attributes:
        from_camera: Camera id.
        to_camera: Id of another camera.
        window: Plausible travel times, entry to entry.
        travel_time: Their distribution, where known.
    """

    from_camera: str
    to_camera: str
    window: TravelWindow
    travel_time: TravelTime | None = None


class LinkNetwork:
    """The links of a site, looked up by camera."""

    def __init__(self, links: Iterable[CameraLink]) -> None:
        """Index the links.

        Args:
            links: At most one for each ordered pair of cameras.

        Raises:
            ValueError: A pair is linked twice, or a camera to itself.
        """
        self.links: tuple[CameraLink, ...] = tuple(links)
        self._into: dict[str, list[CameraLink]] = {}
        self._latest_from: dict[str, float] = {}
        pairs = {(link.from_camera, link.to_camera) for link in self.links}
        if len(pairs) < len(self.links) or any(start == end for start, end in pairs):
            raise ValueError("each ordered pair of two different cameras may be linked once")
        for link in self.links:
            self._into.setdefault(link.to_camera, []).append(link)
            latest = max(self._latest_from.get(link.from_camera, 0.0), link.window.latest_s)
            self._latest_from[link.from_camera] = latest

    def into(self, camera: str) -> list[CameraLink]:
        """Links by which a cyclist can reach a camera; none for a camera without links."""
        return self._into.get(camera, [])

    def latest_from(self, camera: str) -> float | None:
        """Longest travel time of any link out of a camera, seconds; None where none leads out."""
        return self._latest_from.get(camera)

    @property
    def longest_s(self) -> float:
        """Longest travel time of any link, seconds; 0 without links."""
        return max(self._latest_from.values(), default=0.0)
