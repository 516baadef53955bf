"""Statistics of any period: the views' rows at 15 minutes, and right sums beyond them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.database import FlowStore, Unobserved
from flows.database.ledger import note_unobserved
from flows.statistics import (
    TABLES,
    Interval,
    Query,
    camera_counts,
    od_matrix,
    route_counts,
    travel_times,
    utc_text,
)
from flows.statistics.travel_times import percentile_s
from tests.flows.written import MORNING, Ride, describe, random_rides, rides_of, write_run
from tracking.errors import UsageError

VIEW_OF = {
    "counts": "camera_counts",
    "routes": "route_counts",
    "od": "od_matrix",
    "travel-times": "travel_times",
}
RIDES = random_rides(seed=11, count=300, hours=3)
OBSERVED = {
    "A": [(MORNING - 60.5, MORNING + 3000), (MORNING + 6000, MORNING + 11000)],
    "B": [(MORNING, MORNING + 12000)],
    "C": [(MORNING + 100, MORNING + 12000)],
    "D": [(MORNING + 100, MORNING + 2000)],
    "E": [(MORNING, MORNING + 900)],
}


@pytest.fixture
def busy(store: FlowStore) -> FlowStore:
    run_id = write_run(store, RIDES, OBSERVED)
    with store.database.transaction() as connection:
        # Behind all that was watched, and to the very end of a quarter.
        camera_id = connection.exec_driver_sql("select camera_id from camera where name = 'B'").scalar_one()
        note_unobserved(
            connection, run_id, camera_id, [Unobserved(MORNING + 12100, MORNING + 14400, "frozen")]
        )
    return store


@pytest.mark.parametrize("table", list(TABLES))
def test_quarters_are_the_rows_of_the_view_to_the_last_digit(busy: FlowStore, table: str) -> None:
    with busy.database.transaction() as connection:
        view = [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {VIEW_OF[table]}").mappings()]
    answer = TABLES[table].ask(busy.database, Query(min_count=1))
    rows = [
        {
            name: utc_text(value) if isinstance(value, datetime) else value
            for name, value in asdict(row).items()
        }
        for row in answer.rows
    ]
    assert len(rows) == len(view) > 0

    def place(row: dict[str, Any]) -> list[str]:
        return [str(value) for value in row.values()]

    assert sorted(rows, key=place) == sorted(view, key=place)
    assert list(rows[0]) == list(view[0])
    assert answer.withheld == 0


@pytest.mark.parametrize("interval", list(Interval))
def test_counts_of_longer_intervals_hold_every_cyclist(busy: FlowStore, interval: Interval) -> None:
    rows = camera_counts(busy.database, Query(interval=interval)).rows
    quarters = camera_counts(busy.database, Query()).rows
    observed = {"A": 8060.5, "B": 12000, "C": 11900, "D": 1900, "E": 900}
    for camera, seconds in observed.items():
        own = [row for row in rows if row.camera == camera]
        first = own[0].direction
        covered = sum(
            row.coverage * (row.interval_end - row.interval_start).total_seconds()
            for row in own
            if row.direction == first
        )
        assert covered == pytest.approx(seconds, abs=1e-3)
        spans = {
            (row.interval_start.timestamp(), row.interval_end.timestamp()) for row in own if row.coverage
        }
        seen = Counter(
            ride.direction
            for ride in RIDES
            for stop, moment in ride.stops
            if stop == camera and any(start <= moment < end for start, end in spans)
        )
        counted = Counter[str]()
        for row in own:
            counted[row.direction] += row.cyclists or 0
        assert counted == seen, f"{camera} by {interval}"
        assert all((row.cyclists is None) == (row.coverage == 0) for row in own)
    assert {row.direction for row in rows} == {row.direction for row in quarters}


def test_an_interval_partly_without_camera_says_how_much_it_saw(store: FlowStore) -> None:
    observed = {
        "A": [(MORNING, MORNING + 1350)],
        "B": [(MORNING, MORNING + 900), (MORNING + 4500, MORNING + 5400)],
    }
    write_run(store, rides_of({"A>B": 3}), observed)
    rows = camera_counts(store.database, Query(interval=Interval.HOUR)).rows
    assert [(row.camera, row.cyclists, row.coverage) for row in rows] == [
        ("A", 3, 0.375),
        ("A", None, 0.0),
        ("B", 3, 0.25),
        ("B", 0, 0.25),
    ]


def test_total_is_relative_to_what_the_site_saw(store: FlowStore) -> None:
    write_run(
        store,
        rides_of({"A>B": 2}),
        {"A": [(MORNING + 0.25, MORNING + 100)], "B": [(MORNING + 50, MORNING + 200)]},
    )
    rows = camera_counts(store.database, Query(interval=Interval.TOTAL)).rows
    assert [(row.camera, row.coverage) for row in rows] == [("A", 99.75 / 199.75), ("B", 150 / 199.75)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2019-10-02T09:10", None, 20),
        ("2019-10-02T07:10Z", None, 20),
        (None, "2019-10-02T09:10", 10),
        ("2019-10-02T09:05", "2019-10-02T09:25", 20),
        ("2019-10-02", "2019-10-03", 30),
        ("2019-10-03", None, None),
    ],
)
def test_only_what_was_asked_for_is_counted(
    store: FlowStore, start: str | None, end: str | None, expected: int | None
) -> None:
    write_run(
        store,
        rides_of({"A>B": 30}, seconds_apart=60),
        {"A": [(MORNING, MORNING + 3600)], "B": [(MORNING, MORNING + 3600)]},
    )
    query = Query(
        interval=Interval.TOTAL,
        start=None if start is None else datetime.fromisoformat(start),
        end=None if end is None else datetime.fromisoformat(end),
    )
    counts = [row.cyclists for row in camera_counts(store.database, query).rows if row.camera == "A"]
    trips = [row.cyclists for row in od_matrix(store.database, query).rows]
    assert counts == trips == ([] if expected is None else [expected])


def test_days_are_those_of_the_site(store: FlowStore) -> None:
    saturday = datetime.fromisoformat("2019-10-26T12:00+02:00").timestamp()
    late = datetime.fromisoformat("2019-10-27T23:59+01:00").timestamp()
    rides = [Ride((("A", saturday),)), Ride((("A", late),)), Ride((("A", late + 120),))]
    write_run(store, rides, {"A": [(saturday - 60, late + 180)]})
    rows = camera_counts(store.database, Query(interval=Interval.DAY)).rows
    assert [row.cyclists for row in rows] == [1, 1, 1]
    assert [(row.interval_end - row.interval_start).total_seconds() / 3600 for row in rows] == [24, 25, 24]
    assert rows[1].coverage == 1.0


def test_a_journey_counts_where_it_began(store: FlowStore) -> None:
    rides = [Ride((("A", MORNING + 890), ("B", MORNING + 920), ("C", MORNING + 2000)))]
    write_run(store, rides, {camera: [(MORNING, MORNING + 2700)] for camera in "ABC"})
    query = Query(min_count=1)
    for table in ("routes", "od", "travel-times"):
        rows = TABLES[table].ask(store.database, query).rows
        assert {utc_text(row.interval_start) for row in rows} == {"2019-10-02 07:00:00"}, table


def test_filters_keep_the_rows_that_concern_a_camera(busy: FlowStore) -> None:
    query = Query(interval=Interval.TOTAL, cameras=("D",), min_count=1)
    unfiltered = Query(interval=Interval.TOTAL, min_count=1)
    concerned: dict[str, Callable[[Any], bool]] = {
        "counts": lambda row: row.camera == "D",
        "routes": lambda row: "D" in row.route.split(">"),
        "od": lambda row: "D" in (row.origin, row.destination),
        "travel-times": lambda row: "D" in (row.origin, row.destination),
    }
    for table, concerns in concerned.items():
        every = TABLES[table].ask(busy.database, unfiltered).rows
        kept = [row for row in every if concerns(row)]
        assert 0 < len(kept) < len(every), f"{table}: the filter has nothing to do"
        assert list(TABLES[table].ask(busy.database, query).rows) == kept, table


def test_sites_are_told_apart(store: FlowStore) -> None:
    whole = {"A": [(MORNING, MORNING + 900)], "B": [(MORNING, MORNING + 900)]}
    write_run(store, rides_of({"A>B": 5}), whole, describe(site="north", cameras="AB"))
    write_run(store, rides_of({"A>B": 6, "B": 7}), whole, describe(site="south", cameras="AB"))
    query = Query(interval=Interval.TOTAL)
    rows = route_counts(store.database, query).rows
    assert [(row.site, row.route, row.cyclists) for row in rows] == [
        ("north", "A>B", 5),
        ("south", "A>B", 6),
        ("south", "B", 7),
    ]
    only = route_counts(store.database, Query(interval=Interval.TOTAL, site="north")).rows
    assert [row.site for row in only] == ["north"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (Query(site="nowhere"), "--site: the database has no 'nowhere'; it has street"),
        (Query(cameras=("Z",)), "--camera: the database has no 'Z'; it has A, B, C"),
        (
            Query(start=datetime(2019, 10, 3), end=datetime(2019, 10, 2)),
            "--from .* must be earlier than --to",
        ),
    ],
)
def test_questions_about_what_is_not_there_are_refused(store: FlowStore, query: Query, message: str) -> None:
    store.begin_run(describe())
    with pytest.raises(UsageError, match=message):
        camera_counts(store.database, query)


@pytest.mark.parametrize("table", list(TABLES))
def test_an_empty_database_has_no_rows(store: FlowStore, table: str) -> None:
    assert TABLES[table].ask(store.database, Query()).rows == ()
    store.begin_run(describe())
    assert TABLES[table].ask(store.database, Query(interval=Interval.DAY)).rows == ()


@given(
    st.lists(st.integers(0, 4 * 10**9), min_size=1, max_size=60).map(sorted),
    st.sampled_from([0, 15, 50, 85, 100]),
)
def test_percentiles_are_those_of_numpy(travels: list[int], percent: int) -> None:
    expected = np.percentile(np.array(travels) / 1e6, percent)
    assert percentile_s(travels, percent) == pytest.approx(expected, rel=1e-12, abs=1e-9)


TOTAL_TIME = Query(Interval.TOTAL)
OUTAGE = {"A": [(MORNING, MORNING + 7200)], "B": [(MORNING, MORNING + 3700)]}


@pytest.fixture
def outage(store: FlowStore) -> FlowStore:
    """30 riders an hour from A to B; in the second hour the recorder of B is off."""
    starts = [MORNING + 110 * place + 5 for place in range(30)]
    both = [Ride((("A", start), ("B", start + 75))) for start in starts]
    write_run(store, both + [Ride((("A", start + 3685),)) for start in starts], OUTAGE)
    return store


@pytest.mark.parametrize("min_count", [1, 5])
def test_where_an_end_was_off_the_o_d_row_says_so(outage: FlowStore, min_count: int) -> None:
    rows = od_matrix(outage.database, Query(Interval.HOUR, min_count=min_count)).rows
    nobody = 0 if min_count == 1 else None
    assert [(row.cyclists, row.coverage) for row in rows] == [(30, 1.0), (nobody, 100 / 3600)]
    quarters = od_matrix(outage.database, Query(min_count=min_count)).rows
    assert [row.coverage for row in quarters] == [1.0] * 4 + [100 / 900, 0, 0, 0]
    assert [row.cyclists for row in quarters][-3:] == [None] * 3


def test_riders_of_a_are_not_riders_of_a_alone_where_b_was_off(outage: FlowStore) -> None:
    rows = route_counts(outage.database, Query(Interval.HOUR)).rows
    assert [(row.route, row.cyclists, row.share, row.coverage) for row in rows] == [
        ("A", 30, None, 100 / 3600),
        ("A>B", 30, 1.0, 1.0),
    ]


def test_travel_times_say_how_long_both_ends_were_watched(outage: FlowStore) -> None:
    [row] = travel_times(outage.database, Query(Interval.TOTAL)).rows
    assert (row.n, row.coverage) == (30, 3700 / 7200)


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("interval", list(Interval))
def test_a_cut_period_shows_its_cut(outage: FlowStore, table: str, interval: Interval) -> None:
    start, end = (datetime.fromisoformat(f"2019-10-02T09:{minute}") for minute in (10, 50))
    rows = TABLES[table].ask(outage.database, Query(interval, start, end, min_count=1)).rows
    assert utc_text(min(row.interval_start for row in rows)) == "2019-10-02 07:10:00"
    assert utc_text(max(row.interval_end for row in rows)) == "2019-10-02 07:50:00"
    if interval is not Interval.QUARTER:
        rows = TABLES[table].ask(outage.database, Query(interval, start, end)).rows
        [row] = [row for row in rows if getattr(row, "camera", "A") == "A"]
        assert (getattr(row, "n", None) or row.cyclists, row.coverage) == (22, 1.0)


def test_a_camera_that_was_never_observed_does_not_spoil_the_coverage(store: FlowStore) -> None:
    hour = [(MORNING, MORNING + 3600)]
    write_run(store, rides_of({"A>B": 6, "A": 6}), {"A": hour, "B": hour, "C": []})
    rows = route_counts(store.database, TOTAL_TIME).rows
    assert [(row.route, row.share, row.coverage) for row in rows] == [("A", 0.5, 1.0), ("A>B", 0.5, 1.0)]
