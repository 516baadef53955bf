"""Up to where the numbers of a site are whole."""

from datetime import UTC, datetime

from flows.database import FlowStore
from flows.statistics import read_sites
from flows.statistics.whole import Whole, whole_until
from tests.flows.written import MORNING, describe


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(MORNING + seconds, UTC)


def told(store: FlowStore) -> Whole | None:
    return whole_until(store.database, read_sites(store.database)[0])


def test_a_run_at_work_is_done_with_what_lies_before_its_watermark(store: FlowStore) -> None:
    run = store.begin_run(describe(cameras="AB")).run_id
    assert told(store) is None
    store.save_progress(run, "A", [], [(MORNING, MORNING + 1200)], "on the way")
    assert told(store) is None
    store.save_matching(run, MORNING + 950, (), (), forget_before=MORNING)
    found = told(store)
    assert found == Whole(at(950), at_work=True)
    assert found.holds(at(900))
    assert not found.holds(at(1800))

    store.finish_run(run)
    found = told(store)
    assert found == Whole(at(1200), at_work=False)
    assert found.holds(at(1800))


def test_the_run_that_is_furthest_behind_decides(store: FlowStore) -> None:
    for name, watermark in (("first", 500), ("second", 300)):
        run = store.begin_run(describe(name, cameras="AB")).run_id
        store.save_progress(run, "A", [], [(MORNING + watermark, MORNING + watermark + 90)], "on the way")
        store.save_matching(run, MORNING + watermark, (), (), forget_before=MORNING)
    assert told(store) == Whole(at(300), at_work=True)
