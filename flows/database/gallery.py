"""Embeddings, kept where deleting them leaves nothing: apart from what stays.

SQLite's write-ahead log holds what was deleted for as long as somebody reads, so the embeddings of an SQLite
database lie in a file of their own beside it, which no statistics open, and which is removed with the last
of them. On PostgreSQL they are a table outside the server's log, written anew after deletions.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    LargeBinary,
    MetaData,
    NullPool,
    Table,
    Text,
    and_,
    create_engine,
    delete,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import OperationalError

from flows.database.connection import Database, sqlite_connection
from flows.database.failures import explained
from flows.database.rows import Parameters, upsert
from flows.database.schema import gallery

REWRITE_EVERY_S = 60.0
"""Wall time between two rewritings of PostgreSQL's table while a run goes on."""

LOCK_PATIENCE_MS = 2000
"""How long a rewriting of PostgreSQL's table waits for a program that reads it."""

_LOCK_NOT_AVAILABLE = "55P03"

_PAGE = 16_384
"""Bytes of a page of the file: several embeddings lie on one, none of them across two."""

_CREATE = (
    "CREATE TABLE IF NOT EXISTS gallery (sighting_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, "
    "exit_time INTEGER NOT NULL, embedding BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS gallery_of_run ON gallery (run_id, exit_time)",
    "CREATE TABLE IF NOT EXISTS outgoing (sighting_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, "
    "stored INTEGER NOT NULL, embedding BLOB NOT NULL)",
)

