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
    with pytest.MonkeyPatch.context() as patch:
        fleets.in_plain_colours(patch)
        told = fleets.run(site, site.with_name("local.db"))
    assert told.code == 0, told.err
    found = fleets.rows(site.with_name("local.db"))
    assert (len(found["sighting"]), len(found["match"])) == (3, 1), found["sighting"]
    return found
