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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import numpy as np

from flows.statistics.cutting import cut
from flows.statistics.hiding import Hiding, RareRiders
from flows.statistics.trips import Route, Trip, Trips, ends_of
from tracking.arrays import BoolArray, IntArray

NOWHERE = -1
"""Group of a journey that is told in no table."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Journeys in groups that are told as a whole or not at all.

    Attributes:
        of: (N,) group of each journey, `NOWHERE` for none.
        mixed: (N,) whether the group holds several routes.
        beyond: (G,) whether the group holds journeys that were not given.
        told: Routes that are told in some interval, or among others of the same ends.
        untold_alone: By camera, when cyclists of this camera alone must not be told.
    """

    of: IntArray
    mixed: BoolArray
    beyond: BoolArray
    told: tuple[Route, ...]
    untold_alone: Mapping[str, IntArray]

    def whole(self, rows: IntArray) -> BoolArray:
        """Mark the journeys whose group lies within one row of a table.

        Args:
            rows: (N,) row of each journey, negative where it is in none.

        Returns:
            (N,) mask.
        """
        grouped = self.of >= 0
        first = np.full(len(self.beyond), np.iinfo(np.int64).max)
        last = np.full(len(self.beyond), np.iinfo(np.int64).min)
        np.minimum.at(first, self.of[grouped], rows[grouped])
        np.maximum.at(last, self.of[grouped], rows[grouped])
        whole = np.zeros(len(rows), np.bool_)
        whole[grouped] = ((first == last) & (first >= 0) & ~self.beyond)[self.of[grouped]]
        return whole


