"""Days that are asked for together say what each says alone, and cost little more than one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from flows.database import FlowStore
from flows.database.review import Mark, Said, add_mark
from flows.publishing import figures_by_day, figures_of, offered_days, publish_day, published_days
from flows.statistics import Query, Site, read_sites
from tests.flows.checked import check
from tests.flows.written import MORNING, Ride, describe, random_rides, write_run

DAY = 86_400.0
MIDNIGHT = MORNING - 7 * 3600
DAYS = [(MIDNIGHT + number * DAY, MIDNIGHT + (number + 1) * DAY) for number in range(6)]


@pytest.fixture
def street(store: FlowStore) -> FlowStore:
    """Six days of four cameras: few ride some ways, a check begins at a noon, an hour is marked."""
    rides = [
        Ride(tuple((camera, at + number * DAY) for camera, at in ride.stops), ride.direction)
        for number in range(5)
        for ride in random_rides(number, 60, 12)
    ]
    watched = {name: [(MIDNIGHT, MIDNIGHT + 6 * DAY)] for name in "ABCD"}
    watched["B"] = [(MIDNIGHT, MIDNIGHT + 2.3 * DAY), (MIDNIGHT + 2.5 * DAY, MIDNIGHT + 6 * DAY)]
    rides = sorted(rides, key=lambda ride: ride.stops[0][1])
    write_run(store, rides, watched, describe(cameras="ABCD", timezone="UTC"))
    check(store.database, "street", {"A": [(12, 10)] * 9, "B": [(6, 5)] * 9}, MIDNIGHT + 1.5 * DAY)
    add_mark(
        store.database,
        Mark("street", "C", MORNING + DAY, MORNING + DAY + 3600, "event", "", Said(MORNING, "office")),
    )
    return store


def site_of(store: FlowStore) -> Site:
    (site,) = read_sites(store.database)
    return site


@contextmanager
def counted_statements(store: FlowStore) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    engine = store.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_each_day_says_the_same_alone_and_among_others(street: FlowStore) -> None:
    site = site_of(street)
    together = figures_by_day(street.database, site, DAYS)
    alone = {start: figures_of(street.database, site, start, end) for start, end in DAYS}
    assert together == alone
    assert len(set(together.values())) == len(DAYS)
    assert any('"od ' in one for one in together.values())
    assert any('"corrected A' in one for one in together.values())


def test_days_with_others_between_them_say_the_same_too(street: FlowStore) -> None:
    site, some = site_of(street), [DAYS[0], DAYS[2], DAYS[3], DAYS[5]]
    together = figures_by_day(street.database, site, some)
    assert together == {start: figures_of(street.database, site, start, end) for start, end in some}


def test_many_published_days_are_few_questions(street: FlowStore) -> None:
    site = site_of(street)
    for day in offered_days(street.database, Query(site="street"), least_coverage=0.5):
        publish_day(street.database, site, day, Said(MORNING, "office"))
    with counted_statements(street) as one:
        (first,) = published_days(street.database, site, *DAYS[0])
    with counted_statements(street) as all_days:
        days = published_days(street.database, site)
    assert (first.changed, len(days)) == ((), len(DAYS))
    assert len(all_days) < 2 * len(one), (len(all_days), len(one))
