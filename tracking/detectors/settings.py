"""What a user may choose about detection."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from tracking.detectors.classes import KEPT_BY_DEFAULT, class_number
from tracking.detectors.heads import HeadKind
from tracking.settings import Settings


class TilingSettings(Settings):
    """Detection in overlapping tiles, for riders who are small in a large frame."""

    rows: int = Field(default=1, ge=1, le=8, description="tiles from top to bottom; 1 × 1 is off")
    columns: int = Field(default=1, ge=1, le=8, description="tiles from left to right; 1 × 1 is off")
    overlap: float = Field(
        default=0.2,
        ge=0.0,
        lt=0.5,
        description="share of a tile's width and height that its neighbour sees too",
    )
    whole_frame: bool = Field(
        default=True, description="look at the whole frame as well, so that large objects stay in one piece"
    )

    @property
    def enabled(self) -> bool:
        """Whether there is more than one tile."""
        return self.rows * self.columns > 1


class SecondLookSettings(Settings):
    """Who gets the second look of a frame, and how close it is."""

    small: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="persons lower than this are small, share of the frame's longer side; "
        "0.1 is 64 pixels of a model's input of 640",
    )
    min_score: float = Field(default=0.1, ge=0, lt=1, description="persons below this score get none")
    clear_score: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="a bicycle of this score at the person is clear without a second look",
    )
    whole_cyclists: bool = Field(
        default=False,
        description="also at small cyclists and pedestrians of detectors that report them in one box; these "
        "have no bicycle to find, and twice the work raised no scores where it was tried",
    )
    one_in: int = Field(
        default=3,
        ge=1,
        le=25,
        description="one frame in so many gets its second look, drawn by the boxes of the frame; 1 is each; "
        "3 missed no rider of 14 real clips",
    )
    view: float = Field(
        default=0.5,
        ge=0.1,
        lt=1,
        description="width and height of the part that is looked at, shares of the frame's",
    )


class MotionSettings(Settings):
    """Background subtraction; every length is a share of the frame, so it fits any resolution."""

    process_height: int = Field(
        default=360,
        ge=90,
        le=2160,
        description="frames are shrunk to this height in pixels before subtraction",
    )
    history_frames: int = Field(
        default=600, ge=10, le=100_000, description="frames over which the background is learned"
    )
    warmup_frames: int = Field(default=5, ge=0, le=1000, description="first frames that give no detections")
    contrast: float = Field(
        default=16.0,
        gt=0,
        description="squared distance from the background, in variances, that counts as motion",
    )
    ignore_shadows: bool = Field(default=True, description="leave cast shadows out of the boxes")
    min_height: float = Field(
        default=0.03, gt=0, lt=1, description="smallest box height, share of the frame's height"
    )
    min_area: float = Field(
        default=0.0003, gt=0, lt=1, description="smallest moving area, share of the frame's area"
    )
    join_gap: float = Field(
        default=0.025,
        ge=0,
        le=0.5,
        description="moving parts closer than this are one object, share of the frame's height",
    )
    largest_change: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="share of the frame above which a change is the light, not traffic, and is learned anew",
    )


DEFAULT_NMS_IOU = 0.6


class DetectorSettings(Settings):
    """Which detector looks at the frames, and how."""

    name: str = Field(
        default="cyclist_detector",
        min_length=1,
        description="a name of `pipeline models list`, the path of an .onnx, .pt, .pth or .torchscript file, "
        "motion (no weights: everything upright that moves), onnx, yolo or faster_rcnn",
    )
    weights: Path | None = Field(default=None, description="file of the model; not needed for motion")
    score_threshold: float = Field(
        default=0.05, ge=0, lt=1, description="boxes with a lower score are dropped at once"
    )
    nms_iou: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="of two boxes of a class that overlap more, the better one stays; null takes the "
        f"model's own, {DEFAULT_NMS_IOU} where it tells none",
    )
    max_detections: int = Field(default=300, ge=1, le=10_000, description="at most so many boxes per frame")
    input_size: int | tuple[int, int] | None = Field(
        default=None,
        description="longer side, or [height, width], of the model's input in pixels; null takes its own",
    )
    head: HeadKind | None = Field(
        default=None, description="layout of an exported model's output; null recognises it by its shape"
    )
    class_names: tuple[str, ...] | None = Field(
        default=None, description="names of the model's classes in order, where the file does not tell them"
    )
    classes: tuple[str, ...] = Field(
        default=KEPT_BY_DEFAULT, min_length=1, description="classes to keep; all others are dropped"
    )
    batch: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="frames per call of the model, where it allows it; null: 8 on a GPU, 1 on the CPU, which "
        "gains nothing by more and needs their memory",
    )
    runtime: Literal["onnx", "openvino", "torch", "auto"] | None = Field(
        default=None,
        description="onnx or, with the extra openvino, openvino for .onnx files, torch for .pt, .pth and "
        ".torchscript; null follows the file; auto tries onnx and openvino once on this machine, and "
        "remembers which was faster",
    )
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="where the model is computed")
    tensorrt: bool = Field(default=False, description="with device cuda: let TensorRT compile an ONNX model")
    threads: int | None = Field(
        default=None, ge=1, le=256, description="threads of the model; null takes all cores"
    )
    second_look: bool = Field(
        default=True,
        description="look again, closer, at one small person per frame, to see a bicycle too small for the "
        "look at the whole frame; up to twice the work of the model; not for motion, and not with tiling, "
        "which sees everything closer",
    )
    closer_look: SecondLookSettings = Field(
        default_factory=SecondLookSettings, description="of the second look"
    )
    tiling: TilingSettings = Field(default_factory=TilingSettings, description="overlapping tiles")
    motion: MotionSettings = Field(default_factory=MotionSettings, description="of the motion detector")

    @field_validator("input_size")
    @classmethod
    def _plausible_size(cls, size: int | tuple[int, int] | None) -> int | tuple[int, int] | None:
        for side in size if isinstance(size, tuple) else (size,):
            if side is not None and not 32 <= side <= 4096:
                raise ValueError(f"{side} is no input size; give 32 to 4096 pixels")
        return size

    @field_validator("classes")
    @classmethod
    def _known_classes(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if class_number(name) is None:
                raise ValueError(f"{name!r} is no known class; for example {', '.join(KEPT_BY_DEFAULT)}")
        return names

    @model_validator(mode="after")
    def _tensorrt_needs_cuda(self) -> Self:
        if self.tensorrt and self.device != "cuda":
            raise ValueError("tensorrt needs device cuda")
        return self

    @property
    def frames_per_call(self) -> int:
        """What `batch` comes to."""
        return self.batch or (8 if self.device == "cuda" else 1)

    @property
    def kept_numbers(self) -> frozenset[int]:
        """The classes to keep as numbers of `ObjectClass` and COCO-80."""
        return frozenset(number for name in self.classes if (number := class_number(name)) is not None)