outgoing = Table(
    "outgoing",
    MetaData(),
    Column("sighting_id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
)
"""Embeddings that a centre has not got yet; only the file beside an SQLite database has this table."""

_ANY = "SELECT EXISTS (SELECT 1 FROM gallery) OR EXISTS (SELECT 1 FROM outgoing)"

# Rewrites every row into a new file. VACUUM FULL would keep the rows that the oldest open transaction of
# the server could still see, whatever it reads.
_REWRITE = "ALTER TABLE gallery ALTER COLUMN exit_time TYPE BIGINT USING exit_time + 0"


class Gallery:
    """The embeddings of one database.

    Every method works inside a transaction of the database. Beside SQLite, that transaction's write lock is
    also the lock of the file, so that it can be removed without taking it away from another program.

    Args:
        database: Open for writing, unless embeddings are only counted.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine = _engine_of(database.gallery_path)
        self._rewritten = time.monotonic()
        self._stale = False

    @property
    def lies_beside(self) -> bool:
        """Whether it is a file of its own beside the database, where embeddings may wait for a centre."""
        return self._database.gallery_path is not None

    @property
    def stale(self) -> bool:
        """Whether the server's pages may still hold what was deleted."""
        return self._stale

    def keep(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Store embeddings; kept before the transaction is, so that no sighting is without its own."""
        if rows:
            with self.opened(connection, create=True) as held:
                upsert(held, gallery, rows)

    def embeddings(self, connection: Connection, run_id: str) -> dict[str, bytes]:
        """Read the embeddings of a run: sighting id → little-endian float32."""
        query = select(gallery.c.sighting_id, gallery.c.embedding).where(gallery.c.run_id == run_id)
        with self.opened(connection) as held:
            return {row.sighting_id: row.embedding for row in held.execute(query)}

    def counts(self, connection: Connection) -> dict[str, int]:
        """Count the embeddings of each run that has any."""
        query = select(gallery.c.run_id, func.count()).group_by(gallery.c.run_id)
        with self.opened(connection) as held:
            return {run_id: int(count) for run_id, count in held.execute(query)}

    def oldest(self, connection: Connection) -> dict[str, tuple[int, int]]:
        """Count the embeddings of each run that has any, and find the earliest exit, microseconds."""
        query = select(gallery.c.run_id, func.count(), func.min(gallery.c.exit_time)).group_by(
            gallery.c.run_id
        )
        with self.opened(connection) as held:
            return {run_id: (int(count), int(first)) for run_id, count, first in held.execute(query)}

    def outdated(self, connection: Connection, bound_of: Callable[[str], int]) -> dict[str, int]:
        """Count what `forget` would delete, by run, and delete nothing."""
        with self.opened(connection) as held:
            found = {
                run_id: held.execute(
                    select(func.count()).select_from(gallery).where(_older(run_id, bound_of))
                ).scalar_one()
                for run_id in held.execute(select(gallery.c.run_id).distinct()).scalars().all()
            }
        return {run_id: count for run_id, count in sorted(found.items()) if count}

    def forget(self, connection: Connection, bound_of: Callable[[str], int]) -> int:
        """Delete what is too old.

        Args:
            connection: Of the database.
            bound_of: Run id → the moment, in microseconds, from which its embeddings may stay.

        Returns:
            Number of embeddings deleted.
        """
        with self.opened(connection) as held:
            found = held.execute(select(gallery.c.run_id).distinct()).scalars().all()
            deleted = 0
            for run_id in sorted(found):
                deleted += held.execute(delete(gallery).where(_older(run_id, bound_of))).rowcount
        path = self._database.gallery_path
        if path is not None and path.exists():
            self._shrink(path, deleted)
        elif deleted:
            self._stale = True
        return deleted

    def delete(self, connection: Connection, statement: Delete) -> int:
        """Delete some of what lies beside an SQLite file; return how many those were."""
        with self.opened(connection) as held:
            deleted = int(held.execute(statement).rowcount)
        path = self._database.gallery_path
        if path is not None and path.exists():
            self._shrink(path, deleted)
        return deleted

    def rewrite(self, *, at_once: bool) -> None:
        """Take what was deleted out of the server's pages; an SQLite file is clean already.

        Where another program reads the table and holds it, it stays `stale` until the next time.

        Args:
            at_once: Whoever deleted something; else only what this program did, and now and then.
        """
        recent = time.monotonic() - self._rewritten < REWRITE_EVERY_S
        if self._database.gallery_path is not None or (not at_once and (recent or not self._stale)):
            return
        self._rewritten, self._stale = time.monotonic(), True
        with explained(self._database.name):
            try:
                with self._database.engine.begin() as connection:
                    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_PATIENCE_MS}"))
                    connection.execute(text(_REWRITE))
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                    raise
                return
        self._stale = False

    @contextmanager
    def opened(self, connection: Connection, *, create: bool = False) -> Iterator[Connection]:
        """The connection that leads to the table: the caller's, or one to the file beside the database."""
        path = self._database.gallery_path
        if path is None:
            yield connection
            return
        with explained(str(path)):
            if create:
                # SQLite would create it readable for everybody; its journal takes over the rights.
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with self._engine.begin() as held:
                yield held

    def _shrink(self, path: Path, deleted: int) -> None:
        """Leave no copy that SQLite made when it moved rows between pages, and no file without rows."""
        with explained(str(path)):
            connection = _connect(path)
            try:
                if connection.execute(_ANY).fetchone() == (0,):
                    path.unlink()
                elif deleted:
                    connection.execute("VACUUM")
            finally:
                connection.close()


def _older(run_id: str, bound_of: Callable[[str], int]) -> ColumnElement[bool]:
    return and_(gallery.c.run_id == run_id, gallery.c.exit_time < bound_of(run_id))


def _engine_of(path: Path | None) -> Engine:
    """Connections to the file that is there at their time; every one is closed behind its transaction."""

    def connect() -> sqlite3.Connection:
        return _connect(path if path is not None and path.exists() else None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _connect(path: Path | None) -> sqlite3.Connection:
    """Open the file, or an empty gallery in memory where there is none."""
    if path is not None and not os.access(path, os.W_OK):
        return sqlite_connection(path, "mode=ro")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    if path is not None:
        connection = sqlite_connection(path, "mode=rw")
    for statement in (
        f"PRAGMA page_size = {_PAGE}",
        "PRAGMA secure_delete = ON",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA synchronous = NORMAL",
        *_CREATE,
    ):
        connection.execute(statement)
    return connection
