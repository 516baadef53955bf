"""Databases that are not ours are recognised and left as they were."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from flows.database import FlowStore
from flows.database.schema import APPLICATION_ID, VERSION_TABLE
from tracking.errors import DatabaseError, UsageError


def text_file(path: Path) -> None:
    path.write_text("site: groningen\n", encoding="utf-8")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (title TEXT)")


def foreign_with_alembic(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE camera (lens TEXT)")


def foreign_with_write_ahead_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE bookmarks (title TEXT)")


def foreign_but_empty(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA application_id = 42")


def marked_without_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE site (name TEXT)")


def version_table_is_empty(path: Path) -> None:
    FlowStore.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DELETE FROM {VERSION_TABLE}")


def newer(path: Path) -> None:
    FlowStore.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '0099'")


def cut_short(path: Path) -> None:
    FlowStore.open(str(path)).close()
    path.write_bytes(path.read_bytes()[:5000])


def header_only(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"garbage" * 500)


@pytest.mark.parametrize("opening", [FlowStore.open, FlowStore.open_for_reading])
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (text_file, "is not an SQLite database"),
        (foreign, "belongs to another program"),
        (foreign_with_alembic, "belongs to another program"),
        (foreign_with_write_ahead_log, "belongs to another program"),
        (foreign_but_empty, "belongs to another program"),
        (marked_without_version, "belongs to another program"),
        (version_table_is_empty, "holds no schema version"),
        (newer, r"newer version of this program \(schema 0099"),
        (cut_short, "is damaged"),
        (header_only, "is not an SQLite database|is damaged"),
    ],
)
def test_a_file_that_is_not_ours_is_left_as_it_was(
    tmp_path: Path, make: Callable[[Path], None], message: str, opening: Callable[[str], FlowStore]
) -> None:
    path = tmp_path / "flows.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=message) as caught:
        opening(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["flows.db"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "is a folder; name a file in it"), ("missing/flows.db", "its folder does not exist")],
)
def test_a_path_that_cannot_be_a_database_is_explained(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        FlowStore.open(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_ours(tmp_path: Path) -> None:
    path = tmp_path / "flows.db"
    path.touch()
    FlowStore.open(str(path)).close()
    FlowStore.open_for_reading(str(path)).close()


@pytest.mark.parametrize("make", [lambda path: None, Path.touch])
def test_reading_needs_a_database_and_creates_none(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "flows.db"
    make(path)
    before = list(tmp_path.iterdir())
    with pytest.raises(UsageError, match=r"flows\.db does not exist or is empty"):
        FlowStore.open_for_reading(str(path))
    assert list(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE TABLE bookmarks (title TEXT)"], "belongs to another program"),
        (["CREATE TABLE alembic_version (version_num TEXT)"], "belongs to another program"),
        ([f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)"], "holds no schema version"),
        (
            [
                f"CREATE TABLE {VERSION_TABLE} (version_num TEXT)",
                f"INSERT INTO {VERSION_TABLE} VALUES ('0099')",
            ],
            "newer version of this program",
        ),
    ],
)
def test_a_server_database_that_is_not_ours_gets_no_tables(
    postgresql_url: str, statements: list[str], message: str
) -> None:
    engine = create_engine(postgresql_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    with pytest.raises(DatabaseError, match=message):
        FlowStore.open(postgresql_url)
    with engine.begin() as connection:
        count = connection.execute(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        ).scalar_one()
    engine.dispose()
    assert count == 1
