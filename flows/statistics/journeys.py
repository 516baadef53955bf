"""The journeys that a query asks for, each with its interval and the tables that may tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from sqlalchemy import Connection

from flows.database.rollups.quarters import QUARTER_US
from flows.statistics.history import History, read_history, read_unlimited
from flows.statistics.intervals import interval_edges, on_quarters, row_edges
from flows.statistics.known import Known
from flows.statistics.query import Interval, Query
from flows.statistics.sites import Period, Site, asked_part, journeys_period
from flows.statistics.suppression import Groups, group_journeys
from flows.statistics.trips import Trips, read_routes, read_trips
from tracking.arrays import BoolArray, IntArray


class Standing(IntEnum):
    """What may be told of a journey in one interval."""

    WITHHELD = 0
    """Nothing."""
    ENDS = 1
    """Its first and last camera, among others of the same ends."""
    ROUTE = 2
    """Everything."""


@dataclass(frozen=True, slots=True)
class AskedJourneys:
    """What a query asks of one site.

    Attributes:
        edges: (B + 1,) boundaries of the intervals, microseconds.
        trips: N journeys.
        rows: (N,) interval in which each began; -1 outside the asked period.
        standings: (N,) what may be told of each, a `Standing`.
        pairs: First and last cameras between which journeys are told in some interval, asked for or not.
    """

    edges: IntArray
    trips: Trips
    rows: IntArray
    standings: IntArray
    pairs: frozenset[tuple[str, str]]

    def period(self, row: int) -> Period:
        """The bounds of an interval."""
        return Period(int(self.edges[row]), int(self.edges[row + 1]))

    def begun(self) -> IntArray:
        """(B,) journeys that began in each interval."""
        return np.bincount(self.rows[self.rows >= 0], minlength=len(self.edges) - 1)

    def withheld(self) -> BoolArray:
        """(B,) intervals in which something is withheld."""
        withheld = (self.rows >= 0) & (self.standings == Standing.WITHHELD)
        return np.bincount(self.rows[withheld], minlength=len(self.edges) - 1) > 0

    def told(self, kind: IntArray, enough: Standing) -> Iterator[tuple[int, int, int]]:
        """Count the journeys of each interval and kind, where all of them stand high enough.

        Args:
            kind: (R,) kind of the journeys of each route, negative for none.
            enough: The lowest standing.

        Returns:
            Interval, kind and number of journeys.
        """
        kinds = int(kind.max(initial=0)) + 1
        of = kind[self.trips.route]
        asked = (self.rows >= 0) & (of >= 0)
        cell, low = (self.rows * kinds + of)[asked], self.standings[asked] < enough
        cells, sizes = np.unique(cell, return_counts=True)
        told = ~np.isin(cells, np.unique(cell[low]), assume_unique=True)
        for one, size in zip(cells[told].tolist(), sizes[told].tolist(), strict=True):
            yield one // kinds, one % kinds, size


@dataclass(frozen=True, slots=True)
class _Decided:
    """Journeys that hold all that are asked for, whatever the intervals, and what may be told of them.

    Attributes:
        trips: N journeys.
        pairs: Ends between which journeys are told, or, where nothing is withheld, ever were.
        groups: None where nothing is withheld.
    """

    trips: Trips
    pairs: frozenset[tuple[str, str]]
    groups: Groups | None


def ask_journeys(
    connection: Connection, site: Site, query: Query, known: Known | None = None
) -> AskedJourneys | None:
    """Read the journeys that began in the asked period; None where there is no such time.

    What may be told is decided over all journeys of the site, so that tables of different periods agree; only
    where the period does not begin and end with a quarter, over those of the period.

    Args:
        connection: To the database.
        site: The site.
        query: What is asked.
        known: What earlier questions have decided about the same state of the database.
    """
    known = known or Known()
    whole = known.of(("journeys' time", site.site_id), lambda: journeys_period(connection, site), lambda _: 1)
    asked = asked_part(whole, query, site.zone)
    if whole is None or asked is None:
        return None
    frame = whole if on_quarters(query, site.zone) else asked
    edges = row_edges(query, site.interval, (asked.start, asked.end), site.zone)
    # What other days bring is read at large where a row may hold several days.
    by_days = site.interval is not Interval.TOTAL
    key: tuple[object, ...] = ("journeys", site.site_id, site.zone, site.min_count, asked, frame)
    # What was decided with each other day by itself holds for shorter rows too.
    key = (*key, by_days and (*key, False) not in known)
    found = known.of(
        key, lambda: _decide(connection, site, asked, frame, known), lambda one: len(one.trips) + 1
    )
    trips = found.trips
    rows = _rows_of(trips.starts, edges, asked)
    if found.groups is None:
        return AskedJourneys(edges, trips, rows, np.full(len(trips), Standing.ROUTE), found.pairs)
    return AskedJourneys(edges, trips, rows, _standings(trips, rows, edges, found.groups), found.pairs)


def _decide(connection: Connection, site: Site, asked: Period, frame: Period, known: Known) -> _Decided:
    levels = _levels(site, frame)
    stand = _stand_for_all(connection, site, asked, levels, known) if frame is not asked else None
    if stand is None:
        stand = _all(connection, site, frame)
    trips = Trips.of(stand.trips)
    if site.min_count == 1:
        taken = (trips.routes[place] for place in np.unique(trips.route).tolist())
        ever = stand.pairs | {(one[0], one[-1]) for one in taken if len(one) > 1}
        return _Decided(trips, ever, None)
    groups = group_journeys(trips, levels, site.min_count, stand.beyond)
    return _Decided(trips, frozenset((one[0], one[-1]) for one in groups.told if len(one) > 1), groups)


def _all(connection: Connection, site: Site, frame: Period) -> History:
    return History(read_trips(connection, site, frame, read_routes(connection, site)))


def _stand_for_all(
    connection: Connection, site: Site, asked: Period, levels: Sequence[IntArray], known: Known
) -> History | None:
    """Some journeys that stand for all; None where days do not begin with a quarter, as long ago."""
    if site.min_count == 1:
        return read_unlimited(connection, site, asked)
    if any((edges % QUARTER_US).any() for edges in levels):
        return None
    by_days = site.interval is not Interval.TOTAL
    return read_history(connection, site, asked, by_days, known)


def _levels(site: Site, frame: Period) -> list[IntArray]:
    lengths = (Interval.DAY, Interval.HOUR, Interval.QUARTER)
    return [interval_edges(length, frame.start, frame.end, site.zone) for length in lengths]


def _rows_of(moments: IntArray, edges: IntArray, asked: Period) -> IntArray:
    """The interval of each moment; -1 outside the asked period."""
    rows = np.searchsorted(edges, moments, side="right") - 1
    return np.where((moments >= asked.start) & (moments < asked.end), rows, -1)


def _standings(trips: Trips, rows: IntArray, edges: IntArray, groups: Groups) -> IntArray:
    kinds = np.where(groups.mixed, Standing.ENDS, Standing.ROUTE)
    standings = np.where(groups.whole(rows), kinds, Standing.WITHHELD)
    untold = _untold_alone(trips, rows, edges, groups, standings)
    single = (trips.stops[trips.route] == 1) & (rows >= 0)
    camera = trips.passed[trips.route, 0]
    return np.where(single & untold[camera, np.where(single, rows, 0)], Standing.WITHHELD, standings)


def _untold_alone(
    trips: Trips, rows: IntArray, edges: IntArray, groups: Groups, standings: IntArray
) -> BoolArray:
    """Where riders of withheld routes came by, who may have been seen there alone: (C, B) marks."""
    untold = np.zeros((len(trips.cameras), len(edges) - 1), np.bool_)
    several = trips.stops[trips.route] > 1
    camera, moment = trips.passages(several & (rows >= 0) & (standings < Standing.ROUTE))
    _mark(untold, camera, moment, edges)
    for place, name in enumerate(trips.cameras):
        moments = groups.untold_alone.get(name, np.zeros(0, np.int64))
        _mark(untold, np.full(len(moments), place), moments, edges)
    return untold


def _mark(marks: BoolArray, camera: IntArray, moment: IntArray, edges: IntArray) -> None:
    row = np.searchsorted(edges, moment, side="right") - 1
    inside = (row >= 0) & (row < marks.shape[1])
    marks[camera[inside], row[inside]] = True
