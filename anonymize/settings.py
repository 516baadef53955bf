"""What is blurred, when, and how strongly."""

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from tracking.settings import Settings

PRESET_HEIGHT = 128
"""Crop height, in pixels, on which the thesis' kernels 5, 7 and 9 were studied."""


class BlurMethod(StrEnum):
    """How detail is removed; there is deliberately no way to leave it in."""

    MEDIAN = "median"
    GAUSSIAN = "gaussian"
    AVERAGE = "average"
    PIXELATE = "pixelate"


class AnonymizeSettings(Settings):
    """How people are made unrecognisable."""

    when: Literal["crop", "source"] = Field(
        default="crop",
        description="crop: blur each crop before it is embedded or written; "
        "source: blur whole frames before detection",
    )
    method: BlurMethod = Field(default=BlurMethod.MEDIAN, description="median, gaussian, average or pixelate")
    region: Literal["whole", "face", "whole_and_face"] = Field(
        default="whole",
        description="whole: everything; face: heads only; whole_and_face: everything, and heads once more",
    )
    kernel: Literal["thesis5", "thesis7", "thesis9"] = Field(
        default="thesis5",
        description="kernel of 5, 7 or 9 pixels on a crop of 128 pixels height, scaled with it",
    )
    largest_rider: float = Field(
        default=0.4,
        gt=0.0,
        le=1.0,
        description="height of the largest rider as a share of the frame's; sets the kernel for `source`",
    )
    face_model: Path | None = Field(
        default=None,
        description="YuNet weights (.onnx); without them the top of the rider's box counts as the head",
    )
    face_score: float = Field(
        default=0.3, gt=0.0, lt=1.0, description="least score of a face that is blurred"
    )

    @model_validator(mode="after")
    def _heads_can_be_found(self) -> Self:
        if self.when == "source" and self.region == "face":
            raise ValueError(
                "region `face` cannot protect a whole frame, since no face model finds every face; "
                "use `whole` or `whole_and_face` with when: source"
            )
        if self.when == "source" and self.region == "whole_and_face" and self.face_model is None:
            raise ValueError("region `whole_and_face` with when: source needs a face_model")
        return self

    @property
    def kernel_pixels(self) -> int:
        """Kernel on a crop of `PRESET_HEIGHT` pixels."""
        return int(self.kernel.removeprefix("thesis"))
