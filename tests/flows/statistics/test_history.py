"""What is told of some days is what would be told if every journey of all time had been read."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from flows.database import FlowStore
from flows.statistics import Interval, Known, Query, camera_counts, od_matrix, route_counts, travel_times
from flows.statistics.sites import Period, Site
from flows.statistics.trips import Trip
from tests.flows.database.from_scratch import trips_from_scratch
from tests.flows.written import MORNING, Ride, describe, rides_of, write_run

DAYS = 9
ROUTES = (
    "AB",
    "ABC",
    "AC",
    "A",
    "B",
    "C",
    "ADB",
    "AEB",
    "AECB",
    "CB",
    "CDB",
    "BDA",
    "BEA",
    "DEAB",
    "ED",
    "D",
)
TABLES = (route_counts, od_matrix, travel_times)


def traffic(dice: random.Random) -> list[Ride]:
    """A few routes that many take, some that few take on each day, and some that hardly anybody takes."""
    rides = []
    for route in ROUTES:
        often = dice.choice((0.02, 0.1, 0.6, 1, 3, 9))
        for day in range(DAYS):
            for _ in range(round(dice.expovariate(1 / often))):
                at = (
                    MORNING
                    + 86_400 * (day - DAYS // 2)
                    + dice.choice((0, 0, 0, 20_000))
                    + dice.random() * 6000
                )
                rides.append(Ride(tuple((one, round(at + 100 * step, 6)) for step, one in enumerate(route))))
    return rides


def queries(dice: random.Random) -> Iterator[Query]:
    first = datetime.fromtimestamp(MORNING, UTC).replace(hour=0) - timedelta(days=DAYS // 2)
    for interval in Interval:
        for _ in range(2):
            start = first + timedelta(days=dice.randrange(-1, DAYS), minutes=15 * dice.choice((0, 0, 31, 29)))
            end = start + timedelta(days=dice.choice((1, 1, 3, 20)), minutes=15 * dice.choice((0, -64, 2)))
            yield Query(
                interval, dice.choice((start, start, None)), dice.choice((end, end, None)),
                min_count=dice.choice((2, 3, 5, 5, 1)),
            )  # fmt: skip


@contextmanager
def every_journey_is_read() -> Iterator[None]:
    def read(connection: Connection, site: Site, period: Period, routes: object) -> list[Trip]:
        return trips_from_scratch(connection, site, period)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.statistics.journeys._stand_for_all", lambda *arguments: None)
        patch.setattr("flows.statistics.journeys.read_trips", read)
        yield


@pytest.mark.parametrize("seed", range(4))
def test_days_are_told_as_if_all_journeys_had_been_read(sqlite_store: FlowStore, seed: int) -> None:
    dice = random.Random(seed)
    whole = [(MORNING - 86_400 * DAYS, MORNING + 86_400 * DAYS)]
    rides = traffic(dice)
    # Passages only: embeddings would take most of the time.
    write_run(sqlite_store, rides, dict.fromkeys("ABCDE", whole), describe(cameras="ABCDE"))
    told = 0
    for query in queries(dice):
        for table in TABLES:
            found = table(sqlite_store.database, query)
            with every_journey_is_read():
                expected = table(sqlite_store.database, query)
            assert found == expected, f"{table.__name__}, {query}"
            known = Known()
            table(sqlite_store.database, replace(query, interval=Interval.TOTAL), known)
            after = table(sqlite_store.database, query, known)
            assert after == expected, f"{table.__name__}, {query}, after the same of the whole period"
            told += len(found.rows)
    assert told > 100, "nothing was compared"


@pytest.mark.parametrize("alone", [0, 4])
def test_riders_of_other_days_decide_what_may_be_told(sqlite_store: FlowStore, alone: int) -> None:
    """The rare routes of a day may be told together only if no day's counts tell them apart."""
    today = rides_of({"A>B": 20, "A>D>B": 3, "A>E>B": 2, "C": 9})
    tomorrow = rides_of({"A>D>B": 1, "A>E>B": 2, "A>F>B": 4, "C": alone}, MORNING + 86_400)
    whole = {one: [(MORNING, MORNING + 90_000)] for one in "ABCDEF"}
    write_run(sqlite_store, today + tomorrow, whole, describe(cameras="ABCDEF"))
    start = datetime.fromtimestamp(MORNING, UTC)
    rows = od_matrix(sqlite_store.database, Query(Interval.DAY, start, start + timedelta(hours=1))).rows
    told = {(row.origin, row.destination): row.cyclists for row in rows if row.cyclists}
    assert told == ({("A", "B"): 25} if alone else {})


def test_counts_of_parts_of_quarters_are_those_of_the_passages(store: FlowStore) -> None:
    rides = [Ride((("A", MORNING + 100.0 * step),), "left" if step % 3 else "right") for step in range(60)]
    write_run(store, rides, {"A": [(MORNING, MORNING + 7200)]})
    start = datetime.fromtimestamp(MORNING + 333, UTC)
    for minutes in (5, 20, 77):
        end = start + timedelta(minutes=minutes)
        rows = camera_counts(store.database, Query(Interval.TOTAL, start, end)).rows
        expected = {
            way: sum(
                start.timestamp() <= ride.stops[0][1] < end.timestamp()
                for ride in rides
                if ride.direction == way
            )
            for way in ("left", "right")
        }
        assert {row.direction: row.cyclists for row in rows} == expected
