"""The journeys of the asked days, and what else decides which of them may be told.

Which journeys may be told is decided over all of a site (see `flows.statistics.suppression`), but how a route
is cut into groups follows from how many took it on each day: within a day large enough nothing from outside
matters. So of other days numbers by route and day are enough, and of rare routes numbers by quarter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Connection, select

from flows.database.rollups.days import midnights
from flows.database.rollups.tables import route as route_table
from flows.database.rollups.tables import route_count
from flows.database.rollups.tables import trips as trips_table
from flows.statistics.known import Known
from flows.statistics.other_days import OtherDays, portions
from flows.statistics.sites import Period, Site
from flows.statistics.suppression import Beyond, Riders
from flows.statistics.trips import TotalRoutes, Trip, Trips, ends_of, read_routes, read_trips, unpack
from tracking.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class History:
    """What stands for all journeys of a site.

    Attributes:
        trips: In the order of their beginnings.
        beyond: What they do not tell; None where they are all.
        pairs: First and last cameras between which somebody rode outside of `trips`, where all may be told.
    """

    trips: Trips | Sequence[Trip]
    beyond: Beyond | None = None
    pairs: frozenset[tuple[str, str]] = frozenset()


def read_history(connection: Connection, site: Site, asked: Period, by_days: bool, known: Known) -> History:
    """Read what decides which journeys of a period may be told.

    Args:
        connection: To the database.
        site: The site.
        asked: The period that is asked for.
        by_days: No row of the answer is longer than a day.
        known: What earlier questions have read of the same state of the database.
    """
    edges = np.array(midnights(asked.start, asked.end, site.zone), np.int64)
    routes = known.of(
        ("routes", site.site_id), lambda: read_routes(connection, site), lambda one: len(one.routes) + 1
    )
    near = read_trips(connection, site, Period(int(edges[0]), int(edges[-1])), routes)
    own = routes.cyclists >= site.min_count
    days = OtherDays(connection, site, routes, near, edges, known)
    small = days.all_small_together() if by_days else days.every_small()
    rare = _outside(_counts(connection, site, _rare(site)), routes, edges)
    beyond = Beyond(
        own,
        days.smallest_large().and_then(small).and_then(rare),
        _alone(connection, site, routes, _that_need_others(routes, rare, own, site.min_count)),
        _rare_trips(connection, site, routes, rare, edges),
    )
    return History(near, beyond)


def read_unlimited(connection: Connection, site: Site, asked: Period) -> History:
    """Read the journeys of a period where nothing is withheld, so that no others matter."""
    routes = read_routes(connection, site)
    ever = frozenset((one[0], one[-1]) for one in routes.routes if len(one) > 1)
    return History(read_trips(connection, site, asked, routes), None, ever)


def _rare(site: Site) -> ColumnElement[bool]:
    return (route_table.c.stops > 1) & (route_table.c.cyclists < site.min_count)


def _counts(connection: Connection, site: Site, which: ColumnElement[bool]) -> IntArray:
    """Number of the route, quarter and journeys of some routes: (3, K)."""
    query = (
        select(route_count.c.route_id, route_count.c.bin, route_count.c.cyclists)
        .join(route_table, route_table.c.route_id == route_count.c.route_id)
        .where(route_table.c.site_id == site.site_id, which)
    )
    return np.array([tuple(row) for row in connection.execute(query)], np.int64).reshape(-1, 3).T


def _outside(counts: IntArray, routes: TotalRoutes, edges: IntArray) -> Riders:
    numbers, moments, cyclists = counts[:, (counts[1] < edges[0]) | (counts[1] >= edges[-1])]
    return Riders(routes.places(numbers), moments, cyclists)


def _rare_trips(
    connection: Connection, site: Site, routes: TotalRoutes, rare: Riders, edges: IntArray
) -> Trips:
    """Journeys over rare routes that began before some days."""
    before = np.unique(rare.moment[rare.moment < edges[0]]).tolist()
    nobody = np.zeros(0, np.int64)
    found = [Trips(routes.routes, nobody, nobody)]
    for some in portions(before):
        query = select(trips_table.c.routes, trips_table.c.moments).where(
            trips_table.c.site_id == site.site_id, trips_table.c.bin.in_(some)
        )
        every = unpack(connection.execute(query.order_by(trips_table.c.bin)), routes)
        found.append(every.select(np.isin(every.route, rare.route)))
    return Trips(
        routes.routes,
        np.concatenate([one.route for one in found]),
        np.concatenate([one.moments for one in found]),
    )


def _that_need_others(routes: TotalRoutes, rare: Riders, own: BoolArray, min_count: int) -> IntArray:
    """Quarters of rare riders who are enough together with others of the same ends."""
    totals: dict[tuple[str, ...], int] = {}
    for place in np.flatnonzero(~own).tolist():
        ends = ends_of(routes.routes[place])
        totals[ends] = totals.get(ends, 0) + int(routes.cyclists[place])
    enough = [totals.get(ends_of(routes.routes[place]), 0) >= min_count for place in rare.route.tolist()]
    return np.unique(rare.moment[np.array(enough, np.bool_)])


def _alone(connection: Connection, site: Site, routes: TotalRoutes, quarters: IntArray) -> Riders:
    """Journeys of one camera alone in some quarters."""
    single = [
        number for number, one in zip(routes.numbers.tolist(), routes.routes, strict=True) if len(one) == 1
    ]
    rows: list[tuple[int, int, int]] = []
    for some in portions(quarters.tolist()):
        query = select(route_count.c.route_id, route_count.c.bin, route_count.c.cyclists).where(
            route_count.c.site_id == site.site_id,
            route_count.c.bin.in_(some),
            route_count.c.route_id.in_(single),
        )
        rows += [tuple(row) for row in connection.execute(query)]
    numbers, moments, cyclists = np.array(rows, np.int64).reshape(-1, 3).T
    return Riders(routes.places(numbers), moments, cyclists)
