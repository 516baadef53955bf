"""From a description to a trained network on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from reid.datasets import ReidDataset
from reid.models import ModelSettings
from reid.training.adaptation import AdaptationSettings, pseudo_identities, relabel
from reid.training.batches import label_arrays
from reid.training.description import (
    BatchObjectiveSettings,
    TrainingDescription,
    VerificationObjectiveSettings,
)
from reid.training.embedding import embed_images
from reid.training.goals import build_objective
from reid.training.masks import MaskSet
from reid.training.mining import mine_hard_negatives
from reid.training.objectives import Objective
from reid.training.sources import build_batches, read_data
from reid.training.trained import (
    WEIGHTS,
    TrainedModel,
    build_network,
    load_trained,
    save_trained,
    start_from,
)
from reid.training.trainer import Progress, Trainer
from tracking.arrays import IntArray
from tracking.errors import UsageError


class TrainingSession:
    """A training as described, ready to run.

    Attributes:
        network: What is trained.
        dataset: What it is trained on.
        trainer: The loop.
    """

    network: nn.Module
    dataset: ReidDataset | MaskSet
    trainer: Trainer

    def __init__(
        self,
        description: TrainingDescription,
        folder: Path,
        hard_negatives: list[IntArray] | None = None,
        dataset: ReidDataset | None = None,
        changed: Callable[[Objective], Objective] = lambda objective: objective,
    ) -> None:
        """Read the data and build the network.

        Args:
            description: What to do.
            folder: Where state, learning curves and weights go.
            hard_negatives: Of each image, for a second round on triplets.
            dataset: Training images, where they are not those of the description.
            changed: From the objective of the description to the one that is trained, to try others.

        Raises:
            UsageError: If data, network and objective do not fit each other.
            WeightsError: If initial weights are missing or belong to another network.
        """
        self.dataset = dataset or read_data(description.data)
        settings, self._folder = description.training, folder
        torch.manual_seed(settings.seed)
        classes = len(self.dataset.identities)
        self._about = TrainedModel(
            model=_with_classes(description, classes),
            autoencoder=description.autoencoder,
            transforms=description.transforms,
            data=self.dataset.name,
            identities=classes,
            images=len(self.dataset),
            seed=settings.seed,
        )
        source = build_batches(description, self.dataset, hard_negatives)
        self.network = build_network(self._about, description.end_to_end)
        _start_from_given(self.network, description, self.dataset.name)
        objective = changed(build_objective(description, self.network, classes))
        told = description.model_dump(mode="json", exclude={"training", "data"})
        self.trainer = Trainer(self.network, objective, source, settings, folder, told)

    def save(self) -> Path:
        """Write the weights with what is known about them."""
        return save_trained(self.network, self._about, self._folder)


def run_training(
    description: TrainingDescription, folder: Path, on_progress: Callable[[Progress], None] | None = None
) -> Path:
    """Train as described; killed at any moment, the same call goes on.

    With several rounds, the hard negatives of a round are mined with its network and take part in the
    next, which starts from its weights. With an adaptation, every round clusters the images anew.

    Args:
        description: What to do.
        folder: Where everything goes; each of several rounds has a folder in it.
        on_progress: Called with every row of the learning curves.

    Returns:
        The weights of the last round.
    """
    if description.adaptation is not None:
        return _adapt(description, description.adaptation, folder, on_progress)
    weights, hard = description.initial_weights, None
    for number in range(1, description.rounds + 1):
        place = folder / f"round-{number}" if description.rounds > 1 else folder
        session = TrainingSession(description.model_copy(update={"initial_weights": weights}), place, hard)
        session.trainer.run(on_progress)
        weights = session.save()
        if number < description.rounds and isinstance(session.dataset, ReidDataset):
            paths = [crop.path for crop in session.dataset.crops]
            embeddings = embed_images(session.network, paths, description.transforms)
            hard = mine_hard_negatives(embeddings, label_arrays(session.dataset)[0])
    return weights if weights is not None else folder / WEIGHTS


def _adapt(
    description: TrainingDescription,
    settings: AdaptationSettings,
    folder: Path,
    on_progress: Callable[[Progress], None] | None,
) -> Path:
    unlabelled = read_data(description.data)
    if isinstance(unlabelled, MaskSet):
        raise UsageError("adaptation: needs images of riders, not masks")
    paths = [crop.path for crop in unlabelled.crops]
    weights = description.initial_weights or folder
    for number in range(1, settings.rounds + 1):
        embeddings = embed_images(load_trained(weights).network, paths, description.transforms)
        labels = pseudo_identities(embeddings, settings, description.training.seed)
        session = TrainingSession(
            description.model_copy(update={"initial_weights": weights}),
            folder / f"round-{number}",
            dataset=relabel(unlabelled, labels),
        )
        session.trainer.run(on_progress)
        weights = session.save()
    return weights


def _start_from_given(network: nn.Module, description: TrainingDescription, data: str) -> None:
    if description.autoencoder_weights is not None:
        start_from(network.autoencoder, description.autoencoder_weights)
    if description.initial_weights is not None:
        # Every round of an adaptation numbers its clusters anew.
        start_from(network, description.initial_weights, None if description.adaptation else data)


def _with_classes(description: TrainingDescription, classes: int) -> ModelSettings:
    """Size the classifier by the data where an objective wants one and the file does not say."""
    model, objective = description.model, description.objective
    if isinstance(objective, BatchObjectiveSettings):
        wants = any(term.name == "cross_entropy" for term in objective.losses)
    else:
        wants = isinstance(objective, VerificationObjectiveSettings) and objective.identification
    given: dict[str, Any] = model.model_dump()
    if not wants or "num_classes" not in given:
        return model
    if given["num_classes"] not in (None, classes):
        raise UsageError(
            f"model.num_classes: is {given['num_classes']}, but the training images show {classes} "
            "identities; leave it out"
        )
    return model.model_copy(update={"num_classes": classes})
