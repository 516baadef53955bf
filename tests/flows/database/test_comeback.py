"""A PostgreSQL server that is stopped and started in the middle of a run."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.database import FlowStore, site_lock
from flows.database import comeback as patience
from flows.database.failures import ServerAwayError
from tests.flows.written import MORNING, describe, journey_of, seen
from tracking.errors import DatabaseError

END_OF_LOCKS = """
SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
"""


class OwnServer:
    """A PostgreSQL server that a test may stop and start."""

    def __init__(self, server: Any, control: Any) -> None:
        self._server, self._control = server, control
        self.url: str = server.get_uri()
        self._socket = self.url.rpartition("host=")[2]

    def stop(self, how: str = "immediate") -> None:
        self._run("-m", how, "-w", "stop")

    def start(self) -> None:
        log = str(Path(self._server.pgdata) / "log")
        self._run("-w", "-o", '-h ""', "-o", f"-k {self._socket}", "-l", log, "start")

    def _run(self, *arguments: str) -> None:
        self._control(list(arguments), pgdata=self._server.pgdata, user=self._server.system_user, timeout=60)


@pytest.fixture
def server() -> Iterator[OwnServer]:
    pgserver = pytest.importorskip("pgserver", reason="pgserver brings the PostgreSQL server of the tests")
    with tempfile.TemporaryDirectory(prefix="restarted") as folder:
        own = pgserver.get_server(folder)
        yield OwnServer(own, pgserver.pg_ctl)
        own.cleanup()


def write(store: FlowStore, run_id: str, number: int) -> None:
    """Save the next ten seconds of a run, as a runner does."""
    at = MORNING + 10.0 * number
    one = seen(run_id, "A", at)
    store.save_progress(run_id, "A", [one], [(at, at + 10)], str(number))
    store.save_matching(run_id, at, [], [journey_of([one])], forget_before=at)


def test_a_server_that_is_restarted_in_mid_run_loses_and_doubles_nothing(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 60.0)
    store = FlowStore.open(server.url)
    waited: list[float] = []
    store.database.comeback.waiting.append(lambda: waited.append(time.monotonic()))
    with site_lock(store.database, "street"):
        run_id = store.begin_run(describe(cameras="A")).run_id
        write(store, run_id, 0)
        server.stop()
        back = threading.Timer(0.8, server.start)
        back.start()
        write(store, run_id, 1)
        back.join()
        write(store, run_id, 2)
        assert waited, "nobody was told that the run waits"
        assert ["waiting for it" in line or "is back" in line for line in caplog.messages] == [True, True]
        other = FlowStore.open(server.url)
        with pytest.raises(DatabaseError, match="is being written by"), site_lock(other.database, "street"):
            pytest.fail("two programs write the site")
        other.close()
        store.finish_run(run_id)
    with store.database.transaction() as connection:
        times = connection.exec_driver_sql("SELECT enter_time FROM sighting ORDER BY 1").scalars().all()
        covered = connection.exec_driver_sql("SELECT start_time, end_time FROM coverage").all()
        journeys = connection.exec_driver_sql("SELECT count(*) FROM journey").scalar_one()
    store.close()
    assert times == [round(1e6 * (MORNING + 10 * number)) for number in range(3)]
    assert [tuple(row) for row in covered] == [(round(1e6 * MORNING), round(1e6 * (MORNING + 30)))]
    assert journeys == 3

    # Nobody waits for ever, and what another program took meanwhile is not taken back.
    monkeypatch.setattr(patience, "PATIENCE_S", 0.3)
    store = FlowStore.open(server.url)
    run_id = store.begin_run(describe("others", cameras="A")).run_id
    server.stop("fast")
    with pytest.raises(ServerAwayError, match=r"cannot be reached|shut down"):
        write(store, run_id, 9)
    store.close()
    server.start()


def test_a_lock_that_another_program_took_meanwhile_ends_the_run(postgresql_url: str) -> None:
    mine, other = FlowStore.open(postgresql_url), FlowStore.open(postgresql_url)
    with site_lock(mine.database, "street"):
        with other.database.transaction() as connection:
            connection.exec_driver_sql(END_OF_LOCKS)
        [regain] = mine.database.comeback.regain
        with site_lock(other.database, "street"), pytest.raises(DatabaseError, match="is being written by"):
            regain()
    mine.close()
    other.close()


def test_a_file_is_never_waited_for(sqlite_url: str) -> None:
    store = FlowStore.open(sqlite_url)
    begin = time.monotonic()
    with pytest.raises(DatabaseError, match="holds no unfinished run"):
        store.finish_run("nothing")
    assert time.monotonic() - begin < 5
    store.close()
