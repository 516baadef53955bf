"""What was forgotten is on no disk: every byte of every file of the database is searched for it."""

import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from flows.database import DatabaseAddress, FlowStore, RunState
from flows.database.connection import Database
from flows.database.free_pages import free_pages
from flows.database.gallery import Gallery
from flows.database.rollups import tables
from flows.database.views import VIEWS
from flows.values import Sighting
from tests.flows.database.searching import files_of, found_in, pieces_in, pieces_of
from tests.flows.written import MORNING, describe, seen
from tracking.errors import DatabaseError

ROOT = Path(__file__).resolve().parents[3]
TWENTY = [MORNING + 10.0 * number for number in range(20)]
Search = Callable[[Sequence[Sighting]], int]


@pytest.fixture
def found_on_disk(url: str) -> Search:
    """Count the sightings of whose embedding any 32 bytes lie in a file of the database."""
    return lambda sightings: found_in(files_of(url), sightings)


@contextmanager
def reading(store: FlowStore) -> Iterator[None]:
    """A program that began to read before, and does not stop."""
    with store.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sighting").all()
        yield


@contextmanager
def foreign_reader(url: str) -> Iterator[None]:
    store = FlowStore.open_for_reading(url)
    with reading(store):
        yield
    store.close()


def save_twenty(store: FlowStore, gallery_ttl_s: float = 1200.0) -> tuple[str, list[Sighting]]:
    run_id = store.begin_run(describe(gallery_ttl_s=gallery_ttl_s)).run_id
    sightings = [seen(run_id, "A", moment) for moment in TWENTY]
    for one in sightings:
        store.save_progress(run_id, "A", [one], [(MORNING, one.exit_time)], "1")
    return run_id, sightings


def test_a_running_run_forgets_bytes_too(store: FlowStore, found_on_disk: Search) -> None:
    run_id, sightings = save_twenty(store)
    assert found_on_disk(sightings) == 20
    store.save_matching(run_id, TWENTY[-1], [], [], forget_before=TWENTY[15])
    store.purge_expired(time.time())  # A server's pages are cleared once a minute, or when asked to.
    assert found_on_disk(sightings[:15]) == 0
    assert found_on_disk(sightings[15:]) == 5


def test_a_finished_run_leaves_no_byte(store: FlowStore, found_on_disk: Search) -> None:
    run_id, sightings = save_twenty(store)
    store.finish_run(run_id)
    assert found_on_disk(sightings) == 0


def test_a_reader_holds_nothing_back(url: str, store: FlowStore, found_on_disk: Search) -> None:
    run_id, sightings = save_twenty(store)
    with foreign_reader(url):
        began = time.monotonic()
        store.save_matching(run_id, TWENTY[-1], [], [], forget_before=TWENTY[15])
        store.purge_expired(time.time())
        assert found_on_disk(sightings[:15]) == 0
        store.finish_run(run_id)
        took = time.monotonic() - began
        assert found_on_disk(sightings) == 0
    assert took < 10, f"a reader made the run wait {took:.0f} s"


