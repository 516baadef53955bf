"""Journeys as the statistics see them: the cameras in order, and when each was reached."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from flows.database.rollups.packed import PackedTrips
from flows.database.rollups.quarters import bin_of
from flows.database.rollups.tables import route, trips
from flows.statistics.sites import Period, Site

Route = tuple[str, ...]
"""Cameras in the order in which they were passed."""


@dataclass(frozen=True, slots=True)
class TotalRoute:
    """A route with all that ever took it.

    Attributes:
        cameras: In order.
        cyclists: Number of journeys.
    """

    cameras: Route
    cyclists: int


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
        return self.cameras if len(self.cameras) == 1 else (self.cameras[0], self.cameras[-1])


def read_trips(
    connection: Connection, site: Site, period: Period, routes: Mapping[int, TotalRoute]
) -> list[Trip]:
    """Read the journeys that began in a period, in that order."""
    query = (
        select(trips.c.routes, trips.c.moments)
        .where(trips.c.site_id == site.site_id)
        .where(trips.c.bin >= bin_of(period.start), trips.c.bin < period.end)
    )
    return unpack(connection.execute(query), routes, period)


def unpack(
    rows: Iterable[Any], routes: Mapping[int, TotalRoute], period: Period, kept: Set[int] | None = None
) -> list[Trip]:
    """Read the journeys of some rows of `trips` that began in a period, in that order.

    Args:
        rows: Of the table.
        routes: By number.
        period: The period.
        kept: Only those of some routes; None for all.
    """
    packed = PackedTrips.read(rows)
    numbers = np.unique(packed.routes)
    stops = np.array([len(routes[number].cameras) for number in numbers.tolist()], np.int64)
    lengths = stops[np.searchsorted(numbers, packed.routes)]
    ends = np.cumsum(lengths)
    begun = packed.moments[ends - lengths]
    wanted = (begun >= period.start) & (begun < period.end)
    if kept is not None:
        wanted &= np.isin(packed.routes, sorted(kept))
    moments = packed.moments.tolist()
    found = [
        Trip(routes[number].cameras, tuple(moments[end - length : end]))
        for number, end, length in zip(
            packed.routes[wanted].tolist(), ends[wanted].tolist(), lengths[wanted].tolist(), strict=True
        )
    ]
    return sorted(found, key=lambda trip: (trip.enter_times, trip.cameras))


def read_routes(connection: Connection, site: Site) -> dict[int, TotalRoute]:
    """Read the routes that anybody ever took at a site, by their number."""
    names = {one.camera_id: one.name for one in site.cameras}
    query = select(route.c.route_id, route.c.path, route.c.cyclists).where(route.c.site_id == site.site_id)
    return {
        number: TotalRoute(tuple(names[int(at)] for at in path.split(">")), cyclists)
        for number, path, cyclists in connection.execute(query)
    }
