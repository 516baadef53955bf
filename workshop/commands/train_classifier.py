"""``pipeline models train-classifier``: makes the classifier of crops of the package again.

A command of its own, because it looks at films in which nobody cycles: the other trainings cannot read
footage.
"""

from pathlib import Path
from typing import Annotated

import typer

REDUCED_STEPS = 400


def register(app: typer.Typer) -> None:
    """Add the command to the group ``pipeline models``, which the product offers."""
    group = next(one.typer_instance for one in app.registered_groups if one.name == "models")
    if group is not None:
        group.command("train-classifier")(train_classifier)


def train_classifier(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of real pictures; docs/understand/rider_classifier.md.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the model, its card and the training's state.")
    ] = Path("trained"),
    reduced: Annotated[
        bool, typer.Option("--reduced", help="A quarter of the steps, to try things.")
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Another draw of everything.")] = None,
) -> None:
    """Train the classifier that looks at the crops of a passage; interrupted, the same command goes on."""
    from workshop.classifier.card import write_classifier_card
    from workshop.classifier.description import load_description
    from workshop.classifier.train import train_classifier as train
    from workshop.telling import Lines, prepare

    prepare("pipeline models train-classifier", output)
    description = load_description()
    if reduced:
        description = description.with_learning(steps=REDUCED_STEPS)
    if seed is not None:
        description = description.with_learning(seed=seed)
    told = "".join([" --reduced" * reduced, "" if seed is None else f" --seed {seed}"])
    trained = train(description, data, output, Lines(lambda text: typer.echo(text, err=True)).tell)
    write_classifier_card(trained, description, f"pipeline models train-classifier --data DIR{told}")
    card = trained.path.with_suffix(".json").name
    typer.echo(f"{trained.path}, card {card}; use it with --set rider.classifier={trained.path}")
