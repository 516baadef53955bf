"""A run that reads more sources than it began with."""

from dataclasses import replace

import pytest

from flows.database import Account, FlowStore, Footage, RunDescription, SourceProgress
from tests.flows.written import MORNING, describe
from tracking.errors import DatabaseError


def of_camera_a(*footage: Footage) -> RunDescription:
    described = describe(cameras="AB")
    return replace(
        described, cameras=(replace(described.cameras[0], footage=footage), *described.cameras[1:])
    )


def test_sources_are_added_and_one_that_grew_is_counted_on(store: FlowStore) -> None:
    run_id = store.begin_run(of_camera_a(Footage("one", "early"))).run_id
    ended = SourceProgress("one", "early", MORNING, MORNING + 10, 100, True)
    store.save_progress(run_id, "A", (), (), "", Account((ended,)))

    store.extend_run(run_id, of_camera_a(Footage("one", "grown"), Footage("two", "fresh")))

    held = {(one.name, one.digest, one.end, one.complete) for one in store.ledger("street").sources}
    assert held == {("one", "grown", MORNING + 10, False), ("two", "fresh", None, False)}
    store.extend_run(run_id, of_camera_a(Footage("one", "grown"), Footage("two", "fresh")))
    assert {one.name for one in store.ledger("street").sources} == {"one", "two"}
    assert len(store.ledger("street").sources) == 2


def test_a_finished_run_takes_no_more(store: FlowStore) -> None:
    run_id = store.begin_run(of_camera_a(Footage("one", "early"))).run_id
    store.keep_waiting(run_id)
    store.finish_run(run_id)
    with pytest.raises(DatabaseError, match="no unfinished run"):
        store.extend_run(run_id, of_camera_a(Footage("two", "fresh")))
    with pytest.raises(DatabaseError, match="no unfinished run"):
        store.keep_waiting(run_id)
