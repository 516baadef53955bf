"""Which journeys may be told, so that no subtraction gives a small cell back.

Every journey is put into at most one *group* of at least `min_count` journeys that differ in nothing but
their moment, or belongs to none. A cell is told when it is the sum of whole groups, and then it is the true
number. So whatever a reader subtracts from what, over all tables, interval lengths and periods of whole
quarters, the result is again a sum of groups. The groups do not depend on what is asked. This is k-anonymity
by generalisation of time and suppression of records (Samarati & Sweeney 1998), decided before counting.

Three kinds of groups and journeys:

* **A route of its own** (at least `min_count` journeys): its days, hours and quarters are groups where they
  are large enough; smaller ones are joined with others, or with the smallest of the large, until they are.
* **Rare routes between the same ends**, together at least `min_count`: they are told in the O-D matrix only.
* All others are told nowhere.

Counts of single cameras are exact, so a reader knows how many passed a camera and are in no told route. Each
of them may have been seen there alone: cyclists of one camera are told only where no rider of an untold route
came by. So every untold route may have had no rider at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from flows.statistics.trips import Route, Trip
from tracking.arrays import BoolArray, IntArray

NOWHERE = -1
"""Group of a journey that is told in no table."""

Moments = dict[str, list[int]]
"""Moments, microseconds, by camera."""

Alone = dict[int, Moments]
"""Beginnings of the journeys of one camera, by finest interval and camera."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Journeys in groups that are told as a whole or not at all.

    Attributes:
        of: (N,) group of each journey, `NOWHERE` for none.
        mixed: (N,) whether the group holds several routes.
        untold_alone: By camera, when cyclists of this camera alone must not be told.
    """

    of: IntArray
    mixed: BoolArray
    untold_alone: Mapping[str, IntArray]

    def whole(self, rows: IntArray) -> BoolArray:
        """Mark the journeys whose group lies within one row of a table.

        Args:
            rows: (N,) row of each journey, negative where it is in none.

        Returns:
            (N,) mask.
        """
        grouped = self.of >= 0
        count = int(self.of.max(initial=NOWHERE)) + 1
        first = np.full(count, np.iinfo(np.int64).max)
        last = np.full(count, np.iinfo(np.int64).min)
        np.minimum.at(first, self.of[grouped], rows[grouped])
        np.maximum.at(last, self.of[grouped], rows[grouped])
        whole = np.zeros(len(rows), np.bool_)
        whole[grouped] = ((first == last) & (first >= 0))[self.of[grouped]]
        return whole


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of journeys that are not given one by one.

    Attributes:
        own: Every route that at least `min_count` journeys ever took.
        alone: Journeys of one camera in all intervals in which somebody took a rare route.
    """

    own: Set[Route]
    alone: Sequence[Trip]


def group_journeys(
    trips: Sequence[Trip], levels: Sequence[IntArray], min_count: int, beyond: Beyond | None = None
) -> Groups:
    """Find the groups.

    Args:
        trips: All journeys, in the order of their beginnings.
        levels: Boundaries of the intervals that tables may have, from days to quarters.
        min_count: Smallest number that may be known.
        beyond: Where `trips` only stand for all journeys: what they do not tell.
    """
    starts = np.array([trip.enter_times[0] for trip in trips], np.int64)
    places = [np.searchsorted(edges, starts, side="right") - 1 for edges in levels]
    alone = [trip for trip in (trips if beyond is None else beyond.alone) if len(trip.cameras) == 1]
    moments = np.array([trip.enter_times[0] for trip in alone], np.int64)
    quarters = np.searchsorted(levels[-1], moments, side="right") - 1
    own = _frequent(trips, min_count) if beyond is None else beyond.own
    return _Grouping(trips, places, min_count, own, _by_quarter(alone, quarters)).groups()


def _frequent(trips: Iterable[Trip], min_count: int) -> set[Route]:
    taken = Counter(trip.cameras for trip in trips)
    return {route for route, riders in taken.items() if riders >= min_count}


def _by_quarter(alone: Sequence[Trip], quarters: IntArray) -> Alone:
    found: Alone = defaultdict(lambda: defaultdict(list))
    for trip, quarter in zip(alone, quarters.tolist(), strict=True):
        found[quarter][trip.cameras[0]].append(trip.enter_times[0])
    return found


