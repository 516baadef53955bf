"""Rows go to a database in one piece, whatever is among them."""

from dataclasses import replace

from sqlalchemy import text

from flows.database import FlowStore
from tests.flows.written import MORNING, describe, seen


def test_of_passages_with_the_same_id_the_last_one_stays(store: FlowStore) -> None:
    run_id = store.begin_run(describe(cameras="A")).run_id
    one, other = seen(run_id, "A", MORNING), seen(run_id, "A", MORNING + 5)
    passages = [one, other, replace(one, direction="back", embedding=None)]
    store.save_progress(run_id, "A", passages, [(MORNING, MORNING + 60)], "here")
    with store.database.transaction() as connection:
        ways = connection.execute(text("SELECT direction FROM sighting ORDER BY enter_time")).scalars().all()
        counted = connection.execute(text("SELECT direction, cyclists FROM seen ORDER BY direction")).all()
    assert ways == ["back", "left"]
    assert [tuple(row) for row in counted] == [("back", 1), ("left", 1)]
