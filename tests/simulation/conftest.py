"""A small city, simulated once."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulation import Recording, create_world, load_scenario, simulate

START = datetime(2024, 5, 14, 8, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def small_city(seed: int = 3, scenario: str = "calm", cameras: int = 3, seconds: float = 60.0) -> Recording:
    settings = load_scenario(scenario)
    busy = settings.demand.model_copy(update={"riders_per_hour": 1500})
    world = create_world(
        settings.model_copy(update={"demand": busy}),
        cameras=cameras,
        duration_s=seconds,
        start=START,
        seed=seed,
    )
    return Recording(world, (160, 96), 5.0)


@dataclass(frozen=True)
class City:
    folder: Path
    recording: Recording

    def rows(self, table: str) -> list[dict[str, str]]:
        with (self.folder / "truth" / table).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("city")
    recording = small_city(seconds=120)
    simulate(folder, recording)
    return City(folder, recording)
