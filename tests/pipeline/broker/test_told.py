"""Which counts a broker is told, and when."""

import json

import pytest

from flows.database import FlowStore, Publication
from pipeline.broker import Counts
from tests.flows.written import MORNING, describe, seen
from tests.pipeline.broker.street import Street
from tracking.errors import UsageError


def told(counts: Counts) -> list[tuple[str, str, int | None]]:
    """Camera, end of interval and number of all news, which the broker has then."""
    found = []
    for message in counts.fresh():
        said = json.loads(message.payload)
        assert message.topic == f"fietsflow/street/counts/{said['camera']}/{said['direction']}"
        found.append((said["camera"], said["interval_end"][11:16], said["cyclists"]))
        counts.done(message)
    return found


def test_an_interval_is_told_when_it_is_whole_and_once(store: FlowStore) -> None:
    street = Street(store)
    counts = Counts(store.database)
    assert told(counts) == []
    street.come(890, ("A", 10), ("A", 20))
    assert told(counts) == [], "the first quarter is not over"
    street.come(910, ("B", 905))
    assert told(counts) == [("A", "07:15", 2), ("B", "07:15", 0)]
    assert told(counts) == []
    street.come(2710, ("A", 1000))
    assert told(counts) == [("A", "07:30", 1), ("B", "07:30", 1), ("A", "07:45", 0), ("B", "07:45", 0)]
    assert told(counts) == []


def test_who_begins_late_tells_the_newest_alone(store: FlowStore) -> None:
    Street(store).come(2710, ("A", 10))
    assert [end for _, end, _ in told(Counts(store.database))] == ["07:45", "07:45"]


def test_a_number_that_changes_is_told_again(store: FlowStore) -> None:
    street = Street(store)
    counts = Counts(store.database)
    street.come(910, ("A", 10))
    told(counts)
    street.come(920, ("A", 30))
    assert told(counts) == [("A", "07:15", 2)]
    counts.say_again()
    assert told(counts) == [("A", "07:15", 2), ("B", "07:15", 0)]


def test_what_the_broker_did_not_take_is_told_later(store: FlowStore) -> None:
    street = Street(store)
    counts = Counts(store.database)
    street.come(910, ("A", 10))
    told(counts)
    street.come(1810)
    first, *_ = counts.fresh()
    counts.done(first)
    street.come(2710)
    assert [end for _, end, _ in told(counts)] == ["07:30", "07:45", "07:45"]


def test_time_that_nobody_watched_is_no_zero(store: FlowStore) -> None:
    street = Street(store)
    street.come(400, ("A", 10))
    street.store.save_progress(street.run, "B", [], [(MORNING, MORNING + 1810)], "on the way")
    street.store.save_matching(street.run, MORNING + 1800, (), (), forget_before=MORNING)
    assert told(Counts(store.database)) == [("A", "07:30", None), ("B", "07:30", 0)]


def test_no_interval_is_shorter_than_the_site_publishes(store: FlowStore) -> None:
    Street(store, publication=Publication(5, "1h")).come(3700, ("A", 10), ("A", 1000))
    assert told(Counts(store.database)) == [("A", "08:00", 2), ("B", "08:00", 0)]
    with pytest.raises(UsageError, match="site street publishes intervals of 1h or longer"):
        Counts(store.database, interval="15min")
    with pytest.raises(UsageError, match="not known; give 15min, 1h, 1d"):
        Counts(store.database, interval="5min")
    assert Counts(store.database, interval="1d").fresh() == []


def test_a_site_that_publishes_totals_only_is_refused(store: FlowStore) -> None:
    Street(store, publication=Publication(5, "total"))
    with pytest.raises(UsageError, match="publishes no intervals"):
        Counts(store.database)


@pytest.mark.parametrize("prefix", ["", "/", "a/+", "a#", "$SYS"])
def test_a_topic_that_cannot_begin_one_is_refused(store: FlowStore, prefix: str) -> None:
    Street(store)
    with pytest.raises(UsageError, match="--topic"):
        Counts(store.database, prefix=prefix)


def test_names_are_one_level_each(store: FlowStore) -> None:
    run = store.begin_run(describe(cameras="A", site="a/b+#c")).run_id
    riders = [seen(run, "A", MORNING + 10, direction="left/#")]
    store.save_progress(run, "A", riders, [(MORNING, MORNING + 950)], "on the way")
    store.save_matching(run, MORNING + 950, (), (), forget_before=MORNING)
    (message,) = Counts(store.database, prefix="/city/").fresh()
    assert message.topic == "city/a%2Fb%2B%23c/counts/A/left%2F%23"
    assert json.loads(message.payload)["site"] == "a/b+#c"
