"""``pipeline models train``: makes the models of the package again."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ShippedName(StrEnum):
    """Models of the package."""

    DETECTOR = "cyclist_detector"
    ENCODER = "cyclist_encoder"


class ScaleName(StrEnum):
    """How much is spent."""

    REDUCED = "reduced"
    FULL = "full"


def register(app: typer.Typer) -> None:
    """Add the command to the group ``pipeline models``, which the product offers."""
    group = next(one.typer_instance for one in app.registered_groups if one.name == "models")
    if group is not None:
        group.command("train")(train)


def train(
    name: Annotated[ShippedName, typer.Argument(help="Which model.", show_choices=True)],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of real pictures; its page in docs/understand says which."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the model, its card and the training's state.")
    ] = Path("trained"),
    scale: Annotated[
        ScaleName,
        typer.Option("--scale", help="full: as shipped, an hour on two cores; reduced: to try things out."),
    ] = ScaleName.FULL,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Another draw of everything.")] = None,
) -> None:
    """Train a model of the package; interrupted, the same command goes on where it stopped."""
    from workshop.training import TrainingPlan, to_standard_error, train_model

    plan = TrainingPlan(name.value, output, data, scale.value, seed)
    weights = train_model(plan, to_standard_error)
    option = "--detector" if name is ShippedName.DETECTOR else "--encoder"
    typer.echo(f"{weights}, card {weights.with_suffix('.json').name}; use it with {option} {weights}")
