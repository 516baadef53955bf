"""One program at a time writes a site; nobody has to clean up after one that died."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.database import FlowStore, site_lock
from flows.database.lock import LOCK_SUFFIX, lock_path
from tests.command_line import pipeline
from tests.flows.written import MORNING, Ride, write_run
from tracking.errors import DatabaseError

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys
from flows.database import FlowStore, site_lock
store = FlowStore.open(sys.argv[1])
with site_lock(store.database, sys.argv[2]):
    print("held", flush=True)
    sys.stdin.readline()
print("freed", flush=True)
sys.stdin.readline()
"""
WITHOUT_RIGHTS = """
import os, sys
from flows.database import FlowStore, site_lock
from tracking.errors import DatabaseError
store = FlowStore.open_for_reading(sys.argv[1])
if os.getuid() == 0:
    os.seteuid(65534)
try:
    with site_lock(store.database, "street"):
        print("held")
except DatabaseError as error:
    print(error)
"""


@contextmanager
def holding(url: str, site: str = "street") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a site."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, site],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def test_a_second_program_is_refused_and_told_who_holds_the_site(store: FlowStore, url: str) -> None:
    with (
        holding(url) as process,
        pytest.raises(DatabaseError) as refused,
        site_lock(store.database, "street"),
    ):
        pytest.fail("two programs hold one site")
    sentence = str(refused.value)
    assert store.database.name in sentence
    assert "site street is being written by" in sentence
    assert f"process {process.pid} on " in sentence
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", sentence)
    assert "wait until that has finished" in sentence
    assert "\n" not in sentence


def test_a_killed_process_holds_nothing(store: FlowStore, url: str) -> None:
    with holding(url) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
        # A server needs a moment to see that its client is gone.
        for _ in range(100):
            try:
                with site_lock(store.database, "street"):
                    return
            except DatabaseError:
                time.sleep(0.1)
    pytest.fail("the lock outlived its process by ten seconds")


def test_a_program_that_ends_its_work_frees_the_site_while_it_lives(store: FlowStore, url: str) -> None:
    with holding(url) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "freed\n"
        with site_lock(store.database, "street"):
            assert process.poll() is None


def test_two_sites_of_a_database_are_written_side_by_side(store: FlowStore, url: str) -> None:
    with holding(url, "street"), holding(url, "bridge"), site_lock(store.database, "harbour"):
        pass


def test_one_process_cannot_hold_a_site_twice(store: FlowStore) -> None:
    with (
        site_lock(store.database, "street"),
        pytest.raises(DatabaseError, match=f"process {os.getpid()} "),
        site_lock(store.database, "street"),
    ):
        pytest.fail("one process holds a site twice")
    with site_lock(store.database, "street"):
        pass


def test_a_failure_under_the_lock_frees_the_site(store: FlowStore, url: str) -> None:
    with pytest.raises(ZeroDivisionError), site_lock(store.database, "street"):
        raise ZeroDivisionError
    with holding(url):
        pass


def test_a_link_to_a_database_leads_to_the_same_lock(sqlite_store: FlowStore, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(tmp_path / "flows.db")
    with (
        holding(str(link)),
        pytest.raises(DatabaseError, match="site street is being written"),
        site_lock(sqlite_store.database, "street"),
    ):
        pytest.fail("a link is another database")


def test_a_folder_that_cannot_be_written_is_told(sqlite_store: FlowStore, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        answer = subprocess.run(
            [sys.executable, "-c", WITHOUT_RIGHTS, str(tmp_path / "flows.db")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        tmp_path.chmod(0o755)
    assert re.match(
        r"database .*flows\.db: site street cannot be locked, .*\.lock cannot be opened or locked: "
        r"Permission denied; make the file and its folder writable",
        answer.stdout,
    )
    assert len(answer.stdout.splitlines()) == 1


def test_something_else_in_the_place_of_the_lock_is_told(sqlite_store: FlowStore, tmp_path: Path) -> None:
    lock_path(tmp_path / "flows.db", "street").mkdir()
    with (
        pytest.raises(DatabaseError, match="site street cannot be locked"),
        site_lock(sqlite_store.database, "street"),
    ):
        pytest.fail("a folder was locked")


def test_the_audit_of_a_folder_does_not_take_the_lock_for_anything(tmp_path: Path) -> None:
    store = FlowStore.open(str(tmp_path / "flows.db"))
    write_run(store, [Ride((("A", MORNING + 5),))], {"A": [(MORNING, MORNING + 60)]})
    with site_lock(store.database, "street"):
        during = pipeline("audit", tmp_path)
    store.close()
    after = pipeline("audit", tmp_path)
    assert list(tmp_path.glob(f"*{LOCK_SUFFIX}"))
    assert (during.code, after.code) == (0, 0), during.out + after.out + after.err


@given(st.text(min_size=1, max_size=100), st.text(min_size=1, max_size=100))
def test_every_site_has_a_file_of_its_own_that_a_disk_can_name(first: str, second: str) -> None:
    database = Path("flows.db")
    found = lock_path(database, first)
    assert found.parent == database.resolve().parent
    assert re.fullmatch(r"flows\.db\.[a-z0-9_-]+\.lock", found.name)
    assert len(found.name) < 100
    assert (first == second) == (found == lock_path(database, second))
