"""Small cells are withheld, and cannot be had by subtraction."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suppression import examine, write_traffic
from benchmarks.suppression_reader import Reader, read_all
from flows.database import FlowStore
from flows.statistics import (
    Interval,
    Query,
    camera_counts,
    od_matrix,
    route_counts,
    travel_times,
    utc_text,
)
from flows.statistics.suppression import group_journeys
from flows.statistics.trips import Trip
from tests.flows.written import MORNING, Ride, rides_of, write_run

TOTAL = Query(interval=Interval.TOTAL)
DAY = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}


def published_routes(store: FlowStore, query: Query = TOTAL) -> dict[str, tuple[int, float | None]]:
    return {row.route: (row.cyclists, row.share) for row in route_counts(store.database, query).rows}


def published_pairs(store: FlowStore, query: Query = TOTAL) -> dict[str, int | None]:
    return {f"{row.origin}{row.destination}": row.cyclists for row in od_matrix(store.database, query).rows}


def published_trips(store: FlowStore, query: Query = TOTAL) -> dict[str, int]:
    return {f"{row.origin}{row.destination}": row.n for row in travel_times(store.database, query).rows}


def reader_of(store: FlowStore, routes: Mapping[str, int], queries: list[Query] | None = None) -> Reader:
    """Write routes that all begin in the first quarter, and read every table."""
    write_traffic(store, {(tuple(route), 0): count for route, count in routes.items()}, "ABC")
    return read_all(store.database, "ABC", queries or [TOTAL])


def bounds(reader: Reader, route: str) -> tuple[int, int]:
    cell = frozenset({(tuple(route), 0)})
    return reader.end(cell, 1), reader.end(cell, -1)


def test_cells_under_five_are_left_out(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B": 5, "B>C": 4, "A>C": 9, "A": 30}), DAY)
    assert published_pairs(sqlite_store) == {"AB": 5, "AC": 9}
    assert published_trips(sqlite_store) == {"AB": 5, "AC": 9}
    assert set(published_routes(sqlite_store)) == {"A>B", "A>C", "A"}


def test_counts_of_a_camera_are_not_withheld(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A": 1, "B": 2}), DAY)
    counts = camera_counts(sqlite_store.database, TOTAL)
    assert [(row.camera, row.cyclists) for row in counts.rows] == [("A", 1), ("B", 2), ("C", 0)]
    assert not counts.withheld


def test_min_count_one_shows_all(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B": 1, "A>C>B": 2, "C": 1}), DAY)
    query = Query(interval=Interval.TOTAL, min_count=1)
    assert published_routes(sqlite_store, query) == {"A>B": (1, 0.25), "A>C>B": (2, 0.5), "C": (1, 0.25)}
    assert published_pairs(sqlite_store, query) == {"AB": 3}
    assert published_trips(sqlite_store, query) == {"AB": 3, "AC": 2, "CB": 2}


@pytest.mark.parametrize(
    "routes", [{"A>B": 20}, {"A>B": 20, "B>C": 3}, {"A>B": 20, "B>C": 3, "A>C": 4, "C": 1}]
)
def test_the_answer_says_nothing_of_how_many_cells_are_withheld(
    sqlite_store: FlowStore, routes: dict[str, int]
) -> None:
    write_run(sqlite_store, rides_of(routes), DAY)
    for table in (route_counts, od_matrix, travel_times):
        assert table(sqlite_store.database, TOTAL).withheld is True
        assert table(sqlite_store.database, Query(Interval.TOTAL, min_count=1)).withheld is False


@pytest.mark.parametrize(
    ("routes", "shares"),
    [
        ({"A>B": 50, "B>C": 50}, {"A>B": 0.5, "B>C": 0.5}),
        ({"A>B": 97, "B>C": 3}, {"A>B": None}),
        ({"A>B": 94, "B>C": 3, "C>B": 3}, {"A>B": None}),
        ({"A>B": 91, "A>C>B": 9, "C": 4}, {"A>B": None, "A>C>B": None}),
    ],
    ids=["nothing hidden", "one cell", "two cells", "one camera alone"],
)
def test_the_share_does_not_give_away_the_rest(
    sqlite_store: FlowStore, routes: dict[str, int], shares: dict[str, float | None]
) -> None:
    write_run(sqlite_store, rides_of(routes), DAY)
    assert {route: share for route, (_, share) in published_routes(sqlite_store).items()} == shares


def test_counts_less_routes_do_not_give_a_route(sqlite_store: FlowStore) -> None:
    reader = reader_of(sqlite_store, {"AB": 20, "CB": 9, "AC": 3})
    assert published_routes(sqlite_store) == {"A>B": (20, None), "C>B": (9, None)}
    assert bounds(reader, "AC") == (0, 3), "23 - 20 and 12 - 9: the same three, or six who were seen once"


def test_cyclists_of_one_camera_do_not_give_a_route(sqlite_store: FlowStore) -> None:
    reader = reader_of(sqlite_store, {"AB": 20, "A": 30, "C": 40, "AC": 3})
    assert set(published_routes(sqlite_store)) == {"A>B"}
    assert bounds(reader, "AC")[0] == 0


def test_o_d_less_routes_does_not_give_a_route(sqlite_store: FlowStore) -> None:
    reader = reader_of(sqlite_store, {"AB": 20, "ACB": 3})
    assert set(published_routes(sqlite_store)) == {"A>B"}
    assert published_pairs(sqlite_store) == {}, "23 - 20 riders would be those over C"
    assert bounds(reader, "ACB") == (0, 3)


def test_an_o_d_cell_of_rare_routes_is_told_where_each_could_be_another(sqlite_store: FlowStore) -> None:
    routes = {"AEB": 20, "ACB": 3, "ADB": 4}
    write_traffic(sqlite_store, {(tuple(route), 0): count for route, count in routes.items()}, "ABCDE")
    assert set(published_routes(sqlite_store)) == {"A>E>B"}
    assert published_pairs(sqlite_store) == {"AB": 27}, "they may all have come by no other camera"


def test_an_o_d_cell_of_rare_routes_is_withheld_where_counts_would_tell_them_apart(
    sqlite_store: FlowStore,
) -> None:
    write_run(sqlite_store, rides_of({"A>B": 20, "A>C>B": 3, "A>D>B": 4}), dict.fromkeys("ABCD", DAY["A"]))
    assert published_pairs(sqlite_store) == {}, "7 riders not straight from A to B, and counts of 3 and 4"


def test_travel_times_do_not_give_away_a_withheld_origin_and_destination(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B>C": 20, "A>B": 3}), DAY)
    assert published_trips(sqlite_store)["AB"] == 20, "23 less 20 from A to C would reveal the 3 from A to B"


def test_travel_times_do_not_join_what_counts_take_apart(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B>C": 3, "A>B": 3}), DAY)
    assert published_trips(sqlite_store) == {}, "6 from A to B, and 3 at C: at least 3 ended at B"


def test_the_mean_of_a_pair_does_not_give_that_of_others(sqlite_store: FlowStore) -> None:
    starts = [MORNING + 60 * place + 0.25 for place in range(3)]
    slow = [Ride((("A", start), ("B", start + 500))) for start in starts]
    write_run(sqlite_store, rides_of({"A>B>C": 20}) + slow, DAY)
    [row] = [
        row
        for row in travel_times(sqlite_store.database, TOTAL).rows
        if (row.origin, row.destination) == ("A", "B")
    ]
    assert (row.n, row.mean_s) == (20, 30.0)


def quarters(counts: list[int]) -> list[Ride]:
    return [
        Ride((("A", MORNING + 900 * place + rider), ("B", MORNING + 900 * place + rider + 60)))
        for place, count in enumerate(counts)
        for rider in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([6, 7, 8, 9], {0: 6, 1: 7, 2: 8, 3: 9}),
        ([6, 2, 0, 7], {3: 7}),
        ([6, 2, 3, 7], {0: 6, 3: 7}),
        ([6, 0, 0, 7], {0: 6, 3: 7}),
        ([4, 4, 4, 4], {}),
    ],
)
def test_hours_less_quarters_do_not_give_a_quarter(
    sqlite_store: FlowStore, counts: list[int], told: dict[int, int]
) -> None:
    write_run(sqlite_store, quarters(counts), DAY)
    for table in (route_counts, od_matrix):
        rows = table(sqlite_store.database, Query()).rows
        found = {int((row.interval_start.timestamp() - MORNING) // 900): row.cyclists for row in rows}
        assert found == told
        hours = table(sqlite_store.database, Query(Interval.HOUR)).rows
        assert [row.cyclists for row in hours] == [sum(counts)]


@pytest.mark.parametrize(("minutes", "told"), [(15, []), (30, [7]), (45, [7])])
def test_periods_of_whole_quarters_do_not_give_a_quarter(
    sqlite_store: FlowStore, minutes: int, told: list[int]
) -> None:
    write_run(sqlite_store, quarters([6, 2, 0, 7]), DAY)
    start = datetime.fromisoformat("2019-10-02T07:00Z") + timedelta(minutes=minutes)
    rows = route_counts(sqlite_store.database, Query(Interval.TOTAL, start)).rows
    assert [row.cyclists for row in rows] == told


def test_cyclists_of_one_camera_do_not_give_a_quarter_of_a_route(sqlite_store: FlowStore) -> None:
    alone = [Ride(((camera, MORNING + 910.5 + place),)) for camera in "AB" for place in range(20)]
    write_run(sqlite_store, quarters([6, 2, 0, 7]) + alone, DAY)
    assert published_routes(sqlite_store, Query()) == {"A>B": (7, 1.0)}, "22 at A and at B less 20 would be 2"
    assert set(published_routes(sqlite_store, Query(Interval.HOUR))) == {"A", "B", "A>B"}


def test_filters_tell_nothing_more(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B": 20, "C>B": 9, "A>C": 3, "A>C>B": 2, "C": 6}), DAY)
    for table in (route_counts, od_matrix, travel_times):
        every = set(table(sqlite_store.database, TOTAL).rows)
        for camera in "ABC":
            some = set(table(sqlite_store.database, Query(Interval.TOTAL, cameras=(camera,))).rows)
            assert some <= every


def test_a_period_cut_within_a_quarter_is_safe_by_itself(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, quarters([8, 8, 8, 8]), DAY)
    query = Query(Interval.HOUR, datetime.fromisoformat("2019-10-02T07:00:04Z"))
    rows = route_counts(sqlite_store.database, query).rows
    assert [(utc_text(row.interval_start), row.cyclists) for row in rows] == [("2019-10-02 07:00:04", 28)]
    quarter = route_counts(sqlite_store.database, Query(start=query.start)).rows
    assert [row.cyclists for row in quarter] == [8, 8], "4 of the first quarter stand with 8 of another"


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["A", "AB", "ACB", "ADB", "BC"])), max_size=60),
    st.integers(2, 6),
)
def test_groups_are_large_enough_and_of_one_route_or_one_pair(
    rides: list[tuple[int, str]], min_count: int
) -> None:
    trips = sorted(
        (Trip(tuple(route), tuple(range(at, at + len(route)))) for at, route in rides),
        key=lambda trip: trip.enter_times,
    )
    levels = [np.arange(0, 501, step) for step in (250, 50, 10)]
    groups = group_journeys(trips, levels, min_count)
    for group in set(groups.of.tolist()) - {-1}:
        members = np.flatnonzero(groups.of == group)
        assert len(members) >= min_count
        assert len({trips[index].ends for index in members}) == 1
        assert len({trips[index].cameras for index in members}) == 1 or groups.mixed[members].all()
    for index in np.flatnonzero((groups.of < 0) | groups.mixed):
        if len(trips[index].cameras) > 1:
            for camera, moment in zip(trips[index].cameras, trips[index].enter_times, strict=True):
                assert moment in groups.untold_alone[camera]


@pytest.mark.parametrize("databases", [10, pytest.param(60, marks=pytest.mark.long)])
def test_subtraction_finds_no_cell_that_was_withheld(databases: int) -> None:
    """An integer programme over all tables, interval lengths and periods; the benchmark asks it 500 times."""
    bounded = 0
    for seed in random.Random(7).sample(range(1000, 100_000), 60)[:databases]:
        found, cells = examine(seed)
        assert not found, f"database {seed}: {found}"
        bounded += cells
    assert bounded > 10 * databases
