"""The journeys of a quarter in two arrays: small, and read in one piece.

A month of a city's cameras has half a million journeys. As rows they take seconds to read, as arrays a
few hundredths; they hold the same whole microseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracking.arrays import IntArray


@dataclass(frozen=True, slots=True)
class PackedTrips:
    """Journeys, without anything that tells one from another of the same route and time.

    Attributes:
        routes: (N,) number of the route of each.
        moments: (M,) when each view was entered, microseconds; of the first journey, then of the second…
            M is the sum of the routes' stops.
    """

    routes: IntArray
    moments: IntArray

    @classmethod
    def read(cls, rows: Iterable[Any]) -> "PackedTrips":
        """Join what several rows of `trips` hold."""
        found = [(row.routes, row.moments) for row in rows]
        return cls(
            np.frombuffer(b"".join(routes for routes, _ in found), "<i4").astype(np.int64),
            np.frombuffer(b"".join(moments for _, moments in found), "<i8").astype(np.int64),
        )

    def columns(self) -> dict[str, bytes]:
        """As a row of `trips` holds them: little-endian integers of 4 and 8 bytes."""
        return {
            "routes": self.routes.astype("<i4").tobytes(),
            "moments": self.moments.astype("<i8").tobytes(),
        }
