"""What stands for the migrations in all other tests writes the very schema to which they lead."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from flows.database import Database, DatabaseAddress
from flows.database.schema import REVISIONS, VERSION_TABLE, metadata
from tests.schema_once import SchemaOnce

HERE = "= current_schema()::regnamespace"
EVERYTHING = {
    "sqlite": ("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid", "PRAGMA application_id"),
    "postgresql": (
        "SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default,"
        " is_identity FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 3",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE connamespace {HERE} ORDER BY 1, 2",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
        "SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON tgrelid = c.oid"
        f" WHERE NOT tgisinternal AND relnamespace {HERE} ORDER BY 1",
        f"SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace {HERE} ORDER BY 1",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema() ORDER BY 1",
    ),
}


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Whatever the database holds: definitions, and all rows of all tables."""
    asked = [
        *EVERYTHING[connection.dialect.name],
        *(f"SELECT * FROM {name}" for name in sorted(inspect(connection).get_table_names())),
    ]
    return {one: [tuple(row) for row in connection.execute(text(one.replace(":", r"\:")))] for one in asked}


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.connect(DatabaseAddress.parse(url), "rwc")
    yield opened
    opened.close()


def test_it_says_again_what_the_migrations_said(database: Database, schema_once: SchemaOnce) -> None:
    once, found = SchemaOnce(schema_once.really), []
    for bring in (schema_once.really, once, once):
        with database.engine.connect() as connection:
            bring(connection)
            found.append(everything(connection))
            connection.rollback()
    by_migration, heard, said_again = found
    assert by_migration == heard == said_again
    assert by_migration[f"SELECT * FROM {VERSION_TABLE}"] == [(REVISIONS[-1],)]
    assert sum(question.startswith("SELECT * FROM") for question in by_migration) == len(metadata.tables) + 1


def test_only_an_empty_database_is_spared_the_migrations(database: Database, schema_once: SchemaOnce) -> None:
    migrated = 0

    def really(connection: Connection) -> None:
        nonlocal migrated
        migrated += 1
        schema_once.really(connection)

    once = SchemaOnce(really)
    with database.engine.connect() as connection:
        once(connection)
        connection.rollback()
        once(connection)
        assert migrated == 1
        once(connection)
        assert migrated == 2
        connection.rollback()
