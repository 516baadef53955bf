"""Small cells are withheld, and cannot be had by subtraction."""

from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.database import FlowStore
from flows.statistics import Interval, Query, camera_counts, od_matrix, route_counts, travel_times
from flows.statistics.suppression import hidden_well
from tests.flows.written import MORNING, rides_of, write_run

TOTAL = Query(interval=Interval.TOTAL)
DAY = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}


def published_routes(store: FlowStore) -> dict[str, tuple[int, float | None]]:
    return {row.route: (row.cyclists, row.share) for row in route_counts(store.database, TOTAL).rows}


def test_cells_under_five_are_left_out_and_told(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B": 5, "B>C": 4, "A>C": 9, "C": 30}), DAY)
    answer = od_matrix(sqlite_store.database, TOTAL)
    assert [(row.origin, row.destination, row.cyclists) for row in answer.rows] == [
        ("A", "B", 5),
        ("A", "C", 9),
    ]
    assert answer.withheld == 1
    times = travel_times(sqlite_store.database, TOTAL)
    assert [(row.origin, row.destination, row.n) for row in times.rows] == [("A", "B", 5), ("A", "C", 9)]
    assert times.withheld == 1
    assert set(published_routes(sqlite_store)) == {"A>B", "A>C", "C"}


def test_counts_of_a_camera_are_not_withheld(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A": 1, "B": 2}), DAY)
    counts = camera_counts(sqlite_store.database, TOTAL)
    assert [(row.camera, row.cyclists) for row in counts.rows] == [("A", 1), ("B", 2), ("C", 0)]
    assert counts.withheld == 0


def test_min_count_one_shows_all(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B": 1, "C": 1}), DAY)
    query = Query(interval=Interval.TOTAL, min_count=1)
    rows = route_counts(sqlite_store.database, query).rows
    assert [(row.route, row.share) for row in rows] == [("A>B", 0.5), ("C", 0.5)]


@pytest.mark.parametrize(
    ("routes", "shares"),
    [
        ({"A>B": 50, "B>C": 50}, {"A>B": 0.5, "B>C": 0.5}),
        ({"A>B": 97, "B>C": 3}, {"A>B": None}),
        ({"A>B": 96, "B>C": 2, "C>B": 2}, {"A>B": None}),
        ({"A>B": 94, "B>C": 3, "C>B": 3}, {"A>B": 0.94}),
        ({"A>B": 91, "A>C>B": 3, "B>A>C": 3, "B>C>A": 3}, {"A>B": 0.91}),
        ({"A>B": 94, "A>C>B": 3, "B>C": 3}, {"A>B": None}),
    ],
    ids=[
        "nothing hidden",
        "one cell",
        "two small cells",
        "two cells",
        "three cells",
        "one cell beside the O-D matrix",
    ],
)
def test_the_share_does_not_give_away_the_rest(
    sqlite_store: FlowStore, routes: dict[str, int], shares: dict[str, float | None]
) -> None:
    write_run(sqlite_store, rides_of(routes), DAY)
    assert {route: share for route, (_, share) in published_routes(sqlite_store).items()} == shares


def test_travel_times_do_not_give_away_a_withheld_origin_and_destination(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B>C": 20, "A>B": 3}), DAY)
    found = {(row.origin, row.destination): row.n for row in travel_times(sqlite_store.database, TOTAL).rows}
    assert found["A", "B"] == 20, "23 - 20 riders from A to C would reveal the 3 from A to B"


def test_travel_times_use_small_cells_where_enough_come_together(sqlite_store: FlowStore) -> None:
    write_run(sqlite_store, rides_of({"A>B>C": 3, "A>B": 3}), DAY)
    found = {(row.origin, row.destination): row.n for row in travel_times(sqlite_store.database, TOTAL).rows}
    assert found == {("A", "B"): 6}


ROUTES = [
    ">".join(route)
    for size in (1, 2, 3)
    for route in (*combinations("ABC", size), *combinations("CBA", size))
]
traffic = st.dictionaries(st.sampled_from(ROUTES), st.integers(1, 14), min_size=1, max_size=7)


@given(routes=traffic, min_count=st.sampled_from([2, 5, 10]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_subtraction_finds_no_cell_that_was_withheld(routes: dict[str, int], min_count: int) -> None:
    with TemporaryDirectory() as folder:
        store = FlowStore.open(str(Path(folder) / "flows.db"))
        write_run(store, rides_of(routes), DAY)
        query = Query(interval=Interval.TOTAL, min_count=min_count)
        shown = route_counts(store.database, query).rows
        cells = od_matrix(store.database, query).rows
        times = travel_times(store.database, query).rows
        store.close()
    trips = Counter({(route[0], route[-1]): 0 for route in routes})
    for route, count in routes.items():
        trips[route[0], route[-1]] += count
    small_trips = {ends: count for ends, count in trips.items() if count < min_count}
    small_routes = {route: count for route, count in routes.items() if count < min_count}
    assert {row.route: row.cyclists for row in shown}.keys() == routes.keys() - small_routes.keys()
    assert not {(row.origin, row.destination) for row in cells} & small_trips.keys()
    for row in shown:
        if row.share is not None:
            total = round(row.cyclists / row.share)
            rest = total - sum(each.cyclists for each in shown)
            assert rest == 0 or (rest >= min_count and len(small_routes) > 1)
            beside = sum(small_trips.values())
            assert beside == 0 or (beside >= min_count and len(small_trips) > 1)
    known = defaultdict(int)
    for route, count in routes.items():
        if (route[0], route[-1]) not in small_trips:
            for pair in combinations(route.split(">"), 2):
                known[pair] += count
    for row in times:
        rest = row.n - known[row.origin, row.destination]
        assert rest == 0 or rest >= min_count, (
            f"{rest} riders of withheld cells from {row.origin} to {row.destination}"
        )


@pytest.mark.parametrize(
    ("withheld", "safe"), [([], True), ([4], False), ([2, 2], False), ([2, 3], True), ([1] * 5, True)]
)
def test_a_sum_may_be_known_if_enough_share_it(withheld: list[int], safe: bool) -> None:
    assert hidden_well(withheld, 5) is safe
