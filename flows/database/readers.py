"""Roles of a server that may read what is published, and nothing else."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from flows.database.connection import Database
from flows.database.schema import metadata
from flows.database.views import VIEWS
from tracking.errors import UsageError

PUBLISHED = ("camera_counts",)
"""Views whose every row may be published: counts of one camera say nothing about who went where."""
SMALL_CELLS = ("route_counts", "od_matrix", "travel_times")
"""Views with cells of few riders, which `flows.statistics` withholds and SQL does not."""

_EXISTS = "SELECT rolsuper, rolname = current_user AS own FROM pg_roles WHERE rolname = :role"
_READS = "SELECT has_table_privilege(:role, CAST(:table AS regclass), 'SELECT')"
_GRANTED = """
SELECT c.relname, pg_get_userbyid(a.grantee) AS role
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v'
  AND a.privilege_type = 'SELECT' AND a.grantee <> 0 AND a.grantee <> c.relowner
"""


def grant_reader(database: Database, role: str, *, small_cells: bool = False) -> tuple[str, ...]:
    """Let a role read published views; create it where it does not exist, without a password.

    What it was allowed of this program's tables and views before is taken away first, so that the same call
    with other words narrows it too.

    Args:
        database: A server, open for writing.
        role: Its name.
        small_cells: Also views that hold cells of few riders.

    Returns:
        The views that it may read.

    Raises:
        UsageError: The database is a file, or the role may read everything anyway.
        DatabaseError: The user may not create roles, or the server cannot be reached.
    """
    if database.path is not None:
        raise UsageError(
            f"database {database.name} is a file, which knows no roles; show its numbers with: pipeline serve"
        )
    views = PUBLISHED + SMALL_CELLS if small_cells else PUBLISHED
    with database.transaction() as connection:
        name = connection.dialect.identifier_preparer.quote(role)
        known = connection.execute(text(_EXISTS), {"role": role}).one_or_none()
        if known is None:
            _run(connection, f"CREATE ROLE {name} LOGIN")
        elif known.rolsuper or known.own:
            raise UsageError(
                f"role {role} owns or administrates database {database.name} and reads everything; "
                "name another role"
            )
        _narrow(connection, name, views)
        if seen := [table for table in metadata.tables if _reads(connection, role, table)]:
            raise UsageError(
                f"role {role} may read table {seen[0]} by way of another role; name a role of its own"
            )
    return views


def readers_of(connection: Connection) -> list[tuple[str, str]]:
    """Which role may read which view, beside its owner; empty for a file."""
    if connection.dialect.name != "postgresql":
        return []
    return [(row.relname, row.role) for row in connection.execute(text(_GRANTED))]


def let_read(connection: Connection, readers: Iterable[tuple[str, str]]) -> None:
    """Grant again what `readers_of` found, after the views were written anew."""
    quote = connection.dialect.identifier_preparer.quote
    for view, role in readers:
        if view in VIEWS:
            _run(connection, f"GRANT SELECT ON {quote(view)} TO {quote(role)}")


def _narrow(connection: Connection, name: str, views: Sequence[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(connection.execute(text("SELECT current_schema()")).scalar_one())
    everything = ", ".join(quote(one) for one in (*metadata.tables, *VIEWS))
    _run(connection, f"REVOKE ALL ON {everything} FROM {name}")
    # Whoever may create tables beside ours could put one in the place of a view.
    _run(connection, f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    _run(connection, f"GRANT USAGE ON SCHEMA {schema} TO {name}")
    _run(connection, f"GRANT SELECT ON {', '.join(views)} TO {name}")


def _reads(connection: Connection, role: str, table: str) -> bool:
    return bool(connection.execute(text(_READS), {"role": role, "table": table}).scalar_one())


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement.replace(":", r"\:")))
