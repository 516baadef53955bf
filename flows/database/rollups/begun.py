"""The journeys that began in some quarters, in arrays, and what is counted of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any, Self

import numpy as np

from flows.database.rollups.packed import PackedTrips
from flows.database.rollups.percentiles import percentiles_hundredths
from flows.database.rollups.quarters import QUARTER_US
from tracking.arrays import IntArray

Columns = dict[str, list[Any]]
"""Values of each column."""


@dataclass(frozen=True)
class Begun:
    """Journeys in the order of their moments and routes.

    Attributes:
        paths: N routes, by the cameras' numbers.
        times: For each journey when each view was entered, microseconds.
        routes: (N,) number of each one's route.
    """

    paths: Sequence[tuple[int, ...]]
    times: Sequence[tuple[int, ...]]
    routes: IntArray

    @classmethod
    def of(cls, stops: Sequence[Any]) -> Self:
        """Read stops (journey, camera, moment), journey after journey."""
        ids, cameras, moments = zip(*stops, strict=True) if stops else ((), (), ())
        begins = [place for place in range(len(ids)) if not place or ids[place] != ids[place - 1]]
        spans = [slice(*bounds) for bounds in pairwise([*begins, len(ids)])]
        paths = [cameras[one] for one in spans]
        return cls(paths, [moments[one] for one in spans], np.zeros(len(paths), np.int64))

    def numbered(self, numbers: Mapping[tuple[int, ...], int]) -> "Begun":
        """Give each route its number, and put the journeys in order."""
        ordered = sorted(zip(self.times, [numbers[path] for path in self.paths], self.paths, strict=True))
        times, routes, paths = zip(*ordered, strict=True) if ordered else ((), (), ())
        return Begun(paths, times, np.array(routes, np.int64))

    @cached_property
    def bins(self) -> IntArray:
        """(B,) the quarters, increasing."""
        return np.unique(self._bin)

    def totals(self) -> Counter[int]:
        """Journeys over each route."""
        numbers, counts = np.unique(self.routes, return_counts=True)
        return Counter(dict(zip(numbers.tolist(), counts.tolist(), strict=True)))

    def packed(self) -> Columns:
        """Rows of `trips`."""
        cuts = np.flatnonzero(np.diff(self._bin)) + 1
        routes, moments = np.split(self.routes, cuts), np.split(self._moments, self._first[cuts])
        rows = (
            [PackedTrips(*one).columns() for one in zip(routes, moments, strict=True)] if self.paths else []
        )
        return {
            "bin": self.bins.tolist(),
            **{name: [row[name] for row in rows] for name in ("routes", "moments")},
        }

    def by_route(self) -> Columns:
        """Rows of `route_count`."""
        (bins, routes), counts = _counted(self._bin, self.routes)
        _, place, journeys = np.unique(self._bin, return_inverse=True, return_counts=True)
        of = journeys[np.searchsorted(self.bins, bins)] if len(place) else place
        return {
            "bin": bins.tolist(),
            "route_id": routes.tolist(),
            "cyclists": counts.tolist(),
            "journeys": of.tolist(),
        }

    def by_ends(self) -> Columns:
        """Rows of `od_count`."""
        several = self._length > 1
        last = self._first + self._length - 1
        cells = (self._bin, self._cameras[self._first], self._cameras[last])
        (bins, origins, destinations), counts = _counted(*(each[several] for each in cells))
        return {
            "bin": bins.tolist(),
            "origin_id": origins.tolist(),
            "destination_id": destinations.tolist(),
            "cyclists": counts.tolist(),
        }

    def travel_times(self) -> Columns:
        """Rows of `travel_time`: between every two cameras of a journey."""
        parts: list[IntArray] = [np.zeros((4, 0), np.int64)]
        for length in range(2, int(self._length.max(initial=1)) + 1):
            first = self._first[self._length == length]
            for left, right in combinations(range(length), 2):
                ends = (self._cameras[first + left], self._cameras[first + right])
                travel = self._moments[first + right] - self._moments[first + left]
                parts.append(np.stack([self._bin[self._length == length], *ends, travel]))
        rides = np.concatenate(parts, axis=1)
        rides = rides[:, np.lexsort(rides[::-1])]
        starts = np.flatnonzero((np.diff(rides[:3], axis=1, prepend=-1) != 0).any(axis=0))
        counts = np.diff(starts, append=rides.shape[1])
        bins, origins, destinations = rides[:3, starts].tolist()
        columns = {
            "bin": bins,
            "origin_id": origins,
            "destination_id": destinations,
            "trips": counts.tolist(),
        }
        for percent in (15, 50, 85):
            columns[f"p{percent}"] = percentiles_hundredths(rides[3], starts, counts, percent).tolist()
        totals = np.add.reduceat(rides[3], starts) if len(starts) else starts
        return {**columns, "total": totals.tolist()}

    @cached_property
    def _length(self) -> IntArray:
        return np.array([len(path) for path in self.paths], np.int64)

    @cached_property
    def _first(self) -> IntArray:
        return np.cumsum(self._length) - self._length

    @cached_property
    def _moments(self) -> IntArray:
        return np.array([moment for times in self.times for moment in times], np.int64)

    @cached_property
    def _cameras(self) -> IntArray:
        return np.array([camera for path in self.paths for camera in path], np.int64)

    @cached_property
    def _bin(self) -> IntArray:
        return self._moments[self._first] // QUARTER_US * QUARTER_US


def _counted(*cells: IntArray) -> tuple[list[IntArray], IntArray]:
    """The different cells in order, and how often each is there."""
    order = np.lexsort(cells[::-1])
    ordered = [each[order] for each in cells]
    new = np.zeros(len(order), np.bool_)
    for each in ordered:
        new[1:] |= np.diff(each) != 0
    new[:1] = True
    starts = np.flatnonzero(new)
    return [each[starts] for each in ordered], np.diff(starts, append=len(order))
