"""What the judge learns from."""

from typing import Self

from pydantic import Field

from tracking.settings import Settings


class WorldSettings(Settings):
    """Which simulated streets, camera by camera."""

    scenarios: tuple[str, ...] = Field(
        default=(
            "calm",
            "groups",
            "look_alikes",
            "night",
            "occlusion",
            "one_camera_riders",
            "rain",
            "rush_hour",
        ),
        min_length=1,
        description="scenarios of the simulation, in turn",
    )
    first_seed: int = Field(default=5000, ge=0, description="seed of the first world")
    worlds: int = Field(default=40, ge=1, description="worlds, each with a seed of its own")
    cameras: int = Field(default=2, ge=1, le=20, description="cameras of each world")
    seconds: float = Field(default=36.0, gt=5, description="length of each")
    rate: float = Field(default=4.0, ge=3.5, description="looks per second")
    sizes: tuple[tuple[int, int], ...] = Field(
        default=((640, 360), (640, 384), (480, 270), (352, 288)),
        min_length=1,
        description="width and height, in turn",
    )
    qualities: tuple[int, ...] = Field(
        default=(23, 32, 38), min_length=1, description="CRF of the H.264 encoder, drawn for each camera"
    )
    wild_share: float = Field(
        default=0.5, ge=0, le=1, description="share of cameras that hang where the simulation's never do"
    )
    real_share: float = Field(
        default=0.5, ge=0, le=1, description="share of cameras whose empty street is a real picture"
    )

    def only(self, number: int, first_seed: int) -> Self:
        """One world of these: the one of a number, if the first has that seed."""
        scenario = self.scenarios[number % len(self.scenarios)]
        return self.model_copy(
            update={"scenarios": (scenario,), "first_seed": first_seed + number, "worlds": 1}
        )
