"""The street, and what the local engine makes of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.runner.engines import fleets


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site file of two cameras."""
    return fleets.film(tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="session")
def expected(site: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a run on the local engine leaves."""
    found = fleets.local_rows(site, "local.db", fleets.in_plain_colours)
    assert (len(found["sighting"]), len(found["match"])) == (3, 1), found["sighting"]
    return found


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site file of one camera whose footage is to be cut."""
    return fleets.film_alone(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="session")
def expected_alone(alone: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a run on the local engine leaves of it."""
    return fleets.local_rows(alone, "local.db", fleets.in_plain_colours)
