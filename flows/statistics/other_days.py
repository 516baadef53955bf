"""What other days say of the routes of some days: numbers only, no journeys."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from sqlalchemy import Connection, bindparam, select, text

from flows.database.rollups.tables import route_day
from flows.statistics.known import Known
from flows.statistics.quarters import joined, taken_apart
from flows.statistics.sites import Site
from flows.statistics.suppression import Riders
from flows.statistics.trips import TotalRoutes, Trips
from tracking.arrays import IntArray

AT_ONCE = 500
"""Values in one statement: both databases take more, but not any number."""

_BEFORE_ALL_DAYS = -(2**62)


class OtherDays:
    """Days outside of those whose journeys are read, of the routes that were taken in these.

    Args:
        connection: To the database.
        site: The site; its `min_count` makes a day large.
        routes: All routes.
        near: The journeys that are read.
        edges: Boundaries of their days.
        known: What earlier questions have read: days of all routes, once for all questions.
    """

    def __init__(
        self,
        connection: Connection,
        site: Site,
        routes: TotalRoutes,
        near: Trips,
        edges: IntArray,
        known: Known,
    ) -> None:
        self._connection = connection
        self._site = site
        self._known = known
        self._routes = routes
        self._near = near
        self._edges = edges
        self._min_count = site.min_count
        present = np.bincount(near.route, minlength=len(routes.routes)) > 0
        self._own = np.flatnonzero(present & (routes.cyclists >= site.min_count))

    def smallest_large(self) -> Riders:
        """The last of each route's smallest large days, which takes what the small ones are too few for."""
        _, _, day = self._summary
        outside = (day != _BEFORE_ALL_DAYS) & ((day < self._edges[0]) | (day >= self._edges[-1]))
        least = np.full(int(outside.sum()), self._min_count)
        return Riders(self._summary[0][outside], day[outside], least)

    def all_small_together(self) -> Riders:
        """Riders of all other small days as of one, where no row of the answer holds two days.

        They are as many as it takes to see whether the small days are enough together.
        """
        own, small, _ = self._summary
        near = self._small_in_near_days[own]
        enough = np.where((near > 0) & (near < self._min_count), self._min_count - 1, 0)
        count = np.where(small < self._min_count, small - near, enough)
        some = count > 0
        return Riders(own[some], np.full(int(some.sum()), _BEFORE_ALL_DAYS), count[some])

    def every_small(self) -> Riders:
        """Riders of all other small days, day by day."""
        found = self._small_days
        day = found.moment
        of_interest = np.isin(found.route, self._own) & ((day < self._edges[0]) | (day >= self._edges[-1]))
        return Riders(found.route[of_interest], day[of_interest], found.count[of_interest])

    @property
    def _small_days(self) -> Riders:
        """Riders of all small days, of all routes."""
        return self._known.of(
            ("small days", self._site.site_id, self._min_count),
            self._read_small,
            lambda one: len(one.route) // 4 + 1,
        )

    def _read_small(self) -> Riders:
        nobody = np.zeros(0, np.int64)
        found: list[tuple[IntArray, IntArray, IntArray]] = [(nobody, nobody, nobody)]
        for some in portions(self._routes.numbers.tolist()):
            query = (
                select(route_day.c.route_id, joined(route_day.c.day, route_day.c.cyclists))
                .where(route_day.c.route_id.in_(some), route_day.c.cyclists < self._min_count)
                .group_by(route_day.c.route_id)
            )
            for number, text_of_days in self._connection.execute(query):
                day, count = taken_apart(text_of_days)
                found.append((np.full(len(day), number), day, count))
        number, day, count = (np.concatenate(each) for each in zip(*found, strict=True))
        return Riders(self._routes.places(number), day, count)

    @cached_property
    def _small_in_near_days(self) -> IntArray:
        """(R,) journeys in those small days that are read."""
        days = np.searchsorted(self._edges, self._near.starts, side="right")
        cells, counts = np.unique(self._near.route * (len(self._edges) + 1) + days, return_counts=True)
        route = cells // (len(self._edges) + 1)
        small = counts < self._min_count
        return np.bincount(route[small], counts[small], len(self._routes.routes)).astype(np.int64)

    @cached_property
    def _summary(self) -> tuple[IntArray, IntArray, IntArray]:
        """Of each route its place, its riders in small days, of which some are enough, and the large day."""
        every = self._known.of(
            ("days of routes", self._site.site_id, self._min_count),
            self._read_summary,
            lambda one: len(one[0]) // 4 + 1,
        )
        own = np.isin(every[0], self._own)
        return every[0][own], every[1][own], every[2][own]

    def _read_summary(self) -> tuple[IntArray, IntArray, IntArray]:
        rows: list[tuple[int, int, int]] = []
        for some in portions(self._routes.numbers.tolist()):
            query = _SUMMARY.bindparams(numbers=some, least=self._min_count, none=_BEFORE_ALL_DAYS)
            rows += [(row[0], int(row[1]), row[2]) for row in self._connection.execute(query)]
        number, small, day = np.array(rows, np.int64).reshape(-1, 3).T
        return self._routes.places(number), small, day


_SUMMARY = text(
    "SELECT route.route_id, "
    "COALESCE((SELECT SUM(few.cyclists) FROM (SELECT small.cyclists FROM route_day AS small "
    "WHERE small.route_id = route.route_id AND small.cyclists < :least "
    "ORDER BY small.cyclists DESC LIMIT :least) AS few), 0), "
    "COALESCE((SELECT large.day FROM route_day AS large "
    "WHERE large.route_id = route.route_id AND large.cyclists >= :least "
    "ORDER BY large.cyclists, large.day DESC LIMIT 1), :none) "
    "FROM route WHERE route.route_id IN :numbers"
).bindparams(bindparam("numbers", expanding=True))


def portions(values: Sequence[int]) -> list[Sequence[int]]:
    """Values in parts for one statement each."""
    return [values[begin : begin + AT_ONCE] for begin in range(0, len(values), AT_ONCE)]
