"""The journeys that a query asks for, interval after interval, each with the tables that may tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from sqlalchemy import Connection

from flows.database.rollups.quarters import QUARTER_US
from flows.statistics.history import History, read_history, read_unlimited
from flows.statistics.intervals import interval_edges, on_quarters, row_edges
from flows.statistics.query import Interval, Query
from flows.statistics.sites import Period, Site, asked_part, journeys_period
from flows.statistics.suppression import Groups, group_journeys
from flows.statistics.trips import Trip, read_routes, read_trips
from tracking.arrays import IntArray


class Standing(IntEnum):
    """What may be told of a journey in one interval."""

    WITHHELD = 0
    """Nothing."""
    ENDS = 1
    """Its first and last camera, among others of the same ends."""
    ROUTE = 2
    """Everything."""


@dataclass(frozen=True, slots=True)
class IntervalTrips:
    """The journeys that began in one interval.

    Attributes:
        row: Place of the interval among those of the answer.
        trips: At least one.
        standings: What may be told of each.
    """

    row: int
    trips: tuple[Trip, ...]
    standings: tuple[Standing, ...]

    def pairs(self) -> Iterator[tuple[Trip, Standing]]:
        """Each journey with what may be told of it."""
        return zip(self.trips, self.standings, strict=True)


@dataclass(frozen=True, slots=True)
class AskedJourneys:
    """What a query asks of one site.

    Attributes:
        edges: (N + 1,) boundaries of the intervals, microseconds.
        intervals: Those in which journeys began, in order.
        pairs: First and last cameras between which journeys are told in some interval, asked for or not.
    """

    edges: IntArray
    intervals: tuple[IntervalTrips, ...]
    pairs: frozenset[tuple[str, str]]

    def period(self, row: int) -> Period:
        """The bounds of an interval."""
        return Period(int(self.edges[row]), int(self.edges[row + 1]))


def ask_journeys(connection: Connection, site: Site, query: Query) -> AskedJourneys | None:
    """Read the journeys that began in the asked period; None where there is no such time.

    What may be told is decided over all journeys of the site, so that tables of different periods agree; only
    where the period does not begin and end with a quarter, over those of the period.
    """
    whole = journeys_period(connection, site)
    asked = asked_part(whole, query, site.zone)
    if whole is None or asked is None:
        return None
    frame = whole if on_quarters(query, site.zone) else asked
    edges = row_edges(query, site.interval, (asked.start, asked.end), site.zone)
    levels = _levels(site, frame)
    stand = _stand_for_all(connection, site, asked, levels) if frame is whole else None
    if stand is None:
        stand = _all(connection, site, frame)
    trips = stand.trips
    groups = None if site.min_count == 1 else group_journeys(trips, levels, site.min_count, stand.beyond)
    rows = _rows_of(np.array([trip.enter_times[0] for trip in trips], np.int64), edges, asked)
    standings = _standings(trips, rows, edges, groups)
    told = {trip.ends for index, trip in enumerate(trips) if groups is None or groups.of[index] >= 0}
    pairs = stand.pairs | {(ends[0], ends[1]) for ends in told if len(ends) > 1}
    return AskedJourneys(edges, _intervals(trips, rows, standings), pairs)


def _all(connection: Connection, site: Site, frame: Period) -> History:
    return History(read_trips(connection, site, frame, read_routes(connection, site)))


def _stand_for_all(
    connection: Connection, site: Site, asked: Period, levels: Sequence[IntArray]
) -> History | None:
    """Some journeys that stand for all; None where days do not begin with a quarter, as long ago."""
    if site.min_count == 1:
        return read_unlimited(connection, site, asked)
    if any((edges % QUARTER_US).any() for edges in levels):
        return None
    by_days = site.interval is not Interval.TOTAL
    return read_history(connection, site, asked, by_days)


def _levels(site: Site, frame: Period) -> list[IntArray]:
    lengths = (Interval.DAY, Interval.HOUR, Interval.QUARTER)
    return [interval_edges(length, frame.start, frame.end, site.zone) for length in lengths]


def _rows_of(moments: IntArray, edges: IntArray, asked: Period) -> IntArray:
    """The interval of each moment; -1 outside the asked period."""
    rows = np.searchsorted(edges, moments, side="right") - 1
    return np.where((moments >= asked.start) & (moments < asked.end), rows, -1)


def _standings(trips: list[Trip], rows: IntArray, edges: IntArray, groups: Groups | None) -> list[Standing]:
    if groups is None:
        return [Standing.ROUTE] * len(trips)
    kinds = np.where(groups.mixed, Standing.ENDS, Standing.ROUTE)
    standings = np.where(groups.whole(rows), kinds, Standing.WITHHELD)
    untold = _untold_alone(trips, rows, edges, groups, standings)
    for index, (trip, row) in enumerate(zip(trips, rows.tolist(), strict=True)):
        if len(trip.cameras) == 1 and (trip.cameras[0], row) in untold:
            standings[index] = Standing.WITHHELD
    return [Standing(value) for value in standings.tolist()]


def _untold_alone(
    trips: list[Trip], rows: IntArray, edges: IntArray, groups: Groups, standings: IntArray
) -> set[tuple[str, int]]:
    """Cameras and rows where riders of withheld routes came by, who may have been seen there alone."""
    moments = {camera: found.tolist() for camera, found in groups.untold_alone.items()}
    withheld = (trips[index] for index in np.flatnonzero((rows >= 0) & (standings < Standing.ROUTE)))
    for trip in withheld:
        if len(trip.cameras) > 1:
            for camera, moment in zip(trip.cameras, trip.enter_times, strict=True):
                moments.setdefault(camera, []).append(moment)
    return {
        (camera, row)
        for camera, found in moments.items()
        for row in np.unique(np.searchsorted(edges, found, side="right") - 1).tolist()
    }


def _intervals(trips: list[Trip], rows: IntArray, standings: list[Standing]) -> tuple[IntervalTrips, ...]:
    members: dict[int, list[int]] = {}
    for index, row in enumerate(rows.tolist()):
        if row >= 0:
            members.setdefault(row, []).append(index)
    return tuple(
        IntervalTrips(row, tuple(trips[index] for index in found), tuple(standings[index] for index in found))
        for row, found in sorted(members.items())
    )
