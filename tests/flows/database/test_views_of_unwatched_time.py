"""Time in the views: watched once, watched twice, and not watched at all."""

from flows.database import Account, FlowStore, Unobserved
from flows.statistics import Interval, Query, camera_counts
from tests.flows.written import MORNING, describe, journey_of, rides_of, rows_of, seen, write_run


def test_time_that_two_runs_observed_counts_once(store: FlowStore) -> None:
    write_run(store, [], {"A": [(MORNING, MORNING + 600)]}, describe("one", footage={"A": ["x"]}))
    write_run(store, [], {"A": [(MORNING + 300, MORNING + 750)]}, describe("two", footage={"A": ["y"]}))
    with store.database.transaction() as connection:
        rows = (
            connection.exec_driver_sql("SELECT coverage FROM camera_counts WHERE camera = 'A'")
            .scalars()
            .all()
        )
    assert rows == [750 / 900]


def test_nothing_observed_is_unknown_and_not_zero(store: FlowStore) -> None:
    write_run(
        store,
        rides_of({"A>B": 2}),
        {"A": [(MORNING, MORNING + 450)], "B": [(MORNING + 1800, MORNING + 2700)]},
    )
    with store.database.transaction() as connection:
        query = "SELECT cyclists, coverage FROM camera_counts WHERE camera = 'A' ORDER BY interval_start"
        rows = [tuple(row) for row in connection.exec_driver_sql(query)]
    assert rows == [(2, 0.5), (None, 0), (None, 0)]


def test_time_of_footage_that_was_not_watched_has_a_row_without_a_number(store: FlowStore, url: str) -> None:
    run_id = store.begin_run(describe(cameras="A")).run_id
    stretch = Unobserved(MORNING + 10, MORNING + 1000, "low_frame_rate")
    rider = seen(run_id, "A", MORNING + 20)
    store.save_progress(run_id, "A", [rider], [], "end", Account(unobserved=(stretch,)))
    store.save_matching(run_id, MORNING + 1000, (), [journey_of([rider])], forget_before=MORNING)

    assert store.finish_run(run_id) == {"A": 1}

    rows = rows_of(url, "camera_counts")
    assert [(row["cyclists"], row["coverage"]) for row in rows] == [(None, 0.0)] * 2, rows
    assert rows_of(url, "journeys_flat") == []
    counted = camera_counts(store.database, Query(interval=Interval.DAY)).rows
    assert [(row.cyclists, row.coverage) for row in counted] == [(None, 0.0)]


def test_only_who_came_in_time_that_was_not_watched_is_left_out(store: FlowStore, url: str) -> None:
    run_id = store.begin_run(describe(cameras="A")).run_id
    stretch = Unobserved(MORNING, MORNING + 100, "frozen")
    riders = [seen(run_id, "A", MORNING + at) for at in (50, 100, 150)]
    journeys = [journey_of([rider]) for rider in riders]
    store.save_progress(
        run_id, "A", riders, [(MORNING + 100, MORNING + 200)], "end", Account(unobserved=(stretch,))
    )
    store.save_matching(run_id, MORNING + 1000, (), journeys, forget_before=MORNING)
    assert store.finish_run(run_id) == {"A": 1}
    assert [row["cyclists"] for row in rows_of(url, "camera_counts")] == [2]
