"""The made-up cities whose riders teach, calibrate and test the encoder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from simulation import Recording, create_world, load_scenario
from tracking.settings import Settings

Purpose = Literal["train", "calibration", "test"]
FIRST_SEED: dict[Purpose, int] = {"train": 1000, "calibration": 3000, "test": 5000}
"""Seeds of the parts lie far apart; the scenario benchmark's seed 7 and 101 to 105 are in none."""
SCENARIOS = (
    "calm",
    "rush_hour",
    "groups",
    "look_alikes",
    "night",
    "rain",
    "occlusion",
    "one_camera_riders",
    "clock_offset",
    "gaps",
)
"""Every scenario that has pixels."""
_SIZES = ((640, 360), (960, 540), (1280, 720))
_START = datetime(2024, 5, 14, 6, tzinfo=UTC)
_LEAST_PER_HOUR = 500.0


class WorldSettings(Settings):
    """How much of the simulation is used."""

    worlds: int = Field(
        default=25, ge=1, description="how many, the scenarios in turn, each with its own seed"
    )
    cameras: int = Field(default=4, ge=2, description="cameras of every world")
    duration_s: float = Field(default=240.0, gt=0, description="length of every world, seconds")
    crops_per_passage: int = Field(default=4, ge=1, description="most pictures of one passage")


class SmallWorld(Settings):
    """One made-up city."""

    scenario: str = Field(description="circumstances")
    seed: int = Field(ge=0, description="seed of everything that happens")
    size: tuple[int, int] = Field(description="width and height of the pictures")
    cameras: int = Field(description="number of cameras")
    duration_s: float = Field(description="length, seconds")

    def recording(self) -> Recording:
        """Let it happen; no pixel is drawn. Quiet scenarios get more riders, so that little is empty."""
        scenario = load_scenario(self.scenario)
        busy = max(scenario.demand.riders_per_hour, _LEAST_PER_HOUR)
        world = create_world(
            scenario.adapted(riders_per_hour=busy),
            cameras=self.cameras,
            duration_s=self.duration_s,
            start=_START,
            seed=self.seed,
        )
        return Recording(world, self.size, 10.0)


def small_worlds(settings: WorldSettings, purpose: Purpose) -> Iterator[SmallWorld]:
    """List the worlds of a part: the scenarios in turn, picture sizes in turn, each of its own seed."""
    for number in range(settings.worlds):
        turn, place = divmod(number, len(SCENARIOS))
        yield SmallWorld(
            scenario=SCENARIOS[place],
            seed=FIRST_SEED[purpose] + number,
            size=_SIZES[(turn + place) % len(_SIZES)],
            cameras=settings.cameras,
            duration_s=settings.duration_s,
        )
