"""What the database remembers of how a site is published."""

import pytest

from flows.database import FlowStore, Publication, RunState
from flows.statistics import Query, od_matrix, read_sites, route_counts
from tests.flows.written import MORNING, describe, rides_of, write_run

BOTH = frozenset({"min_count", "interval"})
HOUR = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}


def published(store: FlowStore) -> dict[str, tuple[int, str]]:
    return {one.name: (one.min_count, one.interval.value) for one in read_sites(store.database)}


def test_a_new_site_begins_with_what_the_run_says_asked_for_or_not(store: FlowStore) -> None:
    store.begin_run(describe(site="asked", publication=Publication(50, "1h", BOTH)))
    store.begin_run(describe(site="default", publication=Publication(7, "1d")))
    store.begin_run(describe(site="silent"))
    assert published(store) == {"asked": (50, "1h"), "default": (7, "1d"), "silent": (5, "15min")}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ((), (50, "1h")),
        (("min_count",), (20, "1h")),
        (("interval",), (50, "total")),
        (("min_count", "interval"), (20, "total")),
    ],
)
def test_a_default_never_replaces_what_a_site_asked_for(
    store: FlowStore, chosen: tuple[str, ...], expected: tuple[int, str]
) -> None:
    store.begin_run(describe("one", publication=Publication(50, "1h", BOTH)))
    later = store.begin_run(describe("two", publication=Publication(20, "total", frozenset(chosen))))
    assert later.publication_changed is bool(chosen)
    assert published(store) == {"street": expected}


def test_a_complete_run_may_still_be_published_otherwise(store: FlowStore) -> None:
    first = describe(publication=Publication(5, "15min", BOTH))
    run_id = write_run(store, rides_of({"A>B": 6}), HOUR, first)
    assert not store.begin_run(first).publication_changed
    again = store.begin_run(describe(publication=Publication(50, "15min", BOTH)))
    assert (again.run_id, again.state, again.publication_changed) == (run_id, RunState.COMPLETE, True)
    assert published(store) == {"street": (50, "15min")}


def test_every_site_of_a_database_is_published_as_it_asked(store: FlowStore) -> None:
    for name, smallest, interval in (("north", 5, "15min"), ("south", 50, "total")):
        wanted = describe(name, site=name, publication=Publication(smallest, interval, BOTH))
        write_run(store, rides_of({"A>B": 49, "A>C": 50}), HOUR, wanted)
    rows = od_matrix(store.database, Query()).rows
    assert [(row.site, row.destination, row.cyclists) for row in rows] == [
        ("north", "B", 49),
        ("north", "C", 50),
        ("south", "C", 50),
    ]
    assert [(row.interval_end - row.interval_start).seconds for row in rows] == [900, 900, 3600]
    for query, smallest in ((Query(min_count=1), 49), (Query(min_count=51), None)):
        found = [row.cyclists for row in route_counts(store.database, query).rows]
        assert min(found, default=None) == smallest