@dataclass(slots=True)
class _Grouping:
    """The work of `group_journeys`.

    `places` holds the interval of each journey, level by level; `own` the routes that are told by themselves;
    `alone` the beginnings of the journeys of one camera.
    """

    trips: Sequence[Trip]
    places: Sequence[IntArray]
    min_count: int
    own: Set[Route]
    alone: Alone
    found: list[tuple[IntArray, bool]] = field(default_factory=list)
    untold_alone: Moments = field(default_factory=lambda: defaultdict(list))

    def groups(self) -> Groups:
        routes: dict[Route, list[int]] = defaultdict(list)
        for index, trip in enumerate(self.trips):
            routes[trip.cameras].append(index)
        rare: dict[Route, list[int]] = defaultdict(list)
        for route, members in routes.items():
            if route in self.own:
                self.found += [(part, False) for part in self._split(np.array(members), 0)]
            elif len(route) > 1:
                rare[route[0], route[-1]] += members
        for ends, members in rare.items():
            direct_is_open = ends not in self.own and ends[0] != ends[-1]
            if len(members) >= self.min_count and self._may_hide(members, direct_is_open):
                self.found += [(part, True) for part in self._split(np.array(sorted(members)), 0)]
        return self._numbered(rare.values())

    def _numbered(self, rare: Iterable[list[int]]) -> Groups:
        of = np.full(len(self.trips), NOWHERE, np.int64)
        mixed = np.zeros(len(self.trips), np.bool_)
        for number, (members, several) in enumerate(self.found):
            of[members], mixed[members] = number, several
        for trip in (self.trips[index] for members in rare for index in members):
            for camera, moment in zip(trip.cameras, trip.enter_times, strict=True):
                self.untold_alone[camera].append(moment)
        return Groups(
            of, mixed, {camera: np.unique(moments) for camera, moments in self.untold_alone.items()}
        )

    def _split(self, members: IntArray, level: int) -> list[IntArray]:
        """Cut a group by the intervals of a level, as finely as its parts stay large enough."""
        if level == len(self.places):
            return [members]
        cuts = np.flatnonzero(np.diff(self.places[level][members])) + 1
        parts = np.split(members, cuts)
        large = [part for part in parts if len(part) >= self.min_count]
        joined, rest = self._join(part for part in parts if len(part) < self.min_count)
        if len(rest):
            target = joined if joined else large
            target.sort(key=len, reverse=True)
            joined.append(np.concatenate([target.pop(), rest]))
        return joined + [finer for part in large for finer in self._split(part, level + 1)]

    def _join(self, parts: Iterable[IntArray]) -> tuple[list[IntArray], IntArray]:
        """Join small parts in the order of time; the last ones may stay too few."""
        joined: list[IntArray] = []
        rest = np.zeros(0, np.int64)
        for part in parts:
            rest = np.concatenate([rest, part])
            if len(rest) >= self.min_count:
                joined.append(rest)
                rest = rest[:0]
        return joined, rest

    def _may_hide(self, members: Sequence[int], direct_is_open: bool) -> bool:
        """Whether the sum of rare routes between two ends may be known, though counts are known as well.

        The riders of each must have another untold route between the ends: the direct one, or one with a
        stop more, at a camera where as many were seen alone in the same interval.
        """
        riders = Counter((self.trips[index].cameras, int(self.places[-1][index])) for index in members)
        needed: Moments = defaultdict(list)
        for (route, place), count in riders.items():
            if len(route) > 2 and direct_is_open:
                continue
            here = [
                (len(moments), camera)
                for camera, moments in self.alone.get(place, {}).items()
                if len(moments) >= count
                and camera not in route
                and not self.own >= set(_detours(route, camera))
            ]
            if not here:
                return False
            _, camera = max(here)
            needed[camera] += self.alone[place][camera]
        for camera, moments in needed.items():
            self.untold_alone[camera] += moments
        return True


def _detours(route: Route, camera: str) -> list[Route]:
    return [(*route[:place], camera, *route[place:]) for place in range(1, len(route))]
