"""What a user may choose about teachers and what is believed of them."""

from typing import Self

from pydantic import Field, model_validator

from tracking.detectors import TilingSettings
from tracking.settings import Settings


class TeachingSettings(Settings):
    """How teachers look, and which of their boxes become labels."""

    tiles: TilingSettings = Field(
        default=TilingSettings(rows=2, columns=2),
        description="parts of a frame that each teacher sees beside the whole and its mirror image",
    )
    mirror: bool = Field(default=True, description="whether they see the mirror image too")
    seen_from: float = Field(default=0.05, ge=0, lt=1, description="a teacher's boxes below this are dropped")
    same: float = Field(
        default=0.55, gt=0, lt=1, description="boxes of a class that overlap more (IoU) are one object"
    )
    gap_s: float = Field(
        default=0.4, gt=0, description="seconds between a frame of a video and the one that confirms it"
    )
    most_frames: int = Field(
        default=1200,
        ge=2,
        description="frames taken of all videos together, and pictures of all folders, in pairs of "
        "neighbours spread evenly over them",
    )
    accepted: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="boxes from this score that a neighbouring frame confirms are taught",
    )
    accepted_alone: float = Field(
        default=0.3, gt=0, le=1, description="the same of boxes that no neighbouring frame can confirm"
    )
    doubted: float = Field(
        default=0.1, gt=0, le=1, description="from this score to acceptance boxes are neither right nor wrong"
    )
    confirming_s: float = Field(
        default=2.0, gt=0, description="frames that are farther apart confirm nothing, seconds"
    )
    walking: float = Field(
        default=1.5, gt=0, description="fastest pedestrian, own heights per second; faster ones are in doubt"
    )
    pace: float = Field(
        default=0.6,
        gt=0,
        description="who is at least so fast between neighbouring frames, own heights per second, and seems "
        "to sit on a two-wheeler of whatever kind in either, is taught as a cyclist",
    )
    accepted_riding: float = Field(
        default=0.15, gt=0, le=1, description="boxes from this score that move so are believed"
    )
    fastest: float = Field(
        default=3.0,
        gt=0,
        description="who seems faster than this, own heights per second, is somebody else",
    )
    clear_wheels: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="two-wheelers from this score make a cyclist at any pace; bags look like fainter ones",
    )
    riding: float = Field(default=6.0, gt=0, description="fastest cyclist, own heights per second")
    standing: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="what the learning detector answers at one place in so many of the frames of an hour is "
        "taught as nobody",
    )
    complete: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="how far the absence of any box means that nobody is there; teachers overlook people",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.doubted <= self.accepted <= self.accepted_alone:
            raise ValueError(
                f"doubted {self.doubted}, accepted {self.accepted} and accepted_alone {self.accepted_alone} "
                "must not fall"
            )
        return self
