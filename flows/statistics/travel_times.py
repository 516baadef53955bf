"""Travel times between every two cameras of a journey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from flows.database import Database
from flows.database.rollups.percentiles import percentiles_hundredths
from flows.database.times import MICROSECONDS
from flows.statistics.intervals import to_moment
from flows.statistics.journeys import AskedJourneys, Standing, ask_journeys
from flows.statistics.known import Known
from flows.statistics.query import Query
from flows.statistics.rows import Statistics, TravelTime
from flows.statistics.sites import Period, find_sites, withholding
from flows.statistics.watch import watch_of
from tracking.arrays import BoolArray, IntArray

_HUNDREDTHS = 100 * MICROSECONDS
"""Hundredths of a microsecond in a second."""


def travel_times(database: Database, query: Query, known: Known | None = None) -> Statistics[TravelTime]:
    """Summarise the travel times from each camera to each that follows, whether next or later.

    They are measured on the journeys that may be told.

    Args:
        database: Open.
        query: What is asked.
        known: What earlier questions have found in the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    rows: list[TravelTime] = []
    with database.transaction() as connection:
        sites = find_sites(connection, query)
        for site in sites:
            asked = ask_journeys(connection, site, query, known)
            if asked is None:
                continue
            watch = watch_of(connection, site, asked.edges)
            for row, ends, travels in _travels(asked, query.cameras):
                if not watch.spoilt(ends, row):
                    rows.append(_row(site.name, ends, asked.period(row), travels, watch.least(ends, row)))
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
    first, count = np.zeros(1, np.int64), np.array([len(travels)], np.int64)
    return int(percentiles_hundredths(np.array(travels), first, count, percent)[0]) / _HUNDREDTHS


@dataclass(frozen=True, slots=True)
class _Travels:
    """Travel times of a cell: how many, percentiles in hundredths of a microsecond, sum in microseconds."""

    count: int
    p15: int
    median: int
    p85: int
    total: int


def _travels(asked: AskedJourneys, only: Sequence[str]) -> Iterator[tuple[int, tuple[str, str], _Travels]]:
    """Travel times by interval and pair of cameras, one of which is among some; without any, of all pairs."""
    cameras = asked.trips.cameras
    row, pair, travel = (np.concatenate(each) for each in zip(*_rides(asked, only), strict=True))
    cell = row * len(cameras) ** 2 + pair
    cell, travel = _sorted(cell, travel)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    counts = np.diff(starts, append=len(cell))
    percentiles = (percentiles_hundredths(travel, starts, counts, percent) for percent in (15, 50, 85))
    totals = np.add.reduceat(travel, starts) if len(starts) else starts
    columns = (one.tolist() for one in (cell[starts], counts, *percentiles, totals))
    for one, *travels in zip(*columns, strict=True):
        at, ends = divmod(one, len(cameras) ** 2)
        yield at, (cameras[ends // len(cameras)], cameras[ends % len(cameras)]), _Travels(*travels)


def _sorted(cell: IntArray, travel: IntArray) -> tuple[IntArray, IntArray]:
    """By cell, then by travel time; as one number each where that fits, which is sorted many times faster."""
    least = int(travel.min(initial=0))
    span = int(travel.max(initial=0)) - least + 1
    if int(cell.max(initial=0)) >= 2**62 // span:
        order = np.lexsort((travel, cell))
        return cell[order], travel[order]
    both = np.sort(cell * span + (travel - least))
    return both // span, both % span + least


def _rides(asked: AskedJourneys, only: Sequence[str]) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Interval, pair of cameras and travel time; of a journey that stands among others only its ends."""
    trips = asked.trips
    nothing = np.zeros(0, np.int64)
    yield nothing, nothing, nothing
    concerned = np.array([not only or name in only for name in trips.cameras] + [False], np.bool_)
    # The place behind the last stop is -1, and so the last of these marks.
    passing: BoolArray = np.any(concerned[trips.passed], axis=1)
    here = (asked.rows >= 0) & passing[trips.route]
    for length in range(2, int(trips.stops.max(initial=1)) + 1):
        long = np.flatnonzero(here & (trips.stops == length)[trips.route])
        ends, whole = (long[asked.standings[long] >= least] for least in (Standing.ENDS, Standing.ROUTE))
        for left, right in combinations(range(length), 2):
            of = ends if (left, right) == (0, length - 1) else whole
            cameras = trips.passed[trips.route[of]]
            wanted = concerned[cameras[:, left]] | concerned[cameras[:, right]]
            of, cameras = of[wanted], cameras[wanted]
            pair = cameras[:, left] * len(trips.cameras) + cameras[:, right]
            first = trips.first[of]
            yield asked.rows[of], pair, trips.moments[first + right] - trips.moments[first + left]


def _row(site: str, ends: tuple[str, str], period: Period, travels: _Travels, covered: float) -> TravelTime:
    return TravelTime(
        site=site,
        origin=ends[0],
        destination=ends[1],
        interval_start=to_moment(period.start),
        interval_end=to_moment(period.end),
        n=travels.count,
        p15_s=travels.p15 / _HUNDREDTHS,
        median_s=travels.median / _HUNDREDTHS,
        p85_s=travels.p85 / _HUNDREDTHS,
        mean_s=travels.total / travels.count / MICROSECONDS,
        coverage=covered,
    )
