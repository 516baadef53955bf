"""Routes and the origin-destination matrix."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import Connection

from flows.database import Database
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import AskedJourneys, Standing, ask_journeys
from flows.statistics.known import Known
from flows.statistics.query import Query
from flows.statistics.rows import OdCount, RouteCount, Statistics
from flows.statistics.sites import Site, find_sites, observed_period, withholding
from flows.statistics.trips import Route
from flows.statistics.watch import Watch, watch_of
from tracking.arrays import IntArray


def route_counts(database: Database, query: Query, known: Known | None = None) -> Statistics[RouteCount]:
    """Count the journeys over each sequence of cameras, with their share of all journeys.

    Args:
        database: Open.
        query: What is asked.
        known: What earlier questions have found in the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        rows = [
            row
            for site, asked, watch in _asked(connection, sites, query, known)
            for row in _routes(site, asked, watch)
            if _concerns(row.route.split(">"), query)
        ]
    rows.sort(key=lambda row: (row.site, row.route, row.interval_start))
    return Statistics(tuple(rows), withholding(sites))


def od_matrix(database: Database, query: Query, known: Known | None = None) -> Statistics[OdCount]:
    """Count the journeys of at least two sightings from each first to each last camera.

    Where one of both cameras was not watching all the time, there is a row even if no number can be told.

    Args:
        database: Open.
        query: What is asked.
        known: What earlier questions have found in the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        rows = [
            row
            for site, asked, watch in _asked(connection, sites, query, known)
            for row in _cells(connection, site, asked, watch)
            if _concerns((row.origin, row.destination), query)
        ]
    rows.sort(key=lambda row: (row.site, row.origin, row.destination, row.interval_start))
    return Statistics(tuple(rows), withholding(sites))


def _asked(
    connection: Connection, sites: Iterable[Site], query: Query, known: Known | None
) -> Iterator[tuple[Site, AskedJourneys, Watch]]:
    for site in sites:
        asked = ask_journeys(connection, site, query, known)
        if asked is not None:
            yield site, asked, watch_of(connection, site, asked.edges)


def _routes(site: Site, asked: AskedJourneys, watch: Watch) -> Iterator[RouteCount]:
    begun, withheld = asked.begun().tolist(), asked.withheld()
    routes = asked.trips.routes
    for row, place, cyclists in asked.told(np.arange(len(routes)), Standing.ROUTE):
        if watch.spoilt(routes[place], row):
            continue
        period, share_is_told = asked.period(row), not withheld[row] and watch.comparable(row)
        yield RouteCount(
            site=site.name,
            route=">".join(routes[place]),
            interval_start=to_moment(period.start),
            interval_end=to_moment(period.end),
            cyclists=cyclists,
            share=cyclists / begun[row] if share_is_told else None,
            coverage=watch.of_route(routes[place], row),
        )


def _cells(connection: Connection, site: Site, asked: AskedJourneys, watch: Watch) -> Iterator[OdCount]:
    numbers: dict[tuple[str, str, int], int | None] = {}
    ends, kinds = _ends(asked.trips.routes)
    for row, kind, cyclists in asked.told(kinds, Standing.ENDS):
        numbers[*ends[kind], row] = None if watch.spoilt(ends[kind], row) else cyclists
    observed = observed_period(connection, site)
    for pair in asked.pairs:
        for row in watch.lacking(pair):
            period = asked.period(row)
            if observed is not None and period.start < observed.end and period.end > observed.start:
                nobody = 0 if site.min_count == 1 and watch.least(pair, row) else None
                numbers.setdefault((*pair, row), nobody)
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


def _ends(routes: Sequence[Route]) -> tuple[list[tuple[str, str]], IntArray]:
    """The pairs of first and last cameras, and the place of each route's among them; -1 for one camera."""
    places: dict[tuple[str, str], int] = {}
    kinds = [places.setdefault((one[0], one[-1]), len(places)) if len(one) > 1 else -1 for one in routes]
    return list(places), np.array(kinds, np.int64)


def _concerns(cameras: Collection[str], query: Query) -> bool:
    return not query.cameras or not set(cameras).isdisjoint(query.cameras)
