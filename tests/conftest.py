"""What tests of all packages share."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import postgresql_server, postgresql_url, sqlite_url, url
from tests.longest_first import pytest_collection_modifyitems
from tests.schema_once import every_migration, schema_once
from tests.what_was_skipped import pytest_terminal_summary

__all__ = [
    "every_migration", "postgresql_server", "postgresql_url", "pytest_collection_modifyitems",
    "pytest_terminal_summary", "schema_once", "sqlite_url", "url",
]  # fmt: skip

# The same examples in every run, however busy the machine: a failure can be repeated.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what collecting made: thousands of tests that live until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real footage and weights, which is never part of the repository."""
    folder = Path(os.environ.get("PIPELINE_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "MANIFEST.md").is_file():
        pytest.skip(f"real test material not found at {folder}; set PIPELINE_TEST_DATA to its folder")
    return folder
