"""Travel times between every two cameras of a journey."""

from collections import defaultdict
from itertools import combinations

from flows.database import Database
from flows.database.rollups.percentiles import percentile_hundredths
from flows.database.times import MICROSECONDS
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import IntervalTrips, Standing, ask_journeys
from flows.statistics.query import Query
from flows.statistics.rows import Statistics, TravelTime
from flows.statistics.sites import Period, find_sites, withholding
from flows.statistics.watch import watch_of


def travel_times(database: Database, query: Query) -> Statistics[TravelTime]:
    """Summarise the travel times from each camera to each that follows, whether next or later.

    They are measured on the journeys that may be told.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[TravelTime] = []
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        for site in sites:
            asked = ask_journeys(connection, site, query)
            if asked is None:
                continue
            watch = watch_of(connection, site, asked.edges)
            for interval in asked.intervals:
                for ends, times in _travels(interval).items():
                    if not query.cameras or {*ends} & set(query.cameras):
                        covered = watch.least(ends, interval.row)
                        rows.append(_row(site.name, ends, asked.period(interval.row), sorted(times), covered))
    rows.sort(key=lambda row: (row.site, row.origin, row.destination, row.interval_start))
    return Statistics(tuple(rows), withholding(sites))


def percentile_s(travels: list[int], percent: int) -> float:
    """Interpolate linearly between the two nearest ranks, as NumPy's ``linear`` and the SQL views do.

    Args:
        travels: Sorted travel times, microseconds; at least one.
        percent: 0..100.

    Returns:
        Seconds, rounded once.
    """
    return percentile_hundredths(travels, percent) / (100 * MICROSECONDS)


def _travels(interval: IntervalTrips) -> dict[tuple[str, str], list[int]]:
    """Travel times by pair of cameras; of a journey that stands among others, only from end to end."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for trip, standing in interval.pairs():
        stops = list(zip(trip.cameras, trip.enter_times, strict=True))
        if standing is Standing.ENDS:
            stops = [stops[0], stops[-1]]
        if standing is not Standing.WITHHELD:
            for (origin, left), (destination, reached) in combinations(stops, 2):
                found[origin, destination].append(reached - left)
    return found


def _row(site: str, ends: tuple[str, str], period: Period, times: list[int], covered: float) -> TravelTime:
    return TravelTime(
        site=site,
        origin=ends[0],
        destination=ends[1],
        interval_start=to_moment(period.start),
        interval_end=to_moment(period.end),
        n=len(times),
        p15_s=percentile_s(times, 15),
        median_s=percentile_s(times, 50),
        p85_s=percentile_s(times, 85),
        mean_s=sum(times) / len(times) / MICROSECONDS,
        coverage=covered,
    )
