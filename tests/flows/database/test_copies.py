"""Copies of a database, made and taken back as docs/operations.md says: the statistics are the same."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from flows.database import DatabaseAddress, FlowStore, find_revision, summarize
from flows.database.schema import REVISIONS
from tests.command_line import pipeline
from tests.flows.database.test_migrations import write_as_the_first_version_did
from tests.flows.written import MORNING, describe, rides_of, seen, write_run

OBSERVED = {camera: [(MORNING, MORNING + 3600)] for camera in "ABC"}


def fill(url: str) -> None:
    """A finished run, and one that is at work and keeps an embedding."""
    store = FlowStore.open(url)
    write_run(store, rides_of({"A>B": 9, "B>C": 7, "A>B>C": 6, "C": 5}), OBSERVED)
    run_id = store.begin_run(describe("at work", cameras="ABC")).run_id
    at = MORNING + 5000
    store.save_progress(run_id, "A", [seen(run_id, "A", at)], [(at, at + 100)], "")
    store.close()


def told(url: str) -> list[str]:
    answers = [
        pipeline("stats", table, "--database", url, "--interval", "1h", "--format", "json")
        for table in ("counts", "routes", "od", "travel-times")
    ]
    assert [one.code for one in answers] == [0] * 4, answers
    return [one.out for one in answers]


def embeddings(url: str) -> int:
    store = FlowStore.open(url, purge=False)
    number = sum(run.embeddings for run in summarize(store.database).runs)
    store.close()
    return number


def test_a_copy_of_a_file_tells_the_same_and_holds_no_embedding(tmp_path: Path) -> None:
    database, copy = tmp_path / "flows.db", tmp_path / "copy.db"
    fill(str(database))
    before = told(str(database))
    assert embeddings(str(database)) == 1
    if shutil.which("sqlite3"):
        subprocess.run(["sqlite3", database, f".backup {copy}"], check=True)
    else:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    restored = tmp_path / "elsewhere" / "flows.db"
    restored.parent.mkdir()
    copy.replace(restored)
    assert told(str(restored)) == before
    assert embeddings(str(restored)) == 0
    assert pipeline("audit", f"sqlite:///{restored}").code == 0


def test_a_dump_of_a_server_tells_the_same_and_holds_no_embedding(
    postgresql_url: str, tmp_path: Path
) -> None:
    pgserver = pytest.importorskip("pgserver")
    programs = Path(pgserver.__file__).parent / "pginstall" / "bin"
    fill(postgresql_url)
    before = told(postgresql_url)
    assert embeddings(postgresql_url) == 1
    dump = tmp_path / "flows.dump"
    subprocess.run(
        [
            programs / "pg_dump",
            *("--format=custom", "--no-owner", "--exclude-table-data=gallery", f"--file={dump}"),
            f"--dbname={postgresql_url}",
        ],
        check=True,
    )
    owner = create_engine(DatabaseAddress.parse(postgresql_url).url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS restored"))
        connection.execute(text("CREATE DATABASE restored"))
    target = make_url(postgresql_url).set(database="restored").render_as_string(hide_password=False)
    try:
        subprocess.run(
            [programs / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={target}", dump], check=True
        )
        assert told(target) == before
        assert embeddings(target) == 0
    finally:
        with owner.connect() as connection:
            connection.execute(text("DROP DATABASE restored WITH (FORCE)"))
        owner.dispose()


def test_the_upgrade_of_an_older_database_keeps_what_was_counted(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_first_version_did(url, monkeypatch)
    refused = pipeline("stats", "counts", "--database", url)
    assert (refused.code, "first run: pipeline db upgrade" in refused.err) == (2, True)
    answer = pipeline("db", "upgrade", "--database", url)
    assert (answer.code, f"schema {REVISIONS[-1]}, upgraded from 0001" in answer.out) == (0, True), answer
    assert find_revision(DatabaseAddress.parse(url)) == REVISIONS[-1]
    assert '"cyclists": 1' in pipeline("stats", "counts", "--database", url, "--format", "json").out
