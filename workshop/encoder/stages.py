"""The trainings of a recipe, one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from reid.datasets import ReidDataset
from reid.training import Progress
from reid.training.objectives import Objective
from reid.training.session import TrainingSession
from reid.training.trained import WEIGHTS
from workshop.detector.learning.arithmetic import computes_in_bf16
from workshop.encoder.recipe import EncoderRecipe, StageSettings
from workshop.encoder.training_set import joined

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Riders:
    """What a training may learn from.

    Attributes:
        simulated: Linked riders of the simulation; None for none.
        real: Photographed riders, those held out left out; None for none.
    """

    simulated: ReidDataset | None
    real: ReidDataset | None

    def of(self, stage: StageSettings) -> ReidDataset:
        """The riders of a stage."""
        parts = []
        if self.simulated is not None and stage.simulated_riders != 0:
            parts.append(_some(self.simulated, stage.simulated_riders))
        if self.real is not None and stage.real_riders:
            parts.append(self.real)
        return joined(stage.name, parts)


def train_stages(
    recipe: EncoderRecipe,
    stages: Sequence[StageSettings],
    riders: Riders,
    folder: Path,
    say: Say,
    initial: Path | None = None,
    changed: Callable[[Objective], Objective] = lambda objective: objective,
) -> Path:
    """Train stage by stage, each from the weights of the one before; interrupted, the same call goes on.

    Args:
        recipe: Network, losses, batches.
        stages: Those to go through.
        riders: Who is learnt from.
        folder: A folder for each stage is made in it.
        say: Told in words how far it is.
        initial: Weights to begin with; None for those of the recipe.
        changed: From the objective of the recipe to the one that is trained, to try others.

    Returns:
        The weights of the last stage.

    Raises:
        UsageError: Nothing can be learnt from the riders.
        WeightsError: The weights to start from are damaged.
        TrainingError: The training diverged.
    """
    weights = initial
    for stage in stages:
        place = folder / stage.name
        if not (place / WEIGHTS).is_file():
            _train(recipe, stage, riders.of(stage), place, weights, say, changed)
        weights = place / WEIGHTS
    assert weights is not None, "a recipe has at least one stage"
    return weights


def _train(
    recipe: EncoderRecipe,
    stage: StageSettings,
    dataset: ReidDataset,
    place: Path,
    initial: Path | None,
    say: Say,
    changed: Callable[[Objective], Objective],
) -> None:
    description = recipe.description(stage, place, initial)
    if not computes_in_bf16():
        exact = stage.training.model_copy(update={"precision": "fp32"})
        description = description.model_copy(update={"training": exact})
    session = TrainingSession(description, place, dataset=dataset, changed=changed)
    # On a CPU this order of the numbers in memory takes half the time.
    session.network.to(memory_format=torch.channels_last)
    epochs = stage.training.epochs

    def report(progress: Progress) -> None:
        say(
            f"{stage.name}: epoch {progress.epoch}/{epochs}, batch {progress.step}/"
            f"{progress.steps_per_epoch}, loss {progress.loss:.3f} {progress.warning}".rstrip()
        )

    session.trainer.run(report)
    session.save()


def _some(dataset: ReidDataset, count: int | None) -> ReidDataset:
    """Riders drawn evenly over all worlds; the same every time."""
    names = np.array(dataset.identities)
    if count is None or count >= len(names):
        return dataset
    return dataset.with_identities(names[np.linspace(0, len(names) - 1, count).round().astype(int)].tolist())
