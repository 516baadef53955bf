"""What was found is told again, found once for all who ask at once, and forgotten in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest

from flows.database import FlowStore
from flows.statistics import Interval, Known, Query, camera_counts, od_matrix, route_counts, travel_times
from tests.flows.written import MORNING, rides_of, write_run


def test_who_asks_while_it_is_found_waits_for_it() -> None:
    known, asked, found = Known(), Barrier(9), Event()
    times: list[int] = []

    def find() -> str:
        found.wait(5)
        times.append(1)
        return "answer"

    def ask() -> str:
        asked.wait(5)
        return known.of("question", find, len)

    with ThreadPoolExecutor(8) as people:
        answers = [people.submit(ask) for _ in range(8)]
        asked.wait(5)
        found.set()
        assert {one.result(5) for one in answers} == {"answer"}
    assert len(times) == 1


def test_an_error_is_told_and_not_remembered() -> None:
    known = Known()
    with pytest.raises(ZeroDivisionError):
        known.of("question", lambda: 1 // 0, lambda _: 1)
    assert known.of("question", lambda: 7, lambda _: 1) == 7


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    known, found = Known(most=20), []

    def ask(key: str) -> None:
        known.of(key, lambda: found.append(key) or [0] * 10, len)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert found == ["a", "b", "c", "b"]


def test_large_things_make_way_before_small_ones() -> None:
    known, found = Known(most=1000), list[str]()

    def ask(key: str, size: int) -> None:
        known.of(key, lambda: found.append(key) or [0] * size, len)

    ask("small", 10)
    for key, size in (("year", 600), ("small", 10), ("other year", 600), ("small", 10), ("year", 600)):
        ask(key, size)
    assert found == ["small", "year", "other year", "year"]
    ask("too much", 1001)
    ask("too much", 1001)
    ask("small", 10)
    ask("year", 600)
    assert found[4:] == ["too much", "too much"]


def test_answers_are_the_same_whatever_was_asked_before(sqlite_store: FlowStore) -> None:
    watched = {name: [(MORNING, MORNING + 7200)] for name in "ABC"}
    write_run(sqlite_store, rides_of({"A>B": 12, "A>C": 3, "A>B>C": 6, "B": 6}), watched)
    start = datetime.fromisoformat("2019-10-02T00:00")
    known = Known()
    for ask in (camera_counts, route_counts, od_matrix, travel_times):
        for interval, minutes, cameras, least in (
            (Interval.TOTAL, 1440, (), 5),
            (Interval.TOTAL, 1440, ("A",), 5),
            (Interval.HOUR, 1440, ("C", "B"), 5),
            (Interval.HOUR, 1440, ("C", "B"), 1),
            (Interval.QUARTER, 590, (), 5),
            (Interval.QUARTER, 600, (), 5),
            (Interval.DAY, 1440, (), 1),
        ):
            end = start + timedelta(minutes=minutes)
            query = Query(interval, start, end, cameras=cameras, min_count=least)
            apart = ask(sqlite_store.database, query)
            assert ask(sqlite_store.database, query, known) == apart, query
            assert ask(sqlite_store.database, query, known) == apart, query
