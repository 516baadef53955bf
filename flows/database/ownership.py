"""Tells our databases from empty ones and from those of other programs, without touching them."""

from pathlib import Path

from sqlalchemy import Connection, text

from flows.database.address import DatabaseAddress
from flows.database.connection import Database, sqlite_connection, untouched
from flows.database.failures import explained
from flows.database.schema import APPLICATION_ID, REVISIONS, VERSION_TABLE
from tracking.errors import DatabaseError

_SQLITE_HEADER = b"SQLite format 3\x00"
_MARK = slice(68, 72)
"""Where SQLite keeps the application id."""
_ADVICE = "name another database"

_SERVER_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
"""Tables and views of the schema in use, without those that extensions such as PostGIS bring."""


def find_revision(address: DatabaseAddress) -> str | None:
    """Read the schema revision of a database, leaving every byte as it is.

    Returns:
        The revision; None where the database is empty or, for SQLite, does not exist yet.

    Raises:
        DatabaseError: It belongs to another program, is damaged, is newer than this program, or cannot be
            reached.
    """
    if address.path is not None:
        return _revision_of_file(address.path, address.name)
    database = Database.connect(address, "ro")
    try:
        with database.transaction() as connection:
            return _revision_on_server(connection, address.name)
    finally:
        database.close()


def is_ours(path: Path) -> bool:
    """Whether a file is an SQLite database that carries this program's mark; it is not opened."""
    with path.open("rb") as file:
        header = file.read(_MARK.stop)
    return header.startswith(_SQLITE_HEADER) and header[_MARK] == APPLICATION_ID.to_bytes(4, "big")


def _revision_of_file(path: Path, name: str) -> str | None:
    if not _looks_like_sqlite(path, name):
        return None
    with explained(name):
        connection = sqlite_connection(path, untouched(path))
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if application == 0 and not tables:
                return None
            if application != APPLICATION_ID or VERSION_TABLE not in tables:
                raise DatabaseError(f"database {name} belongs to another program; {_ADVICE}")
            rows = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()
        finally:
            connection.close()
    return _known([row[0] for row in rows], name)


def _looks_like_sqlite(path: Path, name: str) -> bool:
    """Say whether there is a database to look into; False for nothing or an empty file."""
    try:
        if path.is_dir():
            raise DatabaseError(f"database {name} is a folder; name a file in it, such as {name}/flows.db")
        if not path.exists():
            if not path.absolute().parent.is_dir():
                raise DatabaseError(f"database {name} cannot be created; its folder does not exist")
            return False
        with path.open("rb") as file:
            header = file.read(len(_SQLITE_HEADER))
    except OSError as error:
        raise DatabaseError(f"database {name} cannot be opened: {error.strerror}") from error
    if header and header != _SQLITE_HEADER:
        raise DatabaseError(f"database {name} is not an SQLite database; {_ADVICE}")
    return bool(header)


def _revision_on_server(connection: Connection, name: str) -> str | None:
    tables = set(connection.execute(text(_SERVER_TABLES.replace("::", r"\:\:"))).scalars())
    if not tables:
        return None
    if VERSION_TABLE not in tables:
        raise DatabaseError(f"database {name} belongs to another program; {_ADVICE} or an empty schema")
    revisions = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars()
    return _known(list(revisions), name)


def _known(revisions: list[str], name: str) -> str:
    if len(revisions) != 1:
        raise DatabaseError(f"database {name} is damaged: it holds no schema version; {_ADVICE}")
    if revisions[0] not in REVISIONS:
        raise DatabaseError(
            f"database {name} was written by a newer version of this program (schema {revisions[0]}, "
            f"this version knows up to {REVISIONS[-1]}); install the newer version or {_ADVICE}"
        )
    return revisions[0]
