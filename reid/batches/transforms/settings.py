"""What happens to a crop before it enters the network."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from anonymize import BlurMethod
from reid.encoders.settings import IMAGENET_MEAN, IMAGENET_STD, Deviation, Positive, Share
from tracking.settings import Settings


def _in_order(limits: tuple[float, float]) -> tuple[float, float]:
    if limits[0] > limits[1]:
        raise ValueError(f"the smaller value comes first, not {list(limits)}")
    return limits


Above0 = Annotated[float, Field(gt=0.0)]
Range = Annotated[tuple[Above0, Above0], AfterValidator(_in_order)]
OperationName = Literal[
    "identity",
    "color",
    "shear_x",
    "shear_y",
    "auto_contrast",
    "posterize",
    "equalize",
    "contrast",
    "translate_x",
    "translate_y",
    "rotate",
    "brightness",
    "solarize",
    "sharpness",
]


class BlurSettings(Settings):
    """Blur of whole crops, as cameras of this program deliver them."""

    method: BlurMethod = Field(default=BlurMethod.MEDIAN, description="median, gaussian, average, pixelate")
    kernel: Literal["thesis5", "thesis7", "thesis9"] = Field(
        default="thesis5", description="kernel of 5, 7 or 9 pixels on a crop of 128 pixels height"
    )
    scale_with_height: bool = Field(
        default=True, description="scale the kernel with the crop; off for the exact kernel in pixels"
    )


class RandAugmentSettings(Settings):
    """RandAugment."""

    operations: int = Field(default=8, ge=0, le=32, description="N, operations per image")
    magnitude: float = Field(default=8.0, ge=0.0, le=30.0, description="M, strength of 0 to 30")
    names: tuple[OperationName, ...] = Field(
        default=(), description="operations to draw from; all fourteen if empty"
    )


class ErasingSettings(Settings):
    """Random erasing."""

    probability: Share = Field(default=0.5, description="share of images that lose a rectangle")
    area: Range = Field(default=(0.02, 0.4), description="smallest and largest share of the image")
    aspect: Range = Field(default=(0.3, 3.33), description="smallest and largest height over width")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.area[1] > 1.0:
            raise ValueError(f"area is a share of the image, at most 1, not {self.area[1]}")
        return self


class AffineSettings(Settings):
    """Shift, rotation and zoom."""

    shift: float = Field(default=0.2, ge=0.0, lt=1.0, description="largest shift, share of the side")
    rotation: float = Field(default=25.0, ge=0.0, le=180.0, description="largest rotation, degrees")
    zoom: Range = Field(default=(0.8, 1.2), description="smallest and largest scale")


class TransformSettings(Settings):
    """From a crop to network input."""

    size: tuple[Positive, Positive] = Field(default=(256, 128), description="height and width, pixels")
    mean: tuple[Share, Share, Share] = Field(default=IMAGENET_MEAN, description="mean of R, G, B in 0..1")
    std: tuple[Deviation, Deviation, Deviation] = Field(
        default=IMAGENET_STD, description="deviation of R, G, B in 0..1"
    )
    blur: BlurSettings | None = Field(default=None, description="blur before anything else; none if null")
    flip: Share = Field(default=0.5, description="share of training images that are mirrored")
    affine: AffineSettings | None = Field(default=None, description="random shift, rotation, zoom")
    rand_augment: RandAugmentSettings | None = Field(default=None, description="RandAugment")
    erasing: ErasingSettings | None = Field(
        default=ErasingSettings(), description="random erasing; null turns it off"
    )
