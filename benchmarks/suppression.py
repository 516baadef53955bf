"""What a reader of all published tables can find out about the cells that are withheld, and what that costs.

The reader holds every table that ``pipeline stats`` tells at the same smallest cell: counts, routes, O-D
matrix and travel times of quarters, hours, days and the whole time, and of some periods of whole quarters. An
integer programme finds the smallest and the largest number that a withheld cell may have had:

* A cell of a **rare route** must be able to be 0, given everything, counts of quarters included.
* A **shorter interval** of a told number must be able to be 0, given the four tables of its own interval
  length; and to be 0 and as large as the smallest cell, given all tables of journeys and the counts of the
  whole time. How many are known exactly to who has the counts of quarters as well is printed: where all who
  pass a camera go the same way, no table of journeys can hide that.

    python -m benchmarks.suppression --databases 500
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise, permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.suppression_reader import (
    LONGEST,
    QUARTERS,
    START,
    Reader,
    Route,
    Scope,
    Variable,
    asked,
    ends_of,
    everything,
    journeys,
    journeys_and_total,
    read_all,
    tables_of,
)
from flows.database import CameraDescription, Database, FlowStore, Footage, RunDescription
from flows.statistics import Interval, Query, od_matrix, route_counts, travel_times
from flows.values import Journey, Match, Sighting

Traffic = Mapping[Variable, int]
"""Journeys by route and quarter."""


def random_traffic(dice: random.Random, cameras: str) -> Traffic:
    """Riders of a few routes; some quarters and routes are busy, most are not."""
    routes = [route for size in range(1, LONGEST + 1) for route in permutations(cameras, size)]
    quarters = dice.sample(QUARTERS, dice.randint(1, len(QUARTERS)))
    traffic: Counter[Variable] = Counter()
    for route in dice.sample(routes, dice.randint(2, min(9, len(routes)))):
        for _ in range(dice.choice((1, 2, 3, 4, 6, 9, 14, 25))):
            traffic[route, dice.choice(quarters)] += 1
    return traffic


def write_traffic(store: FlowStore, traffic: Traffic, cameras: str) -> None:
    """Write a run in which every journey ends in the quarter in which it began."""
    described = tuple(CameraDescription(camera, None, (Footage(camera, camera),)) for camera in cameras)
    run = store.begin_run(
        RunDescription("site", "Europe/Amsterdam", described, "x", START.timestamp())
    ).run_id
    journeys = []
    for (route, quarter), count in traffic.items():
        for rider in range(count):
            begin = START.timestamp() + 900 * quarter + 10 + 5 * rider
            stops = [
                _passage(camera, begin + 60 * stop, f"{len(journeys)}.{stop}")
                for stop, camera in enumerate(route)
            ]
            links = tuple(
                Match(a.sighting_id, b.sighting_id, 0.1, None, b.enter_time - a.enter_time)
                for a, b in pairwise(stops)
            )
            journeys.append(Journey(f"j{len(journeys)}", tuple(stops), links))
    end = START.timestamp() + 900 * (max(QUARTERS) + 1)
    for camera in cameras:
        own = [one for journey in journeys for one in journey.sightings if one.camera == camera]
        store.save_progress(run, camera, own, [(START.timestamp(), end)], "end")
    store.save_matching(run, end, (), journeys, forget_before=0.0)
    store.finish_run(run)


def _passage(camera: str, enter: float, name: str) -> Sighting:
    return Sighting(name, camera, enter, enter + 3, "left", 40, 0.0, 1.0, None, "none")


@dataclass(frozen=True, slots=True)
class Cell:
    """A small cell of a table.

    Attributes:
        name: Table, place and interval, for messages.
        journeys: What it adds up.
        cyclists: How many there are.
        interval: Length of the intervals of its table.
        rare: Whether only riders of rare routes are in it.
        least_top: What its largest possible number must reach.
    """

    name: str
    journeys: frozenset[Variable]
    cyclists: int
    interval: Interval
    rare: bool
    least_top: int

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What a reader may hold against it."""
        return (everything,) if self.rare else (tables_of(self.interval), journeys_and_total)


def small_cells(database: Database, traffic: Traffic, reader: Reader, min_count: int) -> Iterator[Cell]:
    """Every cell over at least two cameras of 1 to `min_count` - 1 cyclists, at every interval length."""
    totals: Counter[Route] = Counter()
    for (route, _), count in traffic.items():
        totals[route] += count
    routes = sorted({route for route, _ in reader.variables})
    for interval in Interval:
        query = Query(interval, min_count=1)
        found = [([tuple(row.route.split(">"))], row) for row in route_counts(database, query).rows]
        found += [
            ([one for one in routes if ends_of(one) == (row.origin, row.destination)], row)
            for row in od_matrix(database, query).rows
        ]
        for members, row in found:
            if not 0 < (row.cyclists or 0) < min_count or len(members[0]) == 1:
                continue
            ridden = [totals[one] for one in members if totals[one]]
            whole = frozenset((one, quarter) for one in members for quarter in QUARTERS)
            rare = max(ridden) < min_count and (len(members) == 1 or whole not in reader.told)
            place = " or ".join(map(">".join, members))
            name = f"{place} {row.interval_start:%d %H:%M} {interval} = {row.cyclists}"
            least_top = row.cyclists if rare or len(members) > 1 else min_count
            yield Cell(name, journeys(row, members), row.cyclists, interval, rare, least_top)


