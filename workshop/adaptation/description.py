"""What decides what comes out of an adaptation, beside footage, teachers and labelled data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, model_validator

from tracking.errors import UsageError
from tracking.settings import Settings
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.augmentation import AugmentationSettings
from workshop.detector.learning.datasets import DatasetSettings
from workshop.detector.learning.parts import CompositionSettings
from workshop.detector.learning.settings import OptimisationSettings


class AdaptationDescription(Settings):
    """What is believed, what is mixed in, and how long is learned."""

    teaching: TeachingSettings = Field(
        default=TeachingSettings(), description="how teachers look, and what is believed"
    )
    footage_weight: float = Field(
        default=6.0, gt=0, description="how often frames of the footage are drawn; simulated ones: 5"
    )
    worlds: int = Field(
        default=4, ge=1, le=18, description="simulated worlds of each scenario that are mixed in"
    )
    labelled: tuple[DatasetSettings, ...] | None = Field(
        default=None, description="labelled folders of --data; null takes those of the shipped detector"
    )
    asked: tuple[str, ...] = Field(
        default=(),
        description="folders among these in which people left out pedestrians: teachers are asked there too",
    )
    asked_most: int = Field(
        default=600,
        ge=2,
        description="pictures of each of these folders that teachers look at, in pairs of neighbours",
    )
    asked_complete: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="how far the absence of a pedestrian means something where teachers were asked",
    )
    fixed: tuple[str, ...] = Field(
        default=(),
        description="folders among these that are of one fixed camera: what the detector that learns answers "
        "at one place all the time is nobody (`teaching.standing`)",
    )
    composition: CompositionSettings | None = Field(
        default=None,
        description="how pictures are put together; null takes it from the shipped detector",
    )
    at_their_size: bool = Field(
        default=True,
        description="whether people are shown as high as the detector meets those of the footage, and half "
        "as much again to either side, instead of at all of heights_px",
    )
    augmentation: AugmentationSettings | None = Field(
        default=None, description="how pictures are changed; null takes it from the shipped detector"
    )
    recorded: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of the pictures that go through H.264, as recorders use it",
    )
    kept: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="share of the start's weights in the result; a mean of both forgets less "
        "(Wortsman et al. 2022, arXiv:2109.01903)",
    )
    optimisation: OptimisationSettings = Field(
        default=OptimisationSettings(
            steps=600, learning_rate=5e-4, backbone_rate=0.5, average=0.99, seed=1, precision="fp32"
        ),
        description="how long and how fast",
    )

    @model_validator(mode="after")
    def _names_labelled_folders(self) -> Self:
        known = [folder.folder for folder in self.labelled or ()]
        for key in ("asked", "fixed"):
            unknown = sorted(set(getattr(self, key)) - set(known))
            if unknown:
                raise ValueError(
                    f"{key}: {unknown[0]!r} is no folder of labelled, which has {', '.join(known) or 'none'}"
                )
        return self


def read_assignments(path: Path) -> dict[str, Any]:
    """The values of a YAML file, as `AdaptationDescription` names them.

    Raises:
        UsageError: The file is missing, or holds no values by name.
    """
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file; give the description of an adaptation") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML ({error})") from error
    if not isinstance(given, Mapping):
        raise UsageError(f"{path}: should hold values by name, such as worlds: 4")
    return dict(given)
