"""Real databases: an SQLite file and a PostgreSQL server of our own."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

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
    name = f"test_{next(_NAMES)}"
    engine = create_engine(_sqlalchemy(postgresql_server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql_server.replace("/postgres?", f"/{name}?", 1)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _sqlalchemy(address: str) -> str:
    """The same address for the driver that is installed."""
    return address.replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'flows.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database of either kind."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found
