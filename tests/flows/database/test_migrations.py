"""Migrations: from nothing to the schema of the program, once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import flows.database
from flows.database import DatabaseAddress, FlowStore, find_revision
from flows.database.connection import Database
from flows.database.schema import REVISIONS, VERSION_TABLE, metadata
from flows.database.upgrade import upgrade_schema
from flows.database.views import VIEWS
from tracking.errors import DatabaseError

OPEN = "import sys; from flows.database import FlowStore; FlowStore.open(sys.argv[1]).close()"


def test_the_program_knows_exactly_the_migrations_it_brings() -> None:
    folder = Path(flows.database.__file__).parent / "migrations"
    found = [script.revision for script in ScriptDirectory(str(folder)).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_migrations_lead_to_the_tables_of_the_program(store: FlowStore) -> None:
    with store.database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(connection).get_table_names())
        views = set(inspect(connection).get_view_names())
    assert names == set(metadata.tables) | {VERSION_TABLE}
    assert views == set(VIEWS)


def test_a_fresh_database_is_at_the_newest_revision(url: str) -> None:
    address = DatabaseAddress.parse(url)
    assert find_revision(address) is None
    FlowStore.open(url).close()
    assert find_revision(address) == REVISIONS[-1]


def test_upgrading_again_keeps_everything(url: str) -> None:
    FlowStore.open(url).close()
    database = Database.connect(DatabaseAddress.parse(url), "rw")
    for _ in range(2):
        with database.transaction() as connection:
            upgrade_schema(connection)
    with database.transaction() as connection:
        assert set(inspect(connection).get_view_names()) == set(VIEWS)
    database.close()


def test_a_failed_upgrade_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.database.upgrade.view_definition", lambda name, dialect: "SELECT FROM WHERE")
    with pytest.raises(DatabaseError, match="reports an error"):
        FlowStore.open(url)
    assert find_revision(DatabaseAddress.parse(url)) is None


def test_programs_that_start_together_create_one_schema(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    complaints = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], complaints
    FlowStore.open_for_reading(url).close()
