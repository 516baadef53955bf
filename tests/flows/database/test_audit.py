"""A database on a server is held against the same rules as a file."""

import time

from flows.database import FlowStore, audit_database
from tests.flows.written import MORNING, describe, rides_of, seen, write_run


def findings(store: FlowStore, now: float) -> str:
    return "\n".join(one for check in audit_database(store.database, now) for one in check.findings)


def test_a_complete_run_is_clean_and_one_at_work_too(store: FlowStore) -> None:
    write_run(store, rides_of({"A>B": 3}), {"A": [], "B": []})
    assert findings(store, time.time()) == ""
    run_id = store.begin_run(describe("another")).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    assert findings(store, time.time()) == ""


def test_an_interrupted_run_is_found_when_its_time_is_over(store: FlowStore) -> None:
    run_id = store.begin_run(describe()).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    found = findings(store, time.time() + 1210)
    assert f"1 embeddings of run {run_id} are older" in found
    assert "was interrupted and never taken up again" in found


def test_a_live_run_ages_by_the_wall_clock(store: FlowStore) -> None:
    run_id = store.begin_run(describe(live=True)).run_id
    now = time.time()
    store.save_progress(run_id, "A", [seen(run_id, "A", now - 1300), seen(run_id, "A", now)], [], "1")
    assert f"1 embeddings of run {run_id} are older" in findings(store, now)


def test_a_gallery_in_the_servers_log_is_found(postgresql_url: str) -> None:
    store = FlowStore.open(postgresql_url)
    with store.database.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE gallery SET LOGGED")
    found = findings(store, time.time())
    store.close()
    assert "written to the server's log" in found


def test_pages_of_deleted_rows_on_a_server_are_found(postgresql_url: str) -> None:
    store = FlowStore.open(postgresql_url)
    run_id = store.begin_run(describe()).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [], "1")
    with store.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM gallery")
    before = findings(store, time.time())
    store.scrub()
    after = findings(store, time.time())
    store.close()
    assert "table gallery is empty, but its file still has 8192 bytes" in before
    assert after == ""
