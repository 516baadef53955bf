"""The worlds from which small data sets are rendered: what they look like and how large they are."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from simulation import Recording, Scenario, create_world, load_scenario
from tracking.settings import Settings

SmokeKind = Literal["city", "two_cities", "masks"]
KINDS: tuple[SmokeKind, ...] = ("city", "two_cities", "masks")
_START = datetime(2024, 5, 14, 6, tzinfo=UTC)


class SmokeWorld(Settings):
    """A simulated city, and how its riders become a data set."""

    scenario: str = Field(description="scenario of the simulation that it starts from")
    seed: int = Field(ge=0, description="seed of the world")
    cameras: int = Field(default=3, ge=1, description="number of cameras")
    duration_s: float = Field(default=900.0, gt=0.0, description="length of the recording")
    riders_per_hour: float = Field(default=600.0, gt=0.0, description="riders who enter the network")
    seen_once_share: float = Field(default=0.2, ge=0.0, le=1.0, description="share seen by one camera only")
    look_alike_share: float = Field(default=0.08, ge=0.0, le=1.0, description="share who look like another")
    uniform_share: float = Field(default=0.03, ge=0.0, le=1.0, description="share in a firm's uniform")
    dark_share: float = Field(default=0.35, ge=0.0, le=1.0, description="share of dark garments")
    exposure_spread: float = Field(default=0.15, ge=0.0, le=0.4, description="difference between cameras")
    size: tuple[int, int] = Field(default=(800, 450), description="width and height of the pictures")
    masks: bool = Field(default=False, description="pictures with masks of their riders, no re-ID set")
    per_passage: int = Field(default=4, ge=1, description="most crops of a passage")
    parts: tuple[int, int, int] = Field(
        default=(3, 1, 2), description="shares of linked riders for train, validation and test"
    )

    def recording(self) -> Recording:
        """Let the world happen; no pixel is drawn."""
        world = create_world(
            self._scenario(), cameras=self.cameras, duration_s=self.duration_s, start=_START, seed=self.seed
        )
        return Recording(world, self.size, 10.0)

    def _scenario(self) -> Scenario:
        scenario = load_scenario(self.scenario)
        demand = {"riders_per_hour": self.riders_per_hour, "leave_share": 0.05}
        look = ("look_alike_share", "uniform_share", "dark_share")
        return scenario.model_copy(
            update={
                "demand": scenario.demand.model_copy(
                    update={**demand, "seen_once_share": self.seen_once_share}
                ),
                "look": scenario.look.model_copy(update={key: getattr(self, key) for key in look}),
                "picture": scenario.picture.model_copy(update={"exposure_spread": self.exposure_spread}),
            }
        )


WORLDS: dict[SmokeKind, dict[str, SmokeWorld]] = {
    "city": {".": SmokeWorld(scenario="calm", seed=101)},
    "two_cities": {
        "a": SmokeWorld(scenario="calm", seed=102, duration_s=600.0, exposure_spread=0.08),
        "b": SmokeWorld(scenario="night", seed=203, duration_s=600.0, dark_share=0.3, exposure_spread=0.2),
    },
    "masks": {
        "train": SmokeWorld(
            scenario="occlusion", seed=301, duration_s=480.0, riders_per_hour=500.0, per_passage=2, masks=True
        ),
        "test": SmokeWorld(
            scenario="occlusion", seed=302, duration_s=240.0, riders_per_hour=500.0, per_passage=2, masks=True
        ),
        "riders": SmokeWorld(scenario="calm", seed=303, duration_s=720.0, exposure_spread=0.12),
    },
}
"""Worlds of a kind, by the folder of their data set."""
