"""Brings a database to the schema of this program: tables by migration, views from their current text."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from flows.database.schema import APPLICATION_ID
from flows.database.views import VIEWS, view_definition

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITER_LOCK = APPLICATION_ID
"""Key of PostgreSQL's advisory lock that lets one program at a time change the schema or begin a run."""


def upgrade_schema(connection: Connection) -> None:
    """Run the missing migrations and write the views anew, inside the caller's transaction."""
    hold_writer_lock(connection)
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    config = Config(attributes={"connection": connection})
    # Alembic reads its options through configparser, where a percent sign begins a reference.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
    for name in VIEWS:
        definition = view_definition(name, connection.dialect.name)
        connection.execute(text(f"CREATE VIEW {name} AS {definition}".replace(":", r"\:")))
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def hold_writer_lock(connection: Connection) -> None:
    """Wait until no other program changes the schema or begins a run; SQLite has that lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
