"""Whether riders of rare routes can be told together, though counts of single cameras are told as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flows.statistics.trips import Route, Trips
from tracking.arrays import BoolArray, IntArray

RareRiders = Sequence[tuple[int, int, int]]
"""Place of the route, quarter and number of riders."""


@dataclass
class Hiding:
    """Riders seen by one camera alone, among whom others may hide.

    Attributes:
        trips: The journeys that are given.
        own: (R,) routes that are told by themselves.
        quarters: Boundaries of the finest intervals.
        others: (route, moment, number) of those who are not given, three arrays.
    """

    trips: Trips
    own: BoolArray
    quarters: IntArray
    others: tuple[IntArray, IntArray, IntArray]

    def needed(self, riders: RareRiders, direct_is_open: bool) -> set[int] | None:
        """Find where riders of some rare routes between two ends can have been seen instead.

        The riders of each must have another untold route between the ends: the direct one, or one with a
        stop more, at a camera where as many were seen alone in the same quarter.

        Returns:
            Cells (quarter and camera) of which nobody may be told then; None where there is no such place.
        """
        found = set()
        for place, quarter, count in riders:
            route = self.trips.routes[place]
            if len(route) > 2 and direct_is_open:
                continue
            here = [
                (alone, camera)
                for camera, alone in self._alone_in(quarter)
                if alone >= count and self._is_detour(route, self.trips.cameras[camera])
            ]
            if not here:
                return None
            found.add(self._cell(quarter, max(here)[1]))
        return found

    def passages(self, cells: set[int]) -> tuple[IntArray, IntArray]:
        """Camera and moment of the given riders who were seen alone in some cells."""
        single, of = self._single
        return self.trips.passages(single[np.isin(of, list(cells))])

    def _cell(self, quarter: int, camera: int) -> int:
        return quarter * len(self.trips.cameras) + camera

    def _cells(self, route: IntArray, moment: IntArray) -> IntArray:
        quarter = np.searchsorted(self.quarters, moment, side="right") - 1
        cells: IntArray = quarter * len(self.trips.cameras) + self.trips.passed[route, 0]
        return cells

    @cached_property
    def _single(self) -> tuple[IntArray, IntArray]:
        """The given journeys of one camera, and the cell of each."""
        single = np.flatnonzero(self.trips.stops[self.trips.route] == 1)
        return single, self._cells(self.trips.route[single], self.trips.starts[single])

    @cached_property
    def _alone(self) -> tuple[IntArray, IntArray]:
        """Cells in order, and how many were seen alone in each."""
        given = self._single[1]
        route, moment, number = self.others
        cells, place = np.unique(np.concatenate([given, self._cells(route, moment)]), return_inverse=True)
        weights = np.concatenate([np.ones(len(given), np.int64), number])
        return cells, np.bincount(place, weights, len(cells)).astype(np.int64)

    def _alone_in(self, quarter: int) -> list[tuple[int, int]]:
        """Cameras with the riders that they alone saw in a quarter."""
        cells, counts = self._alone
        low, high = np.searchsorted(cells, [self._cell(quarter, 0), self._cell(quarter + 1, 0)])
        cameras = cells[low:high] - self._cell(quarter, 0)
        return list(zip(cameras.tolist(), counts[low:high].tolist(), strict=True))

    def _is_detour(self, route: Route, camera: str) -> bool:
        """Whether somebody may have come by a camera in between, unknown to any table."""
        if camera in route:
            return False
        return any(
            (*route[:place], camera, *route[place:]) not in self._own_routes for place in range(1, len(route))
        )

    @cached_property
    def _own_routes(self) -> set[Route]:
        return {self.trips.routes[place] for place in np.flatnonzero(self.own)}
