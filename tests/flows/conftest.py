"""Stores in real databases."""

from collections.abc import Iterator

import pytest

from flows.database import FlowStore


@pytest.fixture
def store(url: str) -> Iterator[FlowStore]:
    """A fresh store in either kind of database."""
    opened = FlowStore.open(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[FlowStore]:
    """A fresh store in a file."""
    opened = FlowStore.open(sqlite_url)
    yield opened
    opened.close()
