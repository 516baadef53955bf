"""Routes and the origin-destination matrix."""

from collections import Counter
from collections.abc import Iterator

from flows.database import Database
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import Trip, TripsOfInterval, trips_by_interval
from flows.statistics.query import Query
from flows.statistics.rows import OdCount, RouteCount, Statistics
from flows.statistics.sites import Site, find_sites
from flows.statistics.suppression import hidden_well, published


def route_counts(database: Database, query: Query) -> Statistics[RouteCount]:
    """Count the journeys over each sequence of cameras, with their share of all journeys.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[RouteCount] = []
    withheld = 0
    with database.transaction() as connection:
        for site in find_sites(connection, query):
            for group in trips_by_interval(connection, site, query):
                kept = list(_routes(site, group))
                withheld += len({trip.cameras for trip in group.trips}) - len(kept)
                rows += [row for row in kept if _concerns(row.route.split(">"), query)]
    rows.sort(key=lambda row: (row.site, row.route, row.interval_start))
    return Statistics(tuple(rows), withheld)


def od_matrix(database: Database, query: Query) -> Statistics[OdCount]:
    """Count the journeys of at least two sightings from each first to each last camera.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[OdCount] = []
    withheld = 0
    with database.transaction() as connection:
        for site in find_sites(connection, query):
            for group in trips_by_interval(connection, site, query):
                cells = Counter(trip.ends for trip in group.trips if len(trip.cameras) > 1)
                kept = published(cells, site.min_count)
                withheld += len(cells) - len(kept)
                rows += [
                    OdCount(
                        site=site.name,
                        origin=ends[0],
                        destination=ends[-1],
                        interval_start=to_moment(group.period.start),
                        interval_end=to_moment(group.period.end),
                        cyclists=cyclists,
                    )
                    for ends, cyclists in kept.items()
                    if _concerns(ends, query)
                ]
    rows.sort(key=lambda row: (row.site, row.origin, row.destination, row.interval_start))
    return Statistics(tuple(rows), withheld)


def _routes(site: Site, group: TripsOfInterval) -> Iterator[RouteCount]:
    routes = Counter(trip.cameras for trip in group.trips)
    share_is_safe = _total_may_be_known(routes, group.trips, site.min_count)
    for cameras, cyclists in published(routes, site.min_count).items():
        yield RouteCount(
            site=site.name,
            route=">".join(cameras),
            interval_start=to_moment(group.period.start),
            interval_end=to_moment(group.period.end),
            cyclists=cyclists,
            share=cyclists / len(group.trips) if share_is_safe else None,
        )


def _total_may_be_known(routes: Counter[tuple[str, ...]], trips: tuple[Trip, ...], min_count: int) -> bool:
    """Check the routes, and the O-D cells that a reader of both tables can subtract."""
    ends = Counter(trip.ends for trip in trips)
    return all(
        hidden_well([count for count in cells.values() if count < min_count], min_count)
        for cells in (routes, ends)
    )


def _concerns(cameras: tuple[str, ...] | list[str], query: Query) -> bool:
    return not query.cameras or not set(cameras).isdisjoint(query.cameras)
