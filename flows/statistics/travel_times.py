"""Travel times between every two cameras of a journey."""

from collections import Counter, defaultdict
from itertools import combinations

from flows.database import Database
from flows.database.times import MICROSECONDS
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import Trip, TripsOfInterval, trips_by_interval
from flows.statistics.query import Query
from flows.statistics.rows import Statistics, TravelTime
from flows.statistics.sites import Site, find_sites
from flows.statistics.suppression import hidden_well

Ends = tuple[str, ...]
"""First and last camera of a trip, or its only one."""


def travel_times(database: Database, query: Query) -> Statistics[TravelTime]:
    """Summarise the travel times from each camera to each that follows, whether next or later.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[TravelTime] = []
    withheld = 0
    with database.transaction() as connection:
        for site in find_sites(connection, query):
            for group in trips_by_interval(connection, site, query):
                for (origin, destination), by_ends in _travels(group).items():
                    times = _publishable(by_ends, _sizes(group), site.min_count)
                    if not times:
                        withheld += 1
                    elif not query.cameras or {origin, destination} & set(query.cameras):
                        rows.append(_row(site, origin, destination, group, times))
    rows.sort(key=lambda row: (row.site, row.origin, row.destination, row.interval_start))
    return Statistics(tuple(rows), withheld)


def percentile_s(travels: list[int], percent: int) -> float:
    """Interpolate linearly between the two nearest ranks, as NumPy's ``linear`` and the SQL views do.

    Args:
        travels: Sorted travel times, microseconds; at least one.
        percent: 0..100.

    Returns:
        Seconds, rounded once.
    """
    below, weight = divmod((len(travels) - 1) * percent, 100)
    above = min(below + 1, len(travels) - 1)
    return (travels[below] * (100 - weight) + travels[above] * weight) / (100 * MICROSECONDS)


def _travels(group: TripsOfInterval) -> dict[tuple[str, str], dict[Ends, list[int]]]:
    """Travel times by pair of cameras and, within it, by the ends of the trip they belong to."""
    found: dict[tuple[str, str], dict[Ends, list[int]]] = defaultdict(lambda: defaultdict(list))
    for trip in group.trips:
        for (origin, left), (destination, reached) in combinations(_stops(trip), 2):
            found[origin, destination][trip.ends].append(reached - left)
    return found


def _stops(trip: Trip) -> list[tuple[str, int]]:
    return list(zip(trip.cameras, trip.enter_times, strict=True))


def _sizes(group: TripsOfInterval) -> Counter[Ends]:
    return Counter(trip.ends for trip in group.trips)


def _publishable(by_ends: dict[Ends, list[int]], sizes: Counter[Ends], min_count: int) -> list[int]:
    """Join the travel times that may be shown; empty where they are too few."""
    small = {ends: times for ends, times in by_ends.items() if sizes[ends] < min_count}
    shown = [times for ends, times in by_ends.items() if ends not in small]
    if hidden_well([len(times) for times in small.values()], min_count):
        shown += small.values()
    joined = sorted(time for times in shown for time in times)
    return joined if len(joined) >= min_count else []


def _row(site: Site, origin: str, destination: str, group: TripsOfInterval, times: list[int]) -> TravelTime:
    return TravelTime(
        site=site.name,
        origin=origin,
        destination=destination,
        interval_start=to_moment(group.period.start),
        interval_end=to_moment(group.period.end),
        n=len(times),
        p15_s=percentile_s(times, 15),
        median_s=percentile_s(times, 50),
        p85_s=percentile_s(times, 85),
        mean_s=sum(times) / len(times) / MICROSECONDS,
    )
