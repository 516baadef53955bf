"""Real databases: an SQLite file and a PostgreSQL server of our own."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

_NAMES = itertools.count(1)
_MEMORY, _ENOUGH = Path("/dev/shm"), 2**30
"""Where Linux keeps files in memory, and how much of it has to be free, bytes."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server that lives as long as the tests."""
    pgserver = pytest.importorskip("pgserver", reason="pgserver brings the PostgreSQL server of the tests")
    # Making and deleting databases is work for the disk; three servers need some hundred megabytes.
    memory = _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH else None
    with tempfile.TemporaryDirectory(prefix="postgresql", dir=memory) as folder:
        server = pgserver.get_server(folder)
        # Nothing here must outlive a power cut; the disk of a test machine is slow.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database of its own.

    One schema that is dropped and made again leaves dead rows in the catalogue, so that each test is slower
    than the one before.
    """
    address = new_database(postgresql_server)
    yield address
    _say(postgresql_server, f"DROP DATABASE {make_url(address).database} WITH (FORCE)")


def new_database(server: str) -> str:
    """Make an empty database of a server, and return its address."""
    name = f"test_{next(_NAMES)}"
    _say(server, f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?", 1)


def _say(server: str, statement: str) -> None:
    """Say something to a server that it takes outside of transactions alone."""
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'flows.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database of either kind."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found
