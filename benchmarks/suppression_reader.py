"""What a reader of all tables of ``pipeline stats`` knows: sums over the journeys that may have been."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import combinations, permutations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from flows.database import Database
from flows.statistics import AnyRow, Interval, Query, camera_counts, od_matrix, route_counts, travel_times

START = datetime(2024, 5, 14, 6, tzinfo=UTC)
QUARTERS = (0, 1, 2, 3, 4, 6, 97)
"""When somebody may ride, in quarters after `START`: two hours and the next day."""
LONGEST = 3
Route = tuple[str, ...]
Variable = tuple[Route, int]
"""A route and the quarter in which it was begun."""


class Kind(Enum):
    """Where a number comes from."""

    CELL = "route or pair of ends"
    COUNT = "count of a camera"
    OTHER = "share or travel time"


@dataclass(frozen=True, slots=True)
class Fact:
    """A sum of journeys that is known.

    Attributes:
        cells: What is added up.
        low: Smallest possible value.
        high: Largest possible value; the same where the sum is exact.
        interval: Length of the intervals of the table; None for a table of a shorter period.
        kind: What kind of number it is.
    """

    cells: frozenset[Variable]
    low: float
    high: float
    interval: Interval | None
    kind: Kind


Scope = Callable[[Fact], bool]
"""Which of the facts a reader uses."""


def everything(_: Fact) -> bool:
    """All tables, counts of quarters included."""
    return True


def journeys_and_total(fact: Fact) -> bool:
    """All tables of journeys, and the counts of the whole time."""
    return fact.kind is not Kind.COUNT or fact.interval is Interval.TOTAL


def tables_of(interval: Interval) -> Scope:
    """The four tables of one length of intervals."""
    return lambda fact: fact.interval is interval


@dataclass(slots=True)
class Reader:
    """What somebody knows who has all tables.

    Attributes:
        variables: Journeys by route and quarter that may have been.
        facts: Sums that are known.
        told: Cells of routes and pairs of ends that were told.
    """

    variables: dict[Variable, int]
    facts: list[Fact] = field(default_factory=list)
    told: set[frozenset[Variable]] = field(default_factory=set)

    def end(self, cell: frozenset[Variable], sign: int, scope: Scope = everything) -> int:
        """Smallest (`sign` 1) or largest (-1) number in a cell that agrees with what is known."""
        goal = np.zeros(len(self.variables))
        goal[[self.variables[one] for one in cell]] = sign
        answer = milp(goal, constraints=self.known(scope), bounds=Bounds(0), integrality=np.ones(len(goal)))
        if answer.x is None:
            raise RuntimeError(f"the tables contradict each other: {answer.message}")
        return round(sign * answer.fun)

    def known(self, scope: Scope) -> LinearConstraint:
        """The facts as an integer programme takes them."""
        rows = list({(fact.cells, fact.low, fact.high) for fact in self.facts if scope(fact)})
        where = [(line, self.variables[one]) for line, (cells, _, _) in enumerate(rows) for one in cells]
        lines, columns = np.array(where).T
        matrix = csr_array((np.ones(len(where)), (lines, columns)), shape=(len(rows), len(self.variables)))
        return LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])


def asked(min_count: int, dice: random.Random) -> Iterator[Query]:
    """The questions of a reader: all interval lengths, and periods of whole quarters."""
    for interval in Interval:
        yield Query(interval, min_count=min_count)
    for _ in range(4):
        first, last = sorted(dice.sample(range(8), 2))
        bounds = [START + timedelta(minutes=15 * place) for place in (first, last)]
        yield Query(dice.choice(list(Interval)), bounds[0], bounds[1], min_count=min_count)


def read_all(database: Database, cameras: str, queries: Sequence[Query]) -> Reader:
    """Ask everything and write down what follows."""
    routes = [route for size in range(1, LONGEST + 1) for route in permutations(cameras, size)]
    every = [(route, quarter) for route in routes for quarter in QUARTERS]
    reader = Reader({one: place for place, one in enumerate(every)})
    reader.facts = [fact for query in queries for fact in _facts(database, query, routes) if fact.cells]
    reader.told = {fact.cells for fact in reader.facts if fact.kind is Kind.CELL}
    return reader


def _facts(database: Database, query: Query, routes: Sequence[Route]) -> Iterator[Fact]:
    length = query.interval if query.start is None else None
    for row in route_counts(database, query).rows:
        own = [tuple(row.route.split(">"))]
        yield Fact(journeys(row, own), row.cyclists, row.cyclists, length, Kind.CELL)
        if row.share is not None:
            whole = round(row.cyclists / row.share)
            yield Fact(journeys(row, routes), whole, whole, length, Kind.OTHER)
    for pair in od_matrix(database, query).rows:
        if pair.cyclists is not None:
            own = [one for one in routes if ends_of(one) == (pair.origin, pair.destination)]
            yield Fact(journeys(pair, own), pair.cyclists, pair.cyclists, length, Kind.CELL)
    for trip in travel_times(database, query).rows:
        own = [one for one in routes if (trip.origin, trip.destination) in combinations(one, 2)]
        yield Fact(journeys(trip, own), trip.n, np.inf, length, Kind.OTHER)
    for count in camera_counts(database, query).rows:
        own = [one for one in routes if count.camera in one]
        yield Fact(journeys(count, own), count.cyclists or 0, count.cyclists or 0, length, Kind.COUNT)


def journeys(row: AnyRow, routes: Sequence[Route]) -> frozenset[Variable]:
    """The journeys over some routes that began in the interval of a row."""
    starts = {one: START + timedelta(minutes=15 * one) for one in QUARTERS}
    inside = [one for one, start in starts.items() if row.interval_start <= start < row.interval_end]
    return frozenset((route, quarter) for route in routes for quarter in inside)


def ends_of(route: Route) -> tuple[str, str] | None:
    """First and last camera of a route over several."""
    return (route[0], route[-1]) if len(route) > 1 else None
