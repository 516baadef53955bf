"""Connections: SQLite with its pragmas, PostgreSQL with its time-outs, errors in one sentence."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from flows.database.address import DatabaseAddress
from flows.database.comeback import Comeback
from flows.database.failures import explained
from flows.database.rollups import refresh
from tracking.errors import UsageError

BUSY_TIMEOUT_S = 30.0
"""Seconds to wait for another writer of the same SQLite file."""

CONNECT_TIMEOUT_S = 10
"""Seconds to wait for a PostgreSQL server."""

CONNECTIONS, MOST_CONNECTIONS = 2, 15
"""Connections that a program keeps to a server, and has at most: a run needs two (one holds the lock of its
site), the pages one for each question that is being answered."""

RENEW_S = 1800
"""A connection that is older is made anew: firewalls forget quiet ones, credentials change."""

_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Lets this side notice within a minute that the server's machine is gone."""

_CACHE_KIB = 32 * 1024
"""Pages that a writer of an SQLite file keeps: keys of passages come in no order, all over an index."""

_LOG_PAGES = 8_000
"""Pages in SQLite's write-ahead log before it is folded in: a page changed by many transactions goes once."""

Mode = Literal["ro", "rw", "rwc"]
"""How SQLite opens a file: read only, read and write, or create it too."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        engine: SQLAlchemy engine.
        name: What messages call it; without credentials.
        path: The SQLite file; None for a server.
        rolls_up: Whether a transaction brings the roll-ups to what it wrote; the database is open for
            writing, and of this program's schema.
        comeback: What is done when a server was away.
    """

    engine: Engine
    name: str
    path: Path | None = None
    rolls_up: bool = False
    comeback: Comeback = field(default_factory=Comeback, compare=False)

    @property
    def gallery_path(self) -> Path | None:
        """The file beside an SQLite file that holds its embeddings; None where they are a table."""
        return None if self.path is None else self.path.with_name(self.path.name + "-gallery")

    @classmethod
    def connect(cls, address: DatabaseAddress, mode: Mode) -> Self:
        """Prepare connections; the first transaction really connects.

        Raises:
            UsageError: The driver for PostgreSQL is not installed.
        """
        if address.path is not None:
            return cls(_sqlite_engine(address.path, mode), address.name, address.path)
        options = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "fietsflow", **_KEEPALIVE}
        try:
            engine = create_engine(
                address.url,
                connect_args=options,
                pool_pre_ping=True,
                pool_size=CONNECTIONS,
                max_overflow=MOST_CONNECTIONS - CONNECTIONS,
                pool_recycle=RENEW_S,
            )
        except ModuleNotFoundError as error:
            raise UsageError(
                "--database: PostgreSQL needs its driver; install it with pip install 'fietsflow[postgres]'"
            ) from error
        return cls(engine, address.name)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose work is kept as a whole or not at all.

        Raises:
            DatabaseError: The database could not be reached, read or written.
        """
        with explained(self.name), self.engine.begin() as connection:
            yield connection
            if self.rolls_up:
                refresh(connection)

    def truncate_log(self) -> bool:
        """Fold SQLite's write-ahead log into the file, where nobody reads it; wait for nobody.

        Returns:
            Whether the log is empty now; True for a server.
        """
        if self.path is None:
            return True
        with explained(self.name), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY_TIMEOUT_S)}")
            return not busy

    def close(self) -> None:
        """Close every connection; the last one folds SQLite's write-ahead log into the file."""
        self.engine.dispose()


def sqlite_connection(path: Path, options: str) -> sqlite3.Connection:
    """Open an SQLite file.

    Args:
        path: The file.
        options: Of SQLite's URI, such as ``mode=ro``.
    """
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def untouched(path: Path) -> str:
    """Options that read a file without leaving anything beside it.

    Reading a file in WAL mode creates a lock and a log file; without a log nobody writes to it just now, and
    SQLite may take it for unchanging.
    """
    return "mode=ro" if _log_of(path).exists() else "mode=ro&immutable=1"


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _reading(path: Path) -> str:
    """Options that let readers and a writer work side by side, where SQLite may put its lock file."""
    writable = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return "mode=rw" if writable else untouched(path)


def _sqlite_engine(path: Path, mode: Mode) -> Engine:
    def open_connection() -> sqlite3.Connection:
        connection = sqlite_connection(path, _reading(path) if mode == "ro" else f"mode={mode}")
        if mode == "ro":
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
            # Deleted embeddings are overwritten with zeros, not only unlinked from their page.
            connection.execute("PRAGMA secure_delete = ON")
        return connection

    engine = create_engine("sqlite://", creator=open_connection, poolclass=QueuePool)
    # A transaction that will write takes its lock at once: a lock taken later can fail halfway.
    begin = "BEGIN" if mode == "ro" else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
