"""What people say of the numbers: marked time is not watched, and checks in force correct counts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from flows.database import FlowStore
from flows.database.review import (
    CheckedCamera,
    Mark,
    Said,
    SpotCheck,
    Withdrawal,
    add_mark,
    keep_check,
    read_checks,
    read_marks,
    withdraw_check,
    withdraw_mark,
)
from flows.statistics import (
    Interval,
    Query,
    camera_counts,
    corrected_counts,
    od_matrix,
    outages,
    route_counts,
    travel_times,
)
from tests.flows.written import MORNING, describe, rides_of, write_run
from tracking.errors import UsageError

SOMEBODY = Said(MORNING, "operator")


def marked(start: float, end: float, camera: str = "A", reason: str = "roadworks") -> Mark:
    return Mark("street", camera, MORNING + start, MORNING + end, reason, "", SOMEBODY)


@pytest.fixture
def street(store: FlowStore) -> FlowStore:
    """Two hours of A and B; 20 ride from A to B, all within the first minutes."""
    watched = [(MORNING, MORNING + 7200)]
    rides = rides_of({"A>B": 20}, seconds_apart=40)
    write_run(store, rides, {"A": watched, "B": watched}, describe(cameras="AB", timezone="UTC"))
    return store


def counts(store: FlowStore, camera: str = "A") -> list[tuple[int | None, float]]:
    rows = camera_counts(store.database, Query(Interval.QUARTER, cameras=(camera,))).rows
    return [(row.cyclists, row.coverage) for row in rows]


def test_marked_time_is_not_watched_and_its_cyclists_are_not_counted(street: FlowStore) -> None:
    assert counts(street)[:2] == [(20, 1.0), (0, 1.0)]
    number = add_mark(street.database, marked(0, 450))
    within = sum(1 for place in range(20) if 40.001 * place < 450)
    assert counts(street)[:2] == [(20 - within, 0.5), (0, 1.0)]
    assert counts(street, "B")[0] == (20, 1.0)
    add_mark(street.database, marked(300, 1800))
    assert counts(street)[:3] == [(None, 0.0), (None, 0.0), (0, 1.0)]
    found = outages(street.database, Query(cameras=("A",)))
    assert [
        (one.reason, one.start.timestamp() - MORNING, one.end.timestamp() - MORNING) for one in found
    ] == [("roadworks", 0, 1800)]
    withdraw_mark(street.database, "street", number, Withdrawal(SOMEBODY, "wrong day"))
    assert counts(street)[0][1] == pytest.approx(300 / 900)


def test_journeys_over_a_camera_that_is_marked_all_the_time_are_not_told(street: FlowStore) -> None:
    everything: tuple[Callable[..., object], ...] = (route_counts, od_matrix, travel_times)
    ask = Query(Interval.QUARTER, min_count=1)
    routes, od, travels = (table(street.database, ask).rows for table in everything)  # type: ignore[attr-defined]
    assert (routes[0].cyclists, od[0].cyclists, travels[0].n) == (20, 20, 20)
    add_mark(street.database, marked(0, 900, "B"))
    routes, od, travels = (table(street.database, ask).rows for table in everything)  # type: ignore[attr-defined]
    assert not routes
    assert not travels
    assert (od[0].cyclists, od[0].coverage) == (None, 0.0)


def test_a_mark_stays_in_the_list_with_who_took_it_back(street: FlowStore) -> None:
    number = add_mark(street.database, marked(0, 60))
    withdraw_mark(street.database, "street", number, Withdrawal(Said(MORNING + 9, "office"), "a mistake"))
    (one,) = read_marks(street.database, "street")
    assert one.withdrawn == Withdrawal(Said(MORNING + 9, "office"), "a mistake")
    assert counts(street)[0] == (20, 1.0)
    with pytest.raises(UsageError, match="withdrawn before"):
        withdraw_mark(street.database, "street", number, Withdrawal(SOMEBODY, "again"))
    with pytest.raises(UsageError, match="has no mark 77"):
        withdraw_mark(street.database, "street", 77, Withdrawal(SOMEBODY, "no"))


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (marked(60, 60), "the marked time is empty"),
        (marked(0, 60, "Z"), "no camera 'Z' in the database; it has A, B"),
        (marked(0, 60, reason="because"), "'because' is no reason of a mark"),
        (Mark("street", "A", 0, 60, "event", "", Said(0, " ")), "the role is missing"),
    ],
)
def test_a_mark_that_cannot_be_is_one_sentence(sqlite_store: FlowStore, mark: Mark, sentence: str) -> None:
    watched = [(MORNING, MORNING + 900)]
    write_run(sqlite_store, [], {"A": watched, "B": watched})
    with pytest.raises(UsageError, match=sentence):
        add_mark(sqlite_store.database, mark)


def check(factor: float, start: float, end: float | None = None, weight: float = 1000.0) -> SpotCheck:
    """A check whose factor is known well; beginning and end are seconds behind the morning."""
    rates = (weight, 0.5, weight * (factor - 1) + 0.5)
    camera = CheckedCamera("A", 9, 540.0, 100, 100, 100, *rates, factor, factor - 0.1, factor + 0.1)
    until = None if end is None else MORNING + end
    return SpotCheck("street", SOMEBODY, "file", None, 2.0, MORNING + start, until, (camera,))


def expected(store: FlowStore, interval: Interval = Interval.QUARTER) -> list[tuple[float | None, str]]:
    rows = corrected_counts(store.database, Query(interval, cameras=("A",))).rows
    return [(None if row.expected is None else round(row.expected, 1), row.checks) for row in rows]


def test_the_newest_check_of_a_time_corrects_it_and_the_raw_count_stays(street: FlowStore) -> None:
    assert expected(street)[0] == (None, "")
    keep_check(street.database, check(1.2, 0))
    assert expected(street)[0] == (24.0, "1")
    second = keep_check(street.database, check(1.5, 0, 900))
    assert expected(street)[:2] == [(30.0, "2"), (0.0, "1")]
    row = corrected_counts(street.database, Query(Interval.QUARTER, cameras=("A",))).rows[0]
    assert row.cyclists == 20
    assert row.low is not None
    assert row.high is not None
    assert 20 <= row.low < 30 < row.high
    withdraw_check(street.database, "street", second, Withdrawal(SOMEBODY, "wrong camera"))
    assert expected(street)[0] == (24.0, "1")
    assert [one.withdrawn is None for one in read_checks(street.database, "street")] == [True, False]


def test_a_row_over_two_checks_is_the_sum_of_its_parts(street: FlowStore) -> None:
    keep_check(street.database, check(1.5, 0, 450))
    keep_check(street.database, check(1.2, 450))
    within = sum(1 for place in range(20) if 40.001 * place < 450)
    ((total, used),) = expected(street, Interval.TOTAL)
    assert used == "1+2"
    assert total == pytest.approx(1.5 * within + 1.2 * (20 - within), abs=0.2)


def test_a_row_of_which_a_part_has_no_check_is_not_corrected(street: FlowStore) -> None:
    keep_check(street.database, check(1.5, 450))
    assert expected(street)[0][0] is None
    assert expected(street)[1] == (0.0, "1")


def test_a_vague_check_widens_the_interval(sqlite_store: FlowStore) -> None:
    watched = [(MORNING, MORNING + 900)]
    write_run(sqlite_store, rides_of({"A": 100}), {"A": watched}, describe(cameras="A"))
    widths = []
    for weight in (1000.0, 20.0):
        keep_check(sqlite_store.database, check(1.2, 0, weight=weight))
        (row,) = corrected_counts(sqlite_store.database, Query(Interval.TOTAL)).rows
        widths.append((row.high or 0) - (row.low or 0))
    assert widths[1] > 1.5 * widths[0]


def test_all_directions_together_are_corrected_as_one(street: FlowStore) -> None:
    keep_check(street.database, check(1.2, 0))
    rows = corrected_counts(street.database, Query(Interval.TOTAL), together=True).rows
    assert [(row.camera, row.direction, row.cyclists) for row in rows] == [("A", "all", 20), ("B", "all", 20)]
    assert [row.expected is None for row in rows] == [False, True]
    assert rows[0].interval_start == datetime.fromtimestamp(MORNING, UTC)
