"""How the detector is trained."""

from typing import Literal, Self

from pydantic import Field, model_validator

from tracking.settings import Settings
from workshop.detector.learning.arithmetic import Precision
from workshop.detector.learning.augmentation import AugmentationSettings
from workshop.detector.learning.parts import CompositionSettings


class NetworkSettings(Settings):
    """The network's size."""

    channels: int = Field(default=64, ge=8, le=512, description="width of pyramid and head")
    frozen_blocks: int = Field(
        default=4, ge=0, le=18, description="first blocks of MobileNetV2 that keep their ImageNet weights"
    )
    head_blocks: int = Field(
        default=2, ge=1, le=8, description="separable convolutions between pyramid and answer"
    )


class OptimisationSettings(Settings):
    """How long and how fast."""

    steps: int = Field(ge=1, description="batches to learn from")
    batch: int = Field(default=16, ge=1, description="pictures in a batch")
    learning_rate: float = Field(default=2e-3, gt=0, description="highest rate of pyramid and head")
    backbone_rate: float = Field(
        default=0.25, gt=0, le=1, description="rate of the backbone, relative to the others"
    )
    warm_up: int = Field(default=50, ge=0, description="steps over which the rate rises")
    restarts: tuple[int, ...] = Field(
        default=(), description="steps at which the rate rises again, to `restart_rate` of its highest"
    )
    restart_rate: float = Field(default=0.5, gt=0, le=1, description="relative to the highest rate")
    weight_decay: float = Field(default=1e-4, ge=0, description="decay of the weights")
    box_weight: float = Field(default=3.0, gt=0, description="weight of the boxes beside the scores")
    longest_gradient: float = Field(default=10.0, gt=0, description="longer gradients are shortened")
    average: float = Field(
        default=0.995,
        ge=0,
        lt=1,
        description="decay of the running mean of the weights, which is what is kept",
    )
    seed: int = Field(default=0, ge=0, description="seed of all random choices")
    threads: int = Field(default=0, ge=0, description="CPU threads; 0 lets PyTorch choose")
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="where the network is trained")
    precision: Precision = Field(
        default="auto",
        description="of the network's arithmetic; auto is bf16 where the processor has it",
    )
    checkpoint_steps: int = Field(default=100, ge=1, description="steps between two saved states")

    @model_validator(mode="after")
    def _warms_up_in_time(self) -> Self:
        if self.warm_up >= self.steps:
            raise ValueError(
                f"warm_up of {self.warm_up} steps is no shorter than the training of {self.steps}"
            )
        return self


class TrainerSettings(Settings):
    """Network, pictures and optimisation."""

    network: NetworkSettings = Field(default=NetworkSettings(), description="the network's size")
    composition: CompositionSettings = Field(
        default=CompositionSettings(), description="how pictures are put together"
    )
    augmentation: AugmentationSettings = Field(
        default=AugmentationSettings(), description="how pictures are changed"
    )
    optimisation: OptimisationSettings = Field(description="how long and how fast")
