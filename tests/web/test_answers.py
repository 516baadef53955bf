"""Answers are remembered while they hold, for those who may see them."""

from pathlib import Path

from flows.database import FlowStore
from flows.statistics import Interval, Query
from tests.flows.written import MORNING, describe, rides_of, write_run
from web.answers import Answers, Policy

WATCHED = {name: [(MORNING, MORNING + 3600)] for name in "ABC"}
ALL = Query(Interval.TOTAL)


def test_nothing_old_is_told_of_a_database_that_has_changed(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "flows.db"))
    write_run(store, rides_of({"A>B": 12}), WATCHED)
    answers = Answers(store.database, Policy())
    told = answers.counts(ALL), answers.od(ALL)
    assert (answers.counts(ALL), answers.od(ALL)) == told
    assert answers.counts(ALL) is told[0]
    later = {name: [(start + 86_400, end + 86_400) for start, end in some] for name, some in WATCHED.items()}
    rides = rides_of({"A>B": 7}, MORNING + 86_400)
    write_run(store, rides, later, describe("tomorrow"))
    assert {row.cyclists for row in answers.od(ALL)} == {19}
    assert sum(row.cyclists or 0 for row in answers.counts(ALL)) == 2 * 19
    store.close()


def test_a_server_that_withholds_nothing_is_no_other_servers_memory(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "flows.db"))
    write_run(store, rides_of({"A>B": 12, "A>C": 3}), WATCHED)
    everything, published = (Answers(store.database, Policy(min_count=least)) for least in (1, 5))
    assert {row.route for row in everything.routes(ALL)} == {"A>B", "A>C"}
    assert {row.route for row in published.routes(ALL)} == {"A>B"}
    # Nor does it help to ask for more in the question.
    assert {row.route for row in published.routes(Query(Interval.TOTAL, min_count=1))} == {"A>B"}
    store.close()
