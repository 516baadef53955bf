"""From a row of an experiment to the training that it stands for."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid.experiments.description import EvaluationSettings, Experiment, Scale, Variant
from reid.training.description import DataSettings, TrainingDescription
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class ImagenetWeights:
    """Where a backbone's ImageNet weights lie.

    Attributes:
        path: Local file.
        layout: How its tensors find their place, see `BackboneSettings.weights_layout`.
    """

    path: Path
    layout: str


def training_values(experiment: Experiment, row: Variant, scale: Scale) -> dict[str, Any]:
    """The training of a row as nested keys, not validated; without data and seed.

    A dotted key replaces what was there, groups of keys as well. Later ones win: those common to all
    rows, of the scale, of the row, of the row at this scale.
    """
    values: dict[str, Any] = deepcopy(experiment.training)
    own = row.smoke if scale is Scale.SMOKE else row.full
    for layer in (experiment.scale(scale).set, row.set, own):
        for key, value in layer.items():
            assign(values, key, deepcopy(value))
    return values


def evaluation_of(experiment: Experiment, row: Variant) -> EvaluationSettings:
    """How a row is measured.

    Raises:
        ValidationError: A key or value of `evaluate` does not fit.
    """
    values = experiment.evaluation.model_dump(mode="json")
    for key, value in row.evaluate.items():
        assign(values, key, deepcopy(value))
    return EvaluationSettings.model_validate(values)


def describe_training(
    values: Mapping[str, Any],
    data: DataSettings,
    seed: int,
    imagenet: Mapping[str, ImagenetWeights],
    initial_weights: Path | None = None,
    autoencoder_weights: Path | None = None,
) -> TrainingDescription:
    """Complete and validate the training of a row.

    Args:
        values: Of `training_values`.
        data: What it learns from.
        seed: Of all random choices.
        imagenet: ImageNet weights to start from, by backbone; not used where weights are given.
        initial_weights: Trained weights to start from.
        autoencoder_weights: Of a clustering network.

    Raises:
        ValidationError: A key or value does not fit.
    """
    complete = deepcopy(dict(values))
    assign(complete, "data", data.model_dump())
    assign(complete, "training.seed", seed)
    if initial_weights is not None:
        assign(complete, "initial_weights", initial_weights)
    if autoencoder_weights is not None:
        assign(complete, "autoencoder_weights", autoencoder_weights)
    description = TrainingDescription.model_validate(complete)
    backbone = getattr(description.model, "backbone", None)
    found = imagenet.get(backbone) if backbone is not None and initial_weights is None else None
    if found is None or getattr(description.model, "weights", None) is not None:
        return description
    start = {"weights": found.path, "weights_layout": found.layout}
    return description.model_copy(update={"model": description.model.model_copy(update=start)})


def assign(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key of nested keys; missing groups, or those that are null, are made.

    Raises:
        UsageError: A part of the key is a value already.
    """
    *groups, last = key.split(".")
    place = tree
    for group in groups:
        inner = place.get(group)
        if inner is None:
            inner = place[group] = {}
        if not isinstance(inner, dict):
            raise UsageError(f"{key}: {group} is the value {inner!r}, no group of keys")
        place = inner
    place[last] = value
