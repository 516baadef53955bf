"""Days are published when they are complete, and change afterwards only with a reason."""

import hashlib
import json

import pytest

from flows.database import FlowStore, RunDescription
from flows.database.review import Mark, Said, add_mark, read_publishings
from flows.publishing import OfferedDay, RefusalError, offered_days, publish_day, published_days
from flows.statistics import Query, read_sites
from tests.flows.written import MORNING, describe, rides_of, write_run

MIDNIGHT = MORNING - 7 * 3600
DAY = 86_400.0
SOMEBODY = Said(MORNING, "office")


def utc(fingerprint: str = "one") -> RunDescription:
    return describe(fingerprint, cameras="AB", timezone="UTC")


@pytest.fixture
def street(store: FlowStore) -> FlowStore:
    """A day and a half of A and B; B lacks three hours of the first day."""
    watched = [(MIDNIGHT, MIDNIGHT + 1.5 * DAY)]
    gaps = [(MIDNIGHT, MORNING), (MORNING + 3 * 3600, MIDNIGHT + 1.5 * DAY)]
    write_run(store, rides_of({"A": 30, "A>B": 7}), {"A": watched, "B": gaps}, utc())
    return store


def mark_the_gap(store: FlowStore) -> None:
    add_mark(store.database, Mark("street", "B", MORNING, MORNING + 3 * 3600, "roadworks", "", SOMEBODY))


def days(store: FlowStore) -> tuple[OfferedDay, ...]:
    return offered_days(store.database, Query(site="street"))


def test_only_complete_days_are_offered_and_the_others_say_what_they_lack(street: FlowStore) -> None:
    first, second = days(street)
    assert (first.start, first.end) == (MIDNIGHT, MIDNIGHT + DAY)
    assert tuple(map(str, first.lacking)) == (
        "camera B was watched for 87.5% of it, and nobody has marked why",
    )
    assert str(second.lacking[0]) == "the footage ends before the day does"
    (site,) = read_sites(street.database)
    with pytest.raises(RefusalError, match="2019-10-02 is not complete: camera B"):
        publish_day(street.database, site, first, SOMEBODY)
    mark_the_gap(street)
    assert days(street)[0].complete


def test_what_was_published_is_kept_and_changes_only_with_a_reason(street: FlowStore) -> None:
    mark_the_gap(street)
    (site,) = read_sites(street.database)
    made = publish_day(street.database, site, days(street)[0], SOMEBODY)
    assert made is not None
    assert made.digest == hashlib.sha256(made.figures.encode()).hexdigest()
    assert publish_day(street.database, site, days(street)[0], SOMEBODY) is None
    (before,) = published_days(street.database, site)
    assert (before.times, before.changed) == (1, ())

    add_mark(street.database, Mark("street", "A", MORNING, MORNING + 3600, "event", "", SOMEBODY))
    (after,) = published_days(street.database, site)
    assert after.latest == before.latest
    told = {one.what: (one.published, one.today) for one in after.changed}
    assert told["counts A left 2019-10-02 07:00:00"] == (37, None)
    with pytest.raises(RefusalError, match=r"published with other numbers \(\d+ differ\)"):
        publish_day(street.database, site, days(street)[0], SOMEBODY)
    again = publish_day(street.database, site, days(street)[0], SOMEBODY, "an event was forgotten")
    assert again is not None
    kept = read_publishings(street.database, "street")
    assert [one.reason for one in kept] == [None, "an event was forgotten"]
    assert kept[0].figures == made.figures
    (now,) = published_days(street.database, site)
    assert (now.times, now.changed) == (2, ())


def test_small_cells_are_withheld_in_what_is_published_too(sqlite_store: FlowStore) -> None:
    watched = [(MIDNIGHT, MIDNIGHT + DAY)]
    write_run(sqlite_store, rides_of({"A>B": 7, "B>A": 3}), {"A": watched, "B": watched}, utc())
    (site,) = read_sites(sqlite_store.database)
    made = publish_day(sqlite_store.database, site, days(sqlite_store)[0], SOMEBODY)
    assert made is not None
    told = json.loads(made.figures)
    assert told["od A>B"] == 7
    assert "od B>A" not in told
    assert made.min_count == 5


def test_a_day_that_a_run_has_not_closed_is_not_offered(sqlite_store: FlowStore) -> None:
    watched = [(MIDNIGHT, MIDNIGHT + DAY)]
    write_run(sqlite_store, rides_of({"A": 9}), {"A": watched, "B": watched}, utc())
    assert days(sqlite_store)[0].complete
    run = sqlite_store.begin_run(utc("two")).run_id
    (lacking,) = days(sqlite_store)[0].lacking
    assert str(lacking) == f"run {run[:8]} is not finished and has not come to its end"