def leaks(reader: Reader, cells: Sequence[Cell]) -> list[str]:
    """The small cells of which the reader knows more than is promised."""
    wrong = [f"{cell.name}: told" for cell in cells if cell.journeys in reader.told]
    for cell in cells:
        for scope in cell.scopes:
            low = reader.end(cell.journeys, 1, scope)
            if low > 0:
                wrong.append(f"{cell.name}: at least {low}")
        if cell.least_top > cell.cyclists:
            high = reader.end(cell.journeys, -1, journeys_and_total)
            if high < cell.least_top:
                wrong.append(f"{cell.name}: at most {high}")
    return wrong


def travel_leaks(database: Database, min_count: int) -> list[str]:
    """Differences between travel times of nested intervals that too few cyclists make up."""
    numbers: dict[tuple[str, str], list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for interval in Interval:
        for row in travel_times(database, Query(interval, min_count=min_count)).rows:
            numbers[row.origin, row.destination].append((row.interval_start, row.interval_end, row.n))
    wrong = []
    for pair, rows in numbers.items():
        for start, end, n in rows:
            inner = {(a, b): m for a, b, m in rows if start <= a and b <= end and (a, b) != (start, end)}
            apart = [
                m
                for (a, b), m in inner.items()
                if not any(c <= a and b <= d and (c, d) != (a, b) for c, d in inner)
            ]
            if not (n - sum(apart) == 0 or n - sum(apart) >= min_count) or n < min_count:
                wrong.append(f"{pair} {start:%d %H:%M} {n} - {sum(apart)}")
    return wrong


@dataclass(slots=True)
class Cost:
    """Cells of at least the smallest size, and the cyclists in them, that are not told."""

    cells: Counter[str] = field(default_factory=Counter)
    cells_lost: Counter[str] = field(default_factory=Counter)
    riders: Counter[str] = field(default_factory=Counter)
    riders_lost: Counter[str] = field(default_factory=Counter)
    shorter: int = 0
    shorter_known: int = 0

    def add_shorter(self, reader: Reader, cells: Sequence[Cell]) -> None:
        """Count the shorter intervals of told numbers that the counts of quarters give away."""
        for cell in cells:
            if not cell.rare:
                low, high = (reader.end(cell.journeys, sign) for sign in (1, -1))
                self.shorter += 1
                self.shorter_known += low == high

    def add(self, database: Database, min_count: int) -> None:
        """Compare what is told with what there is."""
        for name, table in (("routes", route_counts), ("od", od_matrix), ("travel-times", travel_times)):
            for interval in Interval:
                told = Counter(
                    {
                        _place(row): _number(row)
                        for row in table(database, Query(interval, min_count=min_count)).rows
                    }
                )
                for row in table(database, Query(interval, min_count=1)).rows:
                    key, number, lost = f"{name} {interval}", _number(row), _number(row) - told[_place(row)]
                    self.riders[key] += number
                    self.riders_lost[key] += lost
                    if number >= min_count:
                        self.cells[key] += 1
                        self.cells_lost[key] += not told[_place(row)]

    def lines(self) -> Iterator[str]:
        """A table to read."""
        yield f"{'table':<22}{'cells of k or more':>20}{'of them lost':>14}{'cyclists':>10}{'lost':>8}"
        for key in self.riders:
            cells = self.cells_lost[key] / max(self.cells[key], 1)
            riders = self.riders_lost[key] / max(self.riders[key], 1)
            yield f"{key:<22}{self.cells[key]:>20}{cells:>14.1%}{self.riders[key]:>10}{riders:>8.1%}"
        yield f"shorter intervals known by counts of quarters: {self.shorter_known} of {self.shorter}"


def _number(row: object) -> int:
    return getattr(row, "n", None) or getattr(row, "cyclists", None) or 0


def _place(row: object) -> tuple[object, ...]:
    names = ("site", "route", "origin", "destination", "interval_start")
    return tuple(getattr(row, name, None) for name in names)


def main() -> int:
    """Search random databases for leaks and print the cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--databases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cost, examined, wrong, began = Cost(), 0, [], perf_counter()
    for seed in range(options.seed, options.seed + options.databases):
        found, number = examine(seed, cost)
        wrong += [f"database {seed}: {one}" for one in found]
        examined += number
    print("\n".join([*cost.lines(), *wrong]))
    print(
        f"{options.databases} databases, {examined} withheld cells bounded, {len(wrong)} known better than "
        f"promised; {perf_counter() - began:.0f} s"
    )
    return 1 if wrong else 0


def examine(seed: int, cost: Cost | None = None) -> tuple[list[str], int]:
    """Search one random database; the leaks, and how many small cells were bounded."""
    dice = random.Random(seed)
    cameras, min_count = dice.choice(("AB", "ABC", "ABC", "ABCD")), dice.choice((3, 5, 5, 10))
    traffic = random_traffic(dice, cameras)
    with TemporaryDirectory() as folder:
        store = FlowStore.open(str(Path(folder) / "flows.db"))
        try:
            write_traffic(store, traffic, cameras)
            reader = read_all(store.database, cameras, list(asked(min_count, dice)))
            cells = list(small_cells(store.database, traffic, reader, min_count))
            if cost is not None:
                cost.add(store.database, min_count)
                cost.add_shorter(reader, cells)
            return leaks(reader, cells) + travel_leaks(store.database, min_count), len(cells)
        finally:
            store.close()


if __name__ == "__main__":
    sys.exit(main())
