"""Training the models of the package again, with one command each."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.registry.known_answer import seal
from tracking.errors import UsageError
from tracking.model_card import card_path
from workshop.telling import Lines, Say, prepare, stages

Shipped = Literal["cyclist_detector", "cyclist_encoder"]
"""Models of the package."""
Scale = Literal["reduced", "full"]
"""How much is spent: less, to try things out, or as for the package, within an hour on two cores."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What to train.

    Attributes:
        model: Which one.
        output: Folder for the model, its card, and the state of the training.
        data: Folder of real pictures; None where the model can do without.
        scale: How much is spent.
        seed: Of everything that is drawn; None for that of the description.
    """

    model: Shipped
    output: Path
    data: Path | None
    scale: Scale
    seed: int | None = None


def train_model(plan: TrainingPlan, say: Say) -> Path:
    """Train a model of the package and put a sealed card beside it; interrupted, the same call goes on.

    Returns:
        The .onnx file.

    Raises:
        UsageError: Packages or data are missing, or `output` holds another training.
        WeightsError: The weights to start from are missing or other ones.
    """
    prepare("pipeline models train", plan.output)
    weights = _train_detector(plan, say) if plan.model == "cyclist_detector" else _train_encoder(plan, say)
    seal(weights)
    return weights


def _train_detector(plan: TrainingPlan, say: Say) -> Path:
    from workshop.detector.card import write_detector_card
    from workshop.detector.description import load_description
    from workshop.detector.train import train_detector

    description = load_description()
    if plan.data is None:
        folders = ", ".join(folder.folder for folder in description.real)
        raise UsageError(
            f"--data: the detector learns from labelled images too; name the folder that holds {folders}"
        )
    if plan.scale == "reduced":
        description = description.reduced()
    if plan.seed is not None:
        description = description.with_seed(plan.seed)
    trained = train_detector(description, plan.data, plan.output, stages(say))
    if not card_path(trained.path).is_file():
        write_detector_card(trained, description, _command(plan))
    return trained.path


def _train_encoder(plan: TrainingPlan, say: Say) -> Path:
    from workshop.encoder import train_encoder

    return train_encoder(plan.output, plan.data, plan.scale, plan.seed, Lines(say).tell)


def _command(plan: TrainingPlan) -> str:
    seed = "" if plan.seed is None else f" --seed {plan.seed}"
    return f"pipeline models train {plan.model} --data DIR --scale {plan.scale}{seed}"


def to_standard_error(text: str) -> None:
    """Print a line of progress beside the results."""
    print(text, file=sys.stderr, flush=True)
