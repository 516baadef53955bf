"""Turns what the database drivers raise into one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tracking.errors import DatabaseError

_SQLITE = {
    "SQLITE_BUSY": "is locked by another program; wait until that has finished and try again",
    "SQLITE_LOCKED": "is locked by another program; wait until that has finished and try again",
    "SQLITE_FULL": "cannot grow, the disk is full; free some space and run the same command again",
    "SQLITE_READONLY": "is read-only; make the file and its folder writable or name another file",
    "SQLITE_CANTOPEN": "cannot be opened; its folder must exist and be writable",
    "SQLITE_PERM": "cannot be opened; you lack the permission for it",
    "SQLITE_AUTH": "cannot be opened; you lack the permission for it",
    "SQLITE_CORRUPT": "is damaged; restore a copy or name another file",
    "SQLITE_NOTADB": "is not an SQLite database; name another file",
    "SQLITE_IOERR": "cannot be read or written, the disk reports an error or is full",
}
_SQLSTATE = {
    "28P01": "refuses the user name or password",
    "28000": "refuses the user name or password",
    "3D000": "does not exist on the server; create it first (createdb)",
    "25006": "is read-only; connect to the primary server",
    "42501": "refuses the access; the user needs the right to create and write tables there",
    "53100": "cannot grow, the disk of the server is full",
    "53300": "takes no more connections; try again later",
    "55P03": "is locked by another program; try again when that has finished",
    "57014": "was too busy to answer in time",
    "57P01": "was shut down; start the server and run the same command again",
    "57P02": "crashed; it comes back by itself, or start the server",
    "57P03": "is starting up or shutting down; try again in a moment",
}
_CONNECTION_LOST = "08"
_SHUT_DOWN = frozenset({"57P01", "57P02", "57P03"})
_CONNECTING = (
    ("password", "refuses the user name or password"),
    ("does not exist", "does not exist on the server, or its user does not"),
    ("starting up", "is starting up; try again in a moment"),
)


class ServerAwayError(DatabaseError):
    """A server that does not answer, or ended the connection, and may be back in a moment."""


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Raise the failures of the database inside the block as one sentence.

    Args:
        name: What to call the database; without credentials.

    Raises:
        DatabaseError: The database could not be reached, read or written.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseError(f"database {name} has no free connection; try again later") from error
    except DBAPIError as error:
        kind = ServerAwayError if _is_away(error) else DatabaseError
        raise kind(f"database {name} {_reason(error.orig)}") from error
    except sqlite3.Error as error:
        raise DatabaseError(f"database {name} {_reason(error)}") from error


def _is_away(error: DBAPIError) -> bool:
    """Whether the same may work when the server is back; a refused password will not."""
    if isinstance(error.orig, sqlite3.Error):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state.startswith(_CONNECTION_LOST) or state in _SHUT_DOWN
    told = str(error.orig).lower()
    refused = any(word in told for word, text in _CONNECTING if "starting up" not in word)
    return error.connection_invalidated or (isinstance(error, OperationalError) and not refused)


def _reason(cause: BaseException | None) -> str:
    code = getattr(cause, "sqlite_errorname", None)
    if code is not None:
        found = [text for prefix, text in _SQLITE.items() if code.startswith(prefix)]
        return found[0] if found else f"reports an error ({code}: {cause})"
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return _SQLSTATE.get(state, f"reports an error ({state}: {_first_line(cause)})")
    # libpq reports a refused connection without a code; its text may quote the user, so it is not repeated.
    message = str(cause).lower()
    found = [text for word, text in _CONNECTING if word in message]
    return found[0] if found else "cannot be reached; check that the server runs and its address is right"


def _first_line(cause: BaseException | None) -> str:
    return str(cause).partition("\n")[0]
