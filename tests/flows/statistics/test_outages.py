"""When a camera did not watch, and why."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.database import Account, FlowStore, Unobserved
from flows.statistics import Query, observed_times, outages
from flows.statistics.outages import _gaps, _reasons
from flows.statistics.sites import Period
from tests.flows.written import MORNING, describe


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(MORNING + seconds, UTC)


@pytest.fixture
def street(store: FlowStore) -> FlowStore:
    """A watched the first quarter and the last half hour of an hour, B all of it."""
    run = store.begin_run(describe(cameras="AB")).run_id
    unseen = (Unobserved(MORNING + 1000, MORNING + 1300, "frozen"),)
    watched = [(MORNING, MORNING + 900), (MORNING + 1800, MORNING + 3600)]
    store.save_progress(run, "A", [], watched, "end", Account(unobserved=unseen))
    store.save_progress(run, "B", [], [(MORNING, MORNING + 3600)], "end")
    store.finish_run(run)
    return store


def test_a_gap_is_told_with_what_the_footage_said(street: FlowStore) -> None:
    found = outages(street.database, Query())
    assert [(one.camera, one.start, one.end, one.reason) for one in found] == [
        ("A", at(900), at(1000), "no_footage"),
        ("A", at(1000), at(1300), "frozen"),
        ("A", at(1300), at(1800), "no_footage"),
    ]


def test_a_query_cuts_them(street: FlowStore) -> None:
    found = outages(street.database, Query(start=at(1200), end=at(1400)))
    assert [(one.start, one.end) for one in found] == [(at(1200), at(1300)), (at(1300), at(1400))]
    assert outages(street.database, Query(cameras=("B",))) == ()


def test_the_time_of_the_footage_is_known(street: FlowStore) -> None:
    times = observed_times(street.database)
    assert {name: (one.start, one.end) for name, one in times.items()} == {"street": (at(0), at(3600))}


def test_a_site_without_footage_has_no_time(store: FlowStore) -> None:
    store.begin_run(describe())
    assert observed_times(store.database) == {}
    assert outages(store.database, Query()) == ()


_spans = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=8)


@given(watched=_spans, told=_spans)
def test_watched_and_unwatched_time_fill_the_period(
    watched: list[tuple[int, int]], told: list[tuple[int, int]]
) -> None:
    seen = {moment for start, length in watched for moment in range(start, min(start + length, 120))}
    pieces = [(moment, moment + 1) for moment in sorted(seen)]
    reasons = sorted((start, start + length, f"because {at}") for at, (start, length) in enumerate(told))
    parts = [part for gap in _gaps(pieces, Period(0, 120)) for part in _reasons(gap[0], gap[1], reasons)]
    covered = [moment for start, end, _ in parts for moment in range(start, end)]
    assert sorted(covered) == sorted(set(range(120)) - seen)
    for start, end, reason in parts:
        for moment in range(start, end):
            known = {word for left, right, word in reasons if left <= moment < right}
            assert reason in (known or {"no_footage"})
