"""Brings a database to the schema of this program: tables by migration, all that follows from its text."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from flows.database.outbox.notes import create_notes, drop_notes
from flows.database.readers import let_read, readers_of
from flows.database.rollups import create_triggers, drop_triggers, refresh, touch_everything
from flows.database.schema import APPLICATION_ID
from flows.database.views import VIEWS, view_definition

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITER_LOCK = APPLICATION_ID
"""Key of PostgreSQL's advisory lock that lets one program at a time change the schema or begin a run."""


def upgrade_schema(connection: Connection) -> None:
    """Run the missing migrations; write triggers, roll-ups and views anew, in the caller's transaction."""
    hold_writer_lock(connection)
    readers = readers_of(connection)
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    drop_triggers(connection)
    notes = connection.dialect.name == "sqlite" and _has_notes(connection)
    if notes:
        drop_notes(connection)
    config = Config(attributes={"connection": connection})
    # Alembic reads its options through configparser, where a percent sign begins a reference.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
    write_what_follows(connection)
    if notes:
        create_notes(connection)
    let_read(connection, readers)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def _has_notes(connection: Connection) -> bool:
    """Whether triggers note what a centre has to hear."""
    query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'outbox%')"
    return bool(connection.exec_driver_sql(query).scalar_one())


def write_what_follows(connection: Connection) -> None:
    """Write what follows from the tables and is not migrated: triggers, roll-ups and views."""
    create_triggers(connection)
    touch_everything(connection)
    refresh(connection)
    for name in VIEWS:
        definition = view_definition(name, connection.dialect.name)
        connection.execute(text(f"CREATE VIEW {name} AS {definition}".replace(":", r"\:")))


def hold_writer_lock(connection: Connection) -> None:
    """Wait until no other program changes the schema or begins a run; SQLite has that lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
