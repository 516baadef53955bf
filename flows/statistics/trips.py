"""Journeys as the statistics see them: the cameras in order, and when each was reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from flows.database.rollups.packed import PackedTrips
from flows.database.rollups.quarters import bin_of
from flows.database.rollups.tables import route, trips
from flows.statistics.sites import Period, Site
from tracking.arrays import BoolArray, IntArray

Route = tuple[str, ...]
"""Cameras in the order in which they were passed."""


def ends_of(route: Route) -> Route:
    """First and last camera; one camera alone for a cyclist who was seen once."""
    return route if len(route) == 1 else (route[0], route[-1])


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey without anything that tells one from another of the same route and time.

    Attributes:
        cameras: In order.
        enter_times: When the view of each was entered, microseconds.
    """

    cameras: Route
    enter_times: tuple[int, ...]

    @property
    def ends(self) -> Route:
        """First and last camera; one camera alone for a cyclist who was seen once."""
        return ends_of(self.cameras)


@dataclass(frozen=True)
class Trips:
    """Many journeys as arrays: a month of a city has half a million of them.

    Attributes:
        routes: R different routes.
        route: (N,) place of each journey's route among them.
        moments: (M,) when each view was entered, microseconds; of the first journey, then of the second…
            The first moments of the journeys never fall.
    """

    routes: tuple[Route, ...]
    route: IntArray
    moments: IntArray

    @classmethod
    def of(cls, journeys: "Sequence[Trip] | Trips") -> "Trips":
        """Put journeys, given in the order of their beginnings, into arrays."""
        if isinstance(journeys, Trips):
            return journeys
        places: dict[Route, int] = {}
        route = [places.setdefault(one.cameras, len(places)) for one in journeys]
        moments = [moment for one in journeys for moment in one.enter_times]
        return cls(tuple(places), np.array(route, np.int64), np.array(moments, np.int64))

    def __len__(self) -> int:
        """Number of journeys."""
        return len(self.route)

    @cached_property
    def cameras(self) -> Route:
        """C cameras that any of the routes passes, by name."""
        return tuple(sorted({camera for one in self.routes for camera in one}))

    @cached_property
    def passed(self) -> IntArray:
        """(R, L) place among `cameras` of each stop of each route; -1 behind the last."""
        places = {camera: place for place, camera in enumerate(self.cameras)}
        found = np.full((len(self.routes), int(self.stops.max(initial=1))), -1, np.int64)
        for place, one in enumerate(self.routes):
            found[place, : len(one)] = [places[camera] for camera in one]
        return found

    @cached_property
    def stops(self) -> IntArray:
        """(R,) cameras on each route."""
        return np.array([len(one) for one in self.routes], np.int64)

    @cached_property
    def first(self) -> IntArray:
        """(N,) place of each journey's first moment among `moments`."""
        lengths = self.stops[self.route]
        return np.cumsum(lengths) - lengths

    @cached_property
    def starts(self) -> IntArray:
        """(N,) beginning of each journey, microseconds."""
        return self.moments[self.first]

    def passages(self, chosen: IntArray | BoolArray) -> tuple[IntArray, IntArray]:
        """Where (places among `cameras`) and when riders of some journeys came by: two (P,) arrays."""
        route, first = self.route[chosen], self.first[chosen]
        lengths = self.stops[route]
        stop = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.passed[np.repeat(route, lengths), stop], self.moments[np.repeat(first, lengths) + stop]

    def select(self, chosen: BoolArray) -> "Trips":
        """Some of the journeys; `chosen` is an (N,) mask."""
        if chosen.all():
            return self
        kept = np.repeat(chosen, self.stops[self.route])
        return Trips(self.routes, self.route[chosen], self.moments[kept])


@dataclass(frozen=True, slots=True)
class TotalRoutes:
    """The routes that anybody ever took at a site.

    Attributes:
        numbers: (R,) of the database, increasing.
        routes: R routes.
        cyclists: (R,) all journeys that ever took each.
    """

    numbers: IntArray
    routes: tuple[Route, ...]
    cyclists: IntArray

    def places(self, numbers: IntArray) -> IntArray:
        """Place of each number of a route; every one is known."""
        table = np.zeros(int(self.numbers.max(initial=0)) + 1, np.int64)
        table[self.numbers] = np.arange(len(self.numbers))
        return table[numbers]


def read_trips(connection: Connection, site: Site, period: Period, routes: TotalRoutes) -> Trips:
    """Read the journeys that began in a period, in that order."""
    query = (
        select(trips.c.routes, trips.c.moments)
        .where(trips.c.site_id == site.site_id)
        .where(trips.c.bin >= bin_of(period.start), trips.c.bin < period.end)
        .order_by(trips.c.bin)
    )
    found = unpack(connection.execute(query), routes)
    return found.select((found.starts >= period.start) & (found.starts < period.end))


def unpack(rows: Iterable[Any], routes: TotalRoutes) -> Trips:
    """Read the journeys of some rows of `trips`, which are given in the order of their quarters."""
    packed = PackedTrips.read(rows)
    return Trips(routes.routes, routes.places(packed.routes), packed.moments)


def read_routes(connection: Connection, site: Site) -> TotalRoutes:
    """Read the routes that anybody ever took at a site, in the order of their numbers."""
    names = {str(one.camera_id): one.name for one in site.cameras}
    query = (
        select(route.c.route_id, route.c.path, route.c.cyclists)
        .where(route.c.site_id == site.site_id)
        .order_by(route.c.route_id)
    )
    rows = connection.execute(query).all()
    return TotalRoutes(
        np.array([row[0] for row in rows], np.int64),
        tuple(tuple(names[at] for at in row[1].split(">")) for row in rows),
        np.array([row[2] for row in rows], np.int64),
    )