@pytest.mark.parametrize("everything", [False, True])
def test_a_killed_run_is_purged_to_the_last_byte(url: str, found_on_disk: Search, everything: bool) -> None:
    script = (
        "import os, sys; from flows.database import FlowStore; "
        "from tests.flows.database.test_forgetting import save_twenty; "
        "save_twenty(FlowStore.open(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    store = FlowStore.open(url)
    run_id = store.begin_run(describe()).run_id
    sightings = [seen(run_id, "A", moment) for moment in TWENTY]
    assert found_on_disk(sightings) == 20, "a run that may go on needs them"
    deleted = store.purge_all() if everything else store.purge_expired(time.time() + 1201)
    store.scrub()
    left = found_on_disk(sightings)
    store.close()
    assert (deleted, left) == (20, 0)


@pytest.mark.parametrize(("gallery_ttl_s", "kept_for_s"), [(60.0, 1200), (1200.0, 1200), (3600.0, 3600)])
def test_a_run_that_nobody_resumes_forgets_by_the_wall_clock(
    store: FlowStore, found_on_disk: Search, gallery_ttl_s: float, kept_for_s: int
) -> None:
    run_id, sightings = save_twenty(store, gallery_ttl_s)
    assert store.purge_expired(time.time() + kept_for_s - 10) == 0, "a restart is to find them"
    assert store.purge_expired(time.time() + kept_for_s + 10) == 20
    assert found_on_disk(sightings) == 0
    assert len(store.open_sightings(run_id).sightings) == 20, "they stay counted"


def test_progress_keeps_a_run_alive(store: FlowStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id, _ = save_twenty(store)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 1000)
    store.save_progress(run_id, "B", [], [], "1")
    assert store.purge_expired(now + 2000) == 0
    assert store.purge_expired(now + 2300) == 20


def test_a_late_resumed_run_goes_on_and_says_what_it_cannot_link(
    store: FlowStore, caplog: pytest.LogCaptureFixture
) -> None:
    run_id, sightings = save_twenty(store)
    assert store.begin_run(describe()).unlinkable == 0
    store.save_matching(run_id, TWENTY[5], [], [], forget_before=TWENTY[5])
    store.purge_expired(time.time() + 1210)
    again = store.begin_run(describe())
    assert (again.run_id, again.state, again.unlinkable) == (run_id, RunState.RESUMED, 15)
    assert "15 riders seen before that are counted, but cannot be linked" in caplog.text
    later = seen(run_id, "B", TWENTY[-1] + 60)
    store.save_progress(run_id, "B", [later], [], "1")
    state = store.open_sightings(run_id).sightings
    assert [one.camera for one in state if one.embedding is not None] == ["B"]
    assert len(state) == len(sightings) + 1


def test_replacing_a_run_takes_its_embeddings_along(store: FlowStore, found_on_disk: Search) -> None:
    _, sightings = save_twenty(store)
    store.begin_run(describe(), replace=True)
    assert found_on_disk(sightings) == 0


def test_a_crash_before_deleting_is_made_good_on_opening(
    url: str, store: FlowStore, found_on_disk: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, sightings = save_twenty(store)

    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Gallery, "forget", crash)
        with pytest.raises(KeyboardInterrupt):
            store.finish_run(run_id)
    assert found_on_disk(sightings) == 20
    FlowStore.open(url).close()
    assert found_on_disk(sightings) == 0


def test_another_sites_embeddings_are_left_alone(store: FlowStore, found_on_disk: Search) -> None:
    run_id, sightings = save_twenty(store)
    other = store.begin_run(describe(site="another street")).run_id
    own = seen(other, "A", MORNING + 5000)
    store.save_progress(other, "A", [own], [], "1")
    store.finish_run(run_id)
    assert (found_on_disk(sightings), found_on_disk([own])) == (0, 1)
    [kept] = store.open_sightings(other).sightings
    assert np.array_equal(kept.embedding, own.embedding)


def test_the_file_beside_the_database_goes_with_its_last_embedding(sqlite_store: FlowStore) -> None:
    run_id, _ = save_twenty(sqlite_store)
    beside = sqlite_store.database.gallery_path
    assert beside is not None
    assert beside.stat().st_mode & 0o077 == 0, "others may read the embeddings"
    sqlite_store.finish_run(run_id)
    assert not beside.exists()


def test_a_reader_of_the_servers_gallery_is_named_and_purging_finishes(
    postgresql_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.database.gallery.LOCK_PATIENCE_MS", 50)
    store = FlowStore.open(postgresql_url)
    run_id, sightings = save_twenty(store)
    with store.database.engine.connect() as holding, caplog.at_level(logging.WARNING):
        holding.exec_driver_sql("SELECT count(*) FROM gallery").all()
        store.finish_run(run_id)
        assert "pages of table gallery may still hold deleted embeddings" in caplog.text
        assert "pipeline db purge" in caplog.text
        with pytest.raises(DatabaseError, match="pipeline db purge"):
            store.scrub()
    store.scrub()
    left = found_in(files_of(postgresql_url), sightings)
    store.close()
    assert left == 0


def test_an_older_files_embeddings_leave_it_when_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    store = FlowStore.open(str(path))
    store.begin_run(describe())
    store.close()
    marked = os.urandom(64)
    with closing(sqlite3.connect(path)) as connection:
        for view in reversed(VIEWS):
            connection.execute(f"DROP VIEW IF EXISTS {view}")
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for table in (one for one in vars(tables).values() if isinstance(one, Table)):
            connection.execute(f"DROP TABLE {table.name}")
        for name in (
            *("spot_check_camera", "spot_check_stretch", "spot_check_withdrawn", "spot_check"),
            *("mark_withdrawn", "mark", "publication"),
            *("outbox", "outbox_state", "inbox", "withdrawn", "unlinkable", "look_distance"),
        ):
            connection.execute(f"DROP TABLE {name}")
        connection.execute("DROP INDEX sighting_of_text")
        connection.execute("DROP INDEX unobserved_until")
        connection.execute("ALTER TABLE run DROP COLUMN touched")
        connection.execute("UPDATE fietsflow_version SET version_num = '0003'")
        connection.execute("INSERT INTO sighting SELECT 's', run_id, 1, 0, 0, '', 1, 0, 1, 'm' FROM run")
        connection.execute("INSERT INTO gallery SELECT 's', run_id, 0, ? FROM run", (marked,))
        connection.commit()
    assert any(marked in file.read_bytes() for file in tmp_path.iterdir())
    store = FlowStore.open(str(path))
    assert not any(marked in file.read_bytes() for file in tmp_path.iterdir())
    assert store.begin_run(describe()).state is RunState.NEW
    store.close()


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(2, 5)), min_size=1, max_size=8), st.integers())
@settings(max_examples=8, deadline=None)
def test_no_history_of_writing_and_forgetting_leaves_a_copy(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]], seed: int
) -> None:
    """Long embeddings span pages, which SQLite rearranges; rarely it leaves a copy on a page."""
    folder = tmp_path_factory.mktemp("history")
    database = Database.connect(DatabaseAddress.parse(str(folder / "flows.db")), "rwc")
    gallery, dice = Gallery(database), random.Random(seed)
    kept: dict[str, bytes] = {}
    gone: list[bytes] = []
    for added, share in steps:
        fresh = {dice.randbytes(8).hex(): dice.randbytes(dice.choice((64, 2048, 8192))) for _ in range(added)}
        rows = [
            {"sighting_id": name, "run_id": name, "exit_time": 0, "embedding": embedding}
            for name, embedding in fresh.items()
        ]
        with database.transaction() as connection:
            gallery.keep(connection, rows)
        kept |= fresh
        doomed = set(dice.sample(sorted(kept), len(kept) // share))
        with database.transaction() as connection:
            gallery.forget(connection, lambda run_id, doomed=doomed: int(run_id in doomed))
        gone += [kept.pop(name) for name in sorted(doomed)]
        files = [file.read_bytes() for file in folder.iterdir()]
        left = pieces_in(files, (piece for one in gone for piece in pieces_of(one, 97)))
        assert not left, f"{len(left)} pieces of {len(gone)} deleted embeddings are still there"
        assert free_pages(folder / "flows.db-gallery") == 0, "the file was not written anew"
    database.close()
