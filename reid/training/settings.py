"""How a network is trained, whatever it is for."""

from typing import Literal

from pydantic import Field

from reid.training.schedules import ScheduleSettings
from tracking.settings import Settings

OptimizerName = Literal["adam", "adamw", "sgd", "adagrad", "adadelta", "rmsprop", "adamax", "nadam"]


class OptimizerSettings(Settings):
    """What changes the weights."""

    name: OptimizerName = Field(default="adam", description="adam, as in all source papers, or another")
    weight_decay: float = Field(default=0.0, ge=0.0, description="decay of the weights")
    momentum: float = Field(default=0.9, ge=0.0, lt=1.0, description="of sgd and rmsprop")
    loss_learning_rate: float | None = Field(
        default=None,
        gt=0.0,
        description="learning rate of weights inside losses (ArcFace); the schedule's if not given",
    )


class TrainingSettings(Settings):
    """How long, how fast, on what."""

    epochs: int = Field(default=250, ge=1, description="passes over the sampler's epochs")
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), description="learning rate")
    optimizer: OptimizerSettings = Field(default=OptimizerSettings(), description="what changes the weights")
    seed: int = Field(default=0, ge=0, description="seed of all random choices")
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="where the network is trained")
    precision: Literal["fp32", "bf16"] = Field(
        default="fp32", description="of the network's arithmetic; losses are always fp32"
    )
    clip_gradient_norm: float | None = Field(
        default=None, gt=0.0, description="longer gradients are shortened to this norm"
    )
    threads: int = Field(
        default=0,
        ge=0,
        description="CPU threads; 0 lets PyTorch choose; results depend on it in the last bits",
    )
    workers: int = Field(
        default=0, ge=0, description="processes that load images; 0 loads in the training's own"
    )
    keep_images_in_memory: bool = Field(
        default=False, description="decode each image only once (with workers: once per epoch)"
    )
    checkpoint_steps: int | None = Field(
        default=None, ge=1, description="batches between two saved states; one epoch if not given"
    )
    log_steps: int = Field(default=10, ge=1, description="batches per row of the learning curves")
    on_collapse: Literal["warn", "stop"] = Field(
        default="warn", description="what to do when all embeddings come to lie at one point or on a line"
    )
