"""One program at a time writes a site: a lock that ends with the process that holds it."""

import json
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from flows.database.connection import Database
from flows.database.failures import explained
from flows.database.schema import site as known_sites
from tracking.errors import DatabaseError

LOCK_SUFFIX = ".lock"
"""Ends the name of the file beside an SQLite database that is locked."""

_NOTE_BYTES = 1000
_PROGRAM = re.compile(r"fietsflow (\d+) (.*)")
"""What the connection that holds a lock on a server calls itself: process and machine."""

_WATCHED = {
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "6",
    "idle_session_timeout": "0",
}
"""Lets a server notice within two minutes that a machine is gone, and never end a quiet run by itself."""

_SETTLE = "SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name"
_HOLDER = """
SELECT activity.application_name, activity.backend_start, held.pid
FROM pg_locks held
JOIN pg_database known ON known.oid = held.database AND known.datname = current_database()
LEFT JOIN pg_stat_activity activity ON activity.pid = held.pid
WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
  AND held.classid = CAST(:high AS oid) AND held.objid = CAST(:low AS oid)
"""


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds a lock, as far as it can be told; ``since`` in seconds since the epoch."""

    process: str
    since: float | None = None

    def __str__(self) -> str:
        if self.since is None:
            return self.process
        return f"{self.process} since {datetime.fromtimestamp(self.since, UTC):%Y-%m-%d %H:%M:%S} UTC"


@contextmanager
def site_lock(database: Database, site: str) -> Iterator[None]:
    """Be the only program that writes a site, for as long as the block takes.

    Nobody has to clean up after a process that died: the operating system, or the server, frees its lock.
    Other sites of the same database are not held up.

    Args:
        database: Open; beside an SQLite file lies the file that is locked.
        site: Name of the site.

    Raises:
        DatabaseError: Another program writes this site, or the lock cannot be had.
    """
    held = _on_server(database, site) if database.path is None else _beside(database, database.path, site)
    with held:
        yield


@contextmanager
def all_sites_locked(database: Database) -> Iterator[None]:
    """Be the only program that writes any site that the database holds, see `site_lock`.

    Raises:
        DatabaseError: Another program writes one of them, or a lock cannot be had.
    """
    with database.transaction() as connection:
        names = list(connection.execute(select(known_sites.c.name).order_by(known_sites.c.name)).scalars())
    with ExitStack() as held:
        for name in names:
            held.enter_context(site_lock(database, name))
        yield


def lock_path(database: Path, site: str) -> Path:
    """The file that is locked for a site of an SQLite database; links to the database lead to the same."""
    readable = re.sub(r"[^a-z0-9_-]+", "-", site.lower())[:40].strip("-")
    digest = blake2b(site.encode(), digest_size=4).hexdigest()
    whole = database.resolve()
    return whole.with_name(f"{whole.name}.{readable or 'site'}-{digest}{LOCK_SUFFIX}")


@contextmanager
def _beside(database: Database, path: Path, site: str) -> Iterator[None]:
    file = lock_path(path, site)
    # A substitute for the system's locks would outlive a process that is killed.
    lock = FileLock(file, timeout=0, fallback_to_soft=False, thread_local=False, on_acquired=_leave_note)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseError(_refusal(database, site, _read_note(file))) from None
    except (OSError, NotImplementedError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DatabaseError(
            f"database {database.name}: site {site} cannot be locked, {file} cannot be opened or locked: "
            f"{reason}; make the file and its folder writable, on a disk that knows file locks"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _leave_note(descriptor: int) -> None:
    """Tell in the locked file who holds it."""
    note = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()})
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, note.encode())


def _read_note(file: Path) -> _Holder:
    try:
        note = json.loads(file.read_bytes()[:_NOTE_BYTES])
        return _Holder(f"process {int(note['pid'])} on {note['host']}", float(note["since"]))
    except (OSError, ValueError, TypeError, KeyError):
        # Written an instant later than the lock was taken.
        return _Holder("another process")


@contextmanager
def _on_server(database: Database, site: str) -> Iterator[None]:
    held = _ServerLock(database, site)
    held.take()
    database.comeback.regain.append(held.take)
    try:
        yield
    finally:
        database.comeback.regain.remove(held.take)
        held.release()


class _ServerLock:
    """The lock of a site, with the connection that holds it; a server that was restarted has forgotten it."""

    def __init__(self, database: Database, site: str) -> None:
        self._database, self._site = database, site
        self._connection: Connection | None = None

    def take(self) -> None:
        """Take the lock, or make sure that it is still held.

        Raises:
            DatabaseError: Another program has it, or the server cannot be reached.
        """
        if self._connection is not None and self._answers(self._connection):
            return
        self.release()
        with explained(self._database.name):
            connection = self._database.engine.connect()
            try:
                # Of its own, and without a transaction: the lock lasts as long as this session.
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.detach()
                _take(self._database, connection, self._site)
            except BaseException:
                connection.close()
                raise
        self._connection = connection

    def release(self) -> None:
        """Give it back, where it is held."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @staticmethod
    def _answers(connection: Connection) -> bool:
        try:
            connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True


def _take(database: Database, connection: Connection, site: str) -> None:
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    digest = blake2b(f"fietsflow\0{schema}\0{site}".encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    name = f"fietsflow {os.getpid()} {socket.gethostname()}"
    for setting, value in {**_WATCHED, "application_name": name}.items():
        connection.execute(text(_SETTLE), {"name": setting, "value": value})
    if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
        return
    high, low = int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big")
    found = connection.execute(text(_HOLDER), {"high": high, "low": low}).first()
    if found is None:
        raise DatabaseError(_refusal(database, site, _Holder("another process")))
    own = _PROGRAM.fullmatch(found.application_name or "")
    process = f"process {own[1]} on {own[2]}" if own else f"process {found.pid} of the server"
    since = None if found.backend_start is None else found.backend_start.timestamp()
    raise DatabaseError(_refusal(database, site, _Holder(process, since)))


def _refusal(database: Database, site: str, holder: _Holder) -> str:
    return (
        f"database {database.name}: site {site} is being written by {holder}; wait until that has finished, "
        "or stop it, and give the same command again"
    )
