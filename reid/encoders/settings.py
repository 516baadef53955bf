"""Which encoder makes the embeddings, and how it is run."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tracking.settings import Settings

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Deviation = Annotated[float, Field(gt=0.0, le=1.0)]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


class EncoderSettings(Settings):
    """The encoder of a site."""

    name: str = Field(
        default="cyclist_encoder",
        min_length=1,
        description="a name of `pipeline models list`, a file (.onnx, .pt2), or colour_stripes (no weights)",
    )
    weights: Path | None = Field(default=None, description="weights file; overrides what the name leads to")
    input_size: tuple[Positive, Positive] | None = Field(
        default=None, description="height and width the network expects; from card or network if not given"
    )
    mean: tuple[Share, Share, Share] | None = Field(
        default=None, description="mean of R, G, B in 0..1; from the card, or ImageNet's, if not given"
    )
    std: tuple[Deviation, Deviation, Deviation] | None = Field(
        default=None, description="deviation of R, G, B in 0..1; from the card, or ImageNet's, if not given"
    )
    batch: int | None = Field(
        default=None,
        ge=1,
        le=1024,
        description="crops that go through the network at once; null: 64 on a GPU, 4 on the CPU, which "
        "gains nothing by more and needs their memory",
    )
    runtime: Literal["onnx", "torch"] = Field(default="onnx", description="what runs the network")
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="where the network runs")
    threads: int = Field(default=0, ge=0, description="CPU threads of the network; 0 lets the runtime choose")
    crops_per_tracklet: int = Field(default=8, ge=1, le=64, description="crops kept of one passage")

    @property
    def crops_at_once(self) -> int:
        """What goes through the network at once.

        On the processor 16 take as long a crop as 4, and 27 MB more at the peak of a busy camera
        (docs/performance.md#memory); a graphics card is the slower the less it gets.
        """
        return self.batch or (4 if self.device == "cpu" else 64)