@dataclass(frozen=True, slots=True)
class Riders:
    """Journeys of which only route, time and number are known; K times.

    Attributes:
        route: (K,) place of the route.
        moment: (K,) one in the quarter of their beginning; or of the day, where that is enough.
        count: (K,) how many they are.
    """

    route: IntArray
    moment: IntArray
    count: IntArray

    def and_then(self, others: "Riders") -> "Riders":
        """Both of them."""
        return Riders(
            np.concatenate([self.route, others.route]),
            np.concatenate([self.moment, others.moment]),
            np.concatenate([self.count, others.count]),
        )


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known of journeys that are not given one by one.

    Attributes:
        own: (R,) which routes at least `min_count` journeys ever took.
        riders: All that decides how those that are given are grouped.
        alone: Journeys of one camera in the quarters in which such riders took rare routes.
        untold: Riders of rare routes who came by in the time of those that are given.
    """

    own: BoolArray
    riders: Riders
    alone: Riders
    untold: Trips


def group_journeys(
    trips: Sequence[Trip] | Trips, levels: Sequence[IntArray], min_count: int, beyond: Beyond | None = None
) -> Groups:
    """Find the groups.

    Args:
        trips: All journeys, in the order of their beginnings.
        levels: Boundaries of the intervals that tables may have, from days to quarters.
        min_count: Smallest number that may be known.
        beyond: Where `trips` are not all journeys: what else decides.
    """
    return _Grouping(Trips.of(trips), levels, min_count, beyond).groups()


@dataclass
class _Grouping:
    """The work of `group_journeys`."""

    trips: Trips
    levels: Sequence[IntArray]
    min_count: int
    beyond: Beyond | None
    hidden_in: set[int] = field(default_factory=set)

    def groups(self) -> Groups:
        told = self.own | self._told_among_others()
        riders, trip = self._in_order(told)
        places = [np.searchsorted(edges, riders.moment, side="right") - 1 for edges in self.levels]
        group = cut(self.kind[riders.route], places, riders.count, self.min_count)
        of = np.full(len(self.trips), NOWHERE, np.int64)
        given = trip >= 0
        of[trip[given]] = group[given]
        beyond = np.zeros(int(group.max(initial=NOWHERE)) + 1, np.bool_)
        beyond[group[~given]] = True
        mixed = ~self.own[self.trips.route] & (of >= 0)
        routes = self.trips.routes
        return Groups(
            of, mixed, beyond, tuple(routes[at] for at in np.flatnonzero(told)), self._untold_moments()
        )

    @cached_property
    def own(self) -> BoolArray:
        """(R,) routes that are told by themselves."""
        if self.beyond is not None:
            return self.beyond.own
        return np.bincount(self.trips.route, minlength=len(self.trips.routes)) >= self.min_count

    @cached_property
    def rare(self) -> BoolArray:
        """(R,) routes over several cameras that are not."""
        return ~self.own & (self.trips.stops > 1)

    @cached_property
    def kind(self) -> IntArray:
        """(R,) what may be told together: a route of its own, or all rare routes between two cameras."""
        kinds = np.arange(len(self.trips.routes))
        ends: dict[Route, int] = {}
        for place in np.flatnonzero(self.rare).tolist():
            kinds[place] = ends.setdefault(ends_of(self.trips.routes[place]), place)
        return kinds

    @cached_property
    def riders(self) -> Riders:
        """Those that are given, and those that are not."""
        given = Riders(self.trips.route, self.trips.starts, np.ones(len(self.trips), np.int64))
        return given if self.beyond is None else given.and_then(self.beyond.riders)

    @cached_property
    def _hide(self) -> Hiding:
        nobody = np.zeros(0, np.int64)
        alone = Riders(nobody, nobody, nobody) if self.beyond is None else self.beyond.alone
        return Hiding(self.trips, self.own, self.levels[-1], (alone.route, alone.moment, alone.count))

    @cached_property
    def _places(self) -> dict[Route, int]:
        return {route: place for place, route in enumerate(self.trips.routes)}

    def _in_order(self, told: BoolArray) -> tuple[Riders, IntArray]:
        """Riders of some routes by kind and time; with the place of each journey, -1 for others."""
        riders = self.riders
        chosen = np.flatnonzero(told[riders.route])
        if self.beyond is not None:
            chosen = chosen[np.argsort(riders.moment[chosen], kind="stable")]
        kinds = self.kind[riders.route[chosen]]
        # Small numbers are sorted much faster.
        kinds = kinds.astype(np.min_scalar_type(len(self.kind)))
        chosen = chosen[np.argsort(kinds, kind="stable")]
        trip = np.where(chosen < len(self.trips), chosen, -1)
        return Riders(riders.route[chosen], riders.moment[chosen], riders.count[chosen]), trip

    def _untold_moments(self) -> dict[str, IntArray]:
        """By camera, when riders of rare routes came by, and those who hide them."""
        found = [self.trips.passages(self.rare[self.trips.route]), self._hide.passages(self.hidden_in)]
        if self.beyond is not None:
            found.append(self.beyond.untold.passages(np.arange(len(self.beyond.untold))))
        camera, moment = (np.concatenate(each) for each in zip(*found, strict=True))
        return {
            name: np.unique(moment[camera == place])
            for place, name in enumerate(self.trips.cameras)
            if (camera == place).any()
        }

    def _told_among_others(self) -> BoolArray:
        """(R,) rare routes that are told in the O-D matrix."""
        told = np.zeros_like(self.own)
        for kind, riders in self._rare_riders():
            ends = ends_of(self.trips.routes[kind])
            straight = self._places.get(ends)
            direct_is_open = ends[0] != ends[1] and (straight is None or not self.own[straight])
            needed = self._hide.needed(riders, direct_is_open)
            if needed is not None:
                self.hidden_in |= needed
                told |= self.rare & (self.kind == kind)
        return told

    def _rare_riders(self) -> Iterator[tuple[int, RareRiders]]:
        """Riders between two ends who together are enough, by route and quarter."""
        riders, routes = self.riders, len(self.trips.routes)
        chosen = np.flatnonzero(self.rare[riders.route])
        totals = np.bincount(self.kind[riders.route[chosen]], riders.count[chosen], routes)
        chosen = chosen[totals[self.kind[riders.route[chosen]]] >= self.min_count]
        route, count = riders.route[chosen], riders.count[chosen]
        quarter = np.searchsorted(self.levels[-1], riders.moment[chosen], side="right") - 1
        cells, place = np.unique(np.stack([self.kind[route], route, quarter]), axis=1, return_inverse=True)
        counts = np.bincount(place.ravel(), count, cells.shape[1]).astype(np.int64)
        for kind, some in groupby(zip(*cells.tolist(), counts.tolist(), strict=True), lambda one: one[0]):
            yield kind, [one[1:] for one in some]
