"""A fresh store in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.database import FlowStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FlowStore]:
    """Of the file flows.db."""
    opened = FlowStore.open(f"sqlite:///{tmp_path / 'flows.db'}")
    yield opened
    opened.close()
