"""Settings of when and where the detector looks."""

from pydantic import Field

from tracking.settings import Settings


class AttentionSettings(Settings):
    """A look of the detector is dear: it looks when something moves, where it moves."""

    every_frame: bool = Field(
        default=False,
        description="Look at every frame, and at the whole of it: many times the work.",
    )
    rate: float = Field(
        default=6.25,
        ge=3.5,
        le=240,
        description="Looks per second while something moves; twice as many while something is so fast that "
        "it leaves its place between two looks, or two things that move are near each other.",
    )
    quiet_rate: float = Field(
        default=1.0,
        gt=0,
        le=240,
        description="Looks per second at the whole picture, while nothing moves and between looks at parts.",
    )
    parts: bool = Field(
        default=True,
        description="Between two looks at the whole picture, look only at the part of it in which something "
        "moves; for detectors that take a picture of any size.",
    )
    least_change: float = Field(
        default=15.0,
        gt=0,
        lt=255,
        description="Change of brightness that is movement, levels of 255, where the picture has no noise.",
    )
