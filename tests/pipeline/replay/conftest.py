"""Small cities without pixels, replayed through the whole chain."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.accuracy import FlowEvaluation, Stored, Truth, evaluate, read_stored, read_truth
from flows.database import FlowStore
from pipeline.replay import replay_site
from simulation import Recording, create_world, load_scenario, simulate

DENSE = ("rush_hour", "city_day")
"""Enough riders in less time."""
START = datetime(2024, 5, 14, 8, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass(frozen=True)
class Replayed:
    """A replayed city beside its truth."""

    folder: Path
    truth: Truth
    stored: Stored
    evaluation: FlowEvaluation


Replay = Callable[..., Replayed]


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Simulate a scenario and replay it; each only once."""

    @cache
    def replay(scenario: str, *, seed: int = 7) -> Replayed:
        folder = tmp_path_factory.mktemp(scenario)
        duration_s = 100 if scenario in DENSE else 240
        settings = load_scenario(scenario).adapted(detections_only=True)
        world = create_world(settings, cameras=4, duration_s=duration_s, start=START, seed=seed)
        simulate(folder, Recording(world, (640, 360), 10.0))
        database = f"sqlite:///{folder / 'flows.db'}"
        replay_site(folder, {"database": database}, exact=True)
        store = FlowStore.open_for_reading(database)
        stored = read_stored(store.database)
        store.close()
        truth = read_truth(folder / "truth")
        return Replayed(folder, truth, stored, evaluate(truth, stored))

    return replay
