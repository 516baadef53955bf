"""A small world, rendered once."""

import pytest

from workshop.encoder.passages import RiderPassage, passages_of
from workshop.encoder.worlds import SmallWorld

WORLD = SmallWorld(scenario="calm", seed=9001, size=(320, 180), cameras=2, duration_s=120)


@pytest.fixture(scope="session")
def world() -> SmallWorld:
    """A quiet street with two cameras."""
    return WORLD


@pytest.fixture(scope="session")
def passages() -> tuple[RiderPassage, ...]:
    """Its riders."""
    return tuple(passages_of(WORLD, 2))
