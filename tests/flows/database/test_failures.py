"""What the database drivers raise becomes one sentence without credentials."""

import ctypes
import resource
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flows.database import FlowStore
from tests.flows.written import MORNING, describe, seen
from tracking.errors import DatabaseError, UsageError

ROOT = Path(__file__).resolve().parents[3]
WRITE = """
import sys
from flows.database import FlowStore
from tests.flows.written import MORNING, describe, seen
from tracking.errors import FietsflowError
try:
    store = FlowStore.open(sys.argv[1])
    run_id = store.begin_run(describe()).run_id
    for start in range(0, 4000, 100):
        rows = [seen(run_id, "A", MORNING + start + index) for index in range(100)]
        store.save_progress(run_id, "A", rows, [], str(start + 100))
except FietsflowError as error:
    print(type(error).__name__, error)
"""
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def test_a_locked_file_is_named_after_the_time_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "flows.db"
    FlowStore.open(str(path)).close()
    monkeypatch.setattr("flows.database.connection.BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"flows\.db is locked by another program"):
            FlowStore.open(str(path))


def test_a_full_disk_keeps_what_was_saved_before(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"

    def limit_file_size() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    answer = subprocess.run(
        [sys.executable, "-c", WRITE, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=limit_file_size,
    )
    assert answer.stdout.startswith(f"DatabaseError database {path} cannot")
    assert "full" in answer.stdout
    assert answer.stdout.count("\n") == 1
    store = FlowStore.open(str(path))
    run_id = store.begin_run(describe()).run_id
    saved = int(store.progress(run_id)["A"])
    state = store.open_sightings(run_id)
    store.close()
    assert 0 < saved == len(state.sightings) < 4000


def without_rights_of_root() -> None:
    """Let file permissions stop this process as they stop any user, even where the tests run as root."""
    process_control = ctypes.CDLL(None).prctl
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        process_control(PR_CAPBSET_DROP, capability, 0, 0, 0)


def as_a_user_without_rights(script: str, path: Path) -> str:
    answer = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=without_rights_of_root,
    )
    return answer.stdout


def test_a_read_only_folder_gets_no_database(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    told = as_a_user_without_rights(WRITE, tmp_path / "flows.db")
    tmp_path.chmod(0o755)
    assert told.startswith("DatabaseError"), told
    assert "cannot be opened; its folder must exist and be writable" in told
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_file_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    FlowStore.open(str(path)).close()
    before = path.read_bytes()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    told = as_a_user_without_rights(WRITE, path)
    tmp_path.chmod(0o755)
    assert "is read-only; make the file and its folder writable" in told, told
    assert path.read_bytes() == before


def test_statistics_are_read_from_a_read_only_folder(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    store = FlowStore.open(str(path))
    run_id = store.begin_run(describe()).run_id
    store.save_progress(run_id, "A", [seen(run_id, "A", MORNING)], [(MORNING, MORNING + 9)], "1")
    store.close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    script = (
        "import sys; from flows.database import FlowStore\n"
        "from flows.statistics import Query, camera_counts\n"
        "print(camera_counts(FlowStore.open_for_reading(sys.argv[1]).database, Query()).rows[0].cyclists)"
    )
    told = as_a_user_without_rights(script, path)
    tmp_path.chmod(0o755)
    assert told == "1\n"


def test_a_server_that_is_away_is_told_without_credentials() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(
            DatabaseError, match=rf"postgresql://127\.0\.0\.1:{port}/flows cannot be reached"
        ) as caught:
            FlowStore.open(f"postgresql://bob:s3cret@127.0.0.1:{port}/flows")
    assert "s3cret" not in str(caught.value)
    assert "bob" not in str(caught.value)


@pytest.mark.parametrize(("before", "after"), [("/postgres?", "/nowhere?"), ("postgres:@", "nobody:s3cret@")])
def test_a_missing_server_database_or_user_is_told(postgresql_server: str, before: str, after: str) -> None:
    with pytest.raises(DatabaseError, match="does not exist") as caught:
        FlowStore.open(postgresql_server.replace(before, after))
    assert "s3cret" not in str(caught.value)


def test_the_driver_of_postgresql_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"fietsflow\[postgres\]"):
        FlowStore.open("postgresql://db.city.nl/flows")


def test_a_server_that_stops_in_the_middle_is_told(postgresql_url: str) -> None:
    store, other = FlowStore.open(postgresql_url), FlowStore.open(postgresql_url)

    def work_while_the_server_ends_the_connection() -> None:
        with store.database.transaction() as connection:
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with other.database.transaction() as killer:
                killer.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(DatabaseError, match=r"was shut down|cannot be reached"):
        work_while_the_server_ends_the_connection()
    other.close()
    store.close()
