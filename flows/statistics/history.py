"""Some journeys that stand for all of a site: those of the asked days, and of the others what decides.

Which journeys may be told is decided over all of them (see `flows.statistics.suppression`), but how a route
is cut into groups follows from how many took it on each day: within a day large enough nothing from outside
matters. So days beside those that are asked for need not be read journey by journey.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from sqlalchemy import Connection, bindparam, select, text

from flows.database.rollups.days import midnights
from flows.database.rollups.quarters import QUARTER_US
from flows.database.rollups.tables import route_count, route_day
from flows.database.rollups.tables import trips as trips_table
from flows.statistics.sites import Period, Site
from flows.statistics.suppression import Beyond
from flows.statistics.trips import Route, TotalRoute, Trip, read_routes, read_trips, unpack

_AT_ONCE = 500
"""Values in one statement: both databases take more, but not any number."""


@dataclass(frozen=True, slots=True)
class History:
    """What stands for all journeys of a site.

    Attributes:
        trips: In the order of their beginnings; those outside of the asked days may be invented.
        beyond: What they do not tell; None where they are all.
        pairs: First and last cameras of routes that are told in some interval, beside those of `trips`.
    """

    trips: list[Trip]
    beyond: Beyond | None = None
    pairs: frozenset[tuple[str, str]] = frozenset()


def read_history(connection: Connection, site: Site, asked: Period, by_days: bool) -> History:
    """Read what decides which journeys of a period may be told.

    Args:
        connection: To the database.
        site: The site.
        asked: The period that is asked for.
        by_days: No row of the answer is longer than a day.
    """
    edges = midnights(asked.start, asked.end, site.zone)
    days = Period(edges[0], edges[-1])
    routes = read_routes(connection, site)
    near = read_trips(connection, site, days, routes)
    rare, alone = _rare(connection, site, routes, days)
    own = {one.cameras: number for number, one in routes.items() if one.cyclists >= site.min_count}
    present: dict[Route, list[Trip]] = defaultdict(list)
    for trip in near:
        if trip.cameras in own:
            present[trip.cameras].append(trip)
    known = _days_of(connection, sorted(own[one] for one in present), site.min_count, by_days)
    trips = [*near, *rare]
    for cameras, some in present.items():
        number = own[cameras]
        trips += invented(some, routes[number], known[number], edges, site.min_count)
    trips.sort(key=lambda trip: (trip.enter_times, trip.cameras))
    pairs = frozenset((cameras[0], cameras[-1]) for cameras in own if len(cameras) > 1)
    return History(trips, Beyond(frozenset(own), [*near, *alone]), pairs)


def read_unlimited(connection: Connection, site: Site, asked: Period) -> History:
    """Read the journeys of a period where nothing is withheld, so that no others matter."""
    routes = read_routes(connection, site)
    ever = frozenset((one.cameras[0], one.cameras[-1]) for one in routes.values() if len(one.cameras) > 1)
    return History(read_trips(connection, site, asked, routes), None, ever)


def _rare(
    connection: Connection, site: Site, routes: dict[int, TotalRoute], near: Period
) -> tuple[list[Trip], list[Trip]]:
    """Journeys over rare routes outside of some days, and those of one camera in the same quarters."""
    rare = [n for n, one in routes.items() if one.cyclists < site.min_count and len(one.cameras) > 1]
    bins: set[int] = set()
    for some in _portions(rare):
        taken = select(route_count.c.bin).where(route_count.c.route_id.in_(some)).distinct()
        outside = (route_count.c.bin < near.start) | (route_count.c.bin >= near.end)
        bins |= set(connection.execute(taken.where(outside)).scalars())
    kept = {*rare, *(number for number, one in routes.items() if len(one.cameras) == 1)}
    found: list[Trip] = []
    for some in _portions(sorted(bins)):
        query = select(trips_table.c.routes, trips_table.c.moments).where(
            trips_table.c.site_id == site.site_id, trips_table.c.bin.in_(some)
        )
        found += unpack(connection.execute(query), routes, Period(some[0], some[-1] + QUARTER_US), kept)
    return [one for one in found if len(one.cameras) > 1], [one for one in found if len(one.cameras) == 1]


@dataclass(frozen=True, slots=True)
class _Days:
    """How the days of a route fall into large and small ones.

    Attributes:
        small: Journeys of the small days; where these are more than the limit, any number not below it.
        target: The day that takes the small ones where they are too few together: the last of the smallest
            large ones. None where no day is large.
        each: Small days with their journeys, where they are needed.
    """

    small: int
    target: int | None
    each: tuple[tuple[int, int], ...] = ()


def invented(
    trips: Sequence[Trip],
    route: TotalRoute,
    days: _Days,
    edges: Sequence[int],
    min_count: int,
) -> Iterator[Trip]:
    """Invent journeys outside of some days that leave those of them in the groups that all journeys would.

    Args:
        trips: Journeys of the route in the days.
        route: The route, which at least `min_count` took.
        days: What is known of all its days.
        edges: Boundaries of the days.
        min_count: Smallest number that may be known.
    """
    counts = Counter(bisect_right(edges, trip.enter_times[0]) for trip in trips)
    small = sum(count for count in counts.values() if count < min_count)
    if days.each:
        for day, count in days.each:
            if not edges[0] <= day < edges[-1]:
                yield from _at(route, day, count)
    elif days.small >= min_count:
        # Small days are joined with each other, so none of these is told by itself.
        if 0 < small < min_count:
            yield from _at(route, edges[0] - 1, min_count - 1)
    elif small < days.small:
        yield from _at(route, edges[0] - 1, days.small - small)
    if days.small < min_count and days.target is not None and not edges[0] <= days.target < edges[-1]:
        yield from _at(route, days.target, min_count)


def _at(route: TotalRoute, moment: int, count: int) -> Iterator[Trip]:
    return repeat(Trip(route.cameras, (moment,) * len(route.cameras)), count)


def _days_of(
    connection: Connection, numbers: Sequence[int], min_count: int, by_days: bool
) -> dict[int, _Days]:
    found: dict[int, _Days] = {}
    for some in _portions(numbers):
        each: dict[int, list[tuple[int, int]]] = defaultdict(list)
        if not by_days:
            few = select(route_day.c.route_id, route_day.c.day, route_day.c.cyclists).where(
                route_day.c.route_id.in_(some), route_day.c.cyclists < min_count
            )
            for number, day, count in connection.execute(few):
                each[number].append((day, count))
        query = _SUMMARY.bindparams(numbers=some, least=min_count)
        for number, small, target in connection.execute(query):
            found[number] = _Days(int(small or 0), target, tuple(each[number]))
    return found


_SUMMARY = text(
    "SELECT route.route_id, "
    "(SELECT SUM(few.cyclists) FROM (SELECT small.cyclists FROM route_day AS small "
    "WHERE small.route_id = route.route_id AND small.cyclists < :least "
    "ORDER BY small.cyclists DESC LIMIT :least) AS few), "
    "(SELECT large.day FROM route_day AS large "
    "WHERE large.route_id = route.route_id AND large.cyclists >= :least "
    "ORDER BY large.cyclists, large.day DESC LIMIT 1) "
    "FROM route WHERE route.route_id IN :numbers"
).bindparams(bindparam("numbers", expanding=True))


def _portions(values: Sequence[int]) -> list[Sequence[int]]:
    return [values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE)]
