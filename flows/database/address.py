"""Where the database is: a file or a PostgreSQL server, and a name for it that holds no credentials."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from tracking.addresses import EXAMPLE, without_credentials
from tracking.errors import UsageError

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_MISPLACED = frozenset("@=&")
"""Signs that part of user, password or options was taken for the name of a host or database."""
_EXPECTED = f"write sqlite:///flows.db, a file name, or {EXAMPLE}"


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A parsed database URL.

    Attributes:
        url: SQLAlchemy URL with the driver filled in; may hold a password, never print it.
        path: The SQLite file; None for a server.
        name: What messages and logs call the database; without user, password and options.
    """

    url: URL
    path: Path | None
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a URL, a bare file name, or ``@FILE``: the first line of that file, which keeps a password.

        Raises:
            UsageError: The text is none of them, or names a database we do not support.
        """
        if text.startswith("@"):
            return cls.parse(_kept_in(Path(text[1:])))
        if "://" not in text:
            begins_as_server = text.partition(":")[0].partition("+")[0] in _POSTGRESQL and ":" in text
            if begins_as_server or (":" in text.partition("@")[0] and "@" in text):
                raise UsageError(f"--database: the address has no scheme; {_EXPECTED}")
            return cls._of_file(text)
        try:
            url = make_url(text)
        except (ArgumentError, ValueError) as error:
            raise UsageError(f"--database: the address cannot be read; {_EXPECTED}") from error
        if url.drivername == "sqlite" and not url.query:
            return cls._of_file(url.database or "")
        if url.drivername in _POSTGRESQL:
            return cls._of_server(url.set(drivername="postgresql+psycopg"))
        raise UsageError(f"--database: '{url.drivername}' with these options is not supported; {_EXPECTED}")

    @classmethod
    def _of_file(cls, name: str) -> Self:
        if name.strip() in ("", ":memory:"):
            raise UsageError(f"--database: an SQLite database needs a file name; {_EXPECTED}")
        return cls(URL.create("sqlite", database=name), Path(name), without_credentials(name))

    @classmethod
    def _of_server(cls, url: URL) -> Self:
        host = url.host or next(iter(url.normalized_query.get("host", ())), "local server")
        port = f":{url.port}" if url.port else ""
        name = f"{host}{port}/{url.database or ''}"
        if not _MISPLACED.isdisjoint(name):
            raise UsageError(
                "--database: user, password or options are not where they belong; write @ : / ? # in a "
                f"password as %40 %3A %2F %3F %23, and {_EXPECTED}"
            )
        return cls(url, None, f"postgresql://{name}")


def _kept_in(file: Path) -> str:
    """The address that a file holds.

    Raises:
        UsageError: It cannot be read, or holds none.
    """
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(
            f"--database: @{file} cannot be read ({reason}); name a file with an address"
        ) from None
    address = lines[0].strip()
    if not address or address.startswith("@"):
        raise UsageError(f"--database: the first line of @{file} is no address; {_EXPECTED}")
    return address
