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

WHOLE_S = {"rush_hour": 100, "city_day": 100}
OTHERS_S = 240
SHORT_S = {
    "calm": 180, "city_day": 50, "gaps": 160, "groups": 180, "look_alikes": 130, "night": 180,
    "mixed_vehicles": 28, "occlusion": 100, "one_camera_riders": 180, "rush_hour": 60,
}  # fmt: skip
"""Where less time has riders enough; ``make test-long`` replays the whole of these too."""
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
    def replay(scenario: str, seed: int, duration_s: int) -> Replayed:
        folder = tmp_path_factory.mktemp(scenario)
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

    def asked(scenario: str, *, seed: int = 7, whole: bool = False) -> Replayed:
        whole_s = WHOLE_S.get(scenario, OTHERS_S)
        return replay(scenario, seed, whole_s if whole else SHORT_S.get(scenario, whole_s))

    return asked
