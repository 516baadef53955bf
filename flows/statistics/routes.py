"""Routes and the origin-destination matrix."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection

from flows.database import Database
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import AskedJourneys, IntervalTrips, Standing, ask_journeys
from flows.statistics.query import Query
from flows.statistics.rows import OdCount, RouteCount, Statistics
from flows.statistics.sites import Site, find_sites, observed_period, withholding
from flows.statistics.trips import Route
from flows.statistics.watch import Watch, watch_of


def route_counts(database: Database, query: Query) -> Statistics[RouteCount]:
    """Count the journeys over each sequence of cameras, with their share of all journeys.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        rows = [
            row
            for site, asked, watch in _asked(connection, sites, query)
            for interval in asked.intervals
            for row in _routes(site, asked, interval, watch)
            if _concerns(row.route.split(">"), query)
        ]
    rows.sort(key=lambda row: (row.site, row.route, row.interval_start))
    return Statistics(tuple(rows), withholding(sites))


def od_matrix(database: Database, query: Query) -> Statistics[OdCount]:
    """Count the journeys of at least two sightings from each first to each last camera.

    Where one of both cameras was not watching all the time, there is a row even if no number can be told.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        rows = [
            row
            for site, asked, watch in _asked(connection, sites, query)
            for row in _cells(connection, site, asked, watch)
            if _concerns((row.origin, row.destination), query)
        ]
    rows.sort(key=lambda row: (row.site, row.origin, row.destination, row.interval_start))
    return Statistics(tuple(rows), withholding(sites))


def _asked(
    connection: Connection, sites: Iterable[Site], query: Query
) -> Iterator[tuple[Site, AskedJourneys, Watch]]:
    for site in sites:
        asked = ask_journeys(connection, site, query)
        if asked is not None:
            yield site, asked, watch_of(connection, site, asked.edges)


def _routes(site: Site, asked: AskedJourneys, interval: IntervalTrips, watch: Watch) -> Iterator[RouteCount]:
    told = _told(((trip.cameras, standing) for trip, standing in interval.pairs()), Standing.ROUTE)
    share_is_told = Standing.WITHHELD not in interval.standings and watch.comparable(interval.row)
    period = asked.period(interval.row)
    for cameras, cyclists in told.items():
        yield RouteCount(
            site=site.name,
            route=">".join(cameras),
            interval_start=to_moment(period.start),
            interval_end=to_moment(period.end),
            cyclists=cyclists,
            share=cyclists / len(interval.trips) if share_is_told else None,
            coverage=watch.of_route(cameras, interval.row),
        )


def _cells(connection: Connection, site: Site, asked: AskedJourneys, watch: Watch) -> Iterator[OdCount]:
    numbers: dict[tuple[str, str, int], int | None] = {}
    for interval in asked.intervals:
        cells = ((trip.ends, standing) for trip, standing in interval.pairs() if len(trip.cameras) > 1)
        for ends, cyclists in _told(cells, Standing.ENDS).items():
            numbers[ends[0], ends[1], interval.row] = cyclists
    observed = observed_period(connection, site)
    for ends in asked.pairs:
        for row in watch.lacking(ends):
            period = asked.period(row)
            if observed is not None and period.start < observed.end and period.end > observed.start:
                nobody = 0 if site.min_count == 1 and watch.least(ends, row) else None
                numbers.setdefault((*ends, row), nobody)
    for (origin, destination, row), number in numbers.items():
        period = asked.period(row)
        yield OdCount(
            site=site.name,
            origin=origin,
            destination=destination,
            interval_start=to_moment(period.start),
            interval_end=to_moment(period.end),
            cyclists=number,
            coverage=watch.least((origin, destination), row),
        )


def _told(cells: Iterable[tuple[Route, Standing]], enough: Standing) -> Counter[Route]:
    """Sizes of the cells all of whose journeys stand high enough."""
    sizes: Counter[Route] = Counter()
    lowest: dict[Route, Standing] = defaultdict(lambda: Standing.ROUTE)
    for cell, standing in cells:
        sizes[cell] += 1
        lowest[cell] = min(lowest[cell], standing)
    return Counter({cell: size for cell, size in sizes.items() if lowest[cell] >= enough})


def _concerns(cameras: Collection[str], query: Query) -> bool:
    return not query.cameras or not set(cameras).isdisjoint(query.cameras)
