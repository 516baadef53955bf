"""``pipeline reid experiment``: the tables of the papers, run again."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.evaluate import Form, FormOption
from tracking.errors import UsageError
from workshop.commands.laboratory import require_laboratory

if TYPE_CHECKING:
    from reid.experiments import ExperimentResult


_FILE_WIDTH = 240


class ScaleName(StrEnum):
    """How large."""

    SMOKE = "smoke"
    FULL = "full"


def experiment(
    name: Annotated[
        str | None, typer.Argument(help="Name of an experiment (see --list), or a .yaml file of your own.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name all experiments.")] = False,
    scale: Annotated[
        ScaleName, typer.Option("--scale", help="smoke: minutes on a processor; full: as in the paper.")
    ] = ScaleName.SMOKE,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of the data. Default at smoke scale: simulated."),
    ] = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, help="Repetitions with other seeds.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="Folder of results; what is finished there is not run again. "
            "Default: experiments/NAME-SCALE.",
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option("--weights", help="Folder of ImageNet weights named by backbone, such as resnet50.pth."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Of all trainings, such as training.device=cuda."),
    ] = None,
    keep_weights: Annotated[bool, typer.Option("--keep-weights", help="Keep all trained networks.")] = False,
    form: FormOption = Form.TABLE,
) -> None:
    """Train and measure every row of a table of the papers, and write it with the paper's numbers beside."""
    require_laboratory()
    from pipeline.configuration import parse_assignments
    from pipeline.reports import to_json
    from reid.experiments import Scale, markdown, run_experiment, summarise
    from workshop.laboratory.experiment_progress import show_experiment
    from workshop.laboratory.experiments import find_experiment, prepare

    if list_:
        _list()
        return
    if name is None:
        raise UsageError("experiment: is missing; give a name, or --list to see all")
    short = Path(name).stem
    folder = output or Path("experiments") / f"{short}-{scale}"
    found = find_experiment(name)
    task = prepare(
        found,
        Scale(scale),
        folder,
        data=data,
        seeds=seeds,
        weights=weights,
        overrides=parse_assignments(set_ or []),
        keep_weights=keep_weights,
    )
    with show_experiment() as update:
        runs = run_experiment(task, update)
    result = summarise(short, task, runs)
    (folder / "result.json").write_text(to_json(result) + "\n", encoding="utf-8")
    (folder / "table.md").write_text(markdown(result) + "\n", encoding="utf-8")
    if form is Form.JSON:
        typer.echo(to_json(result))
    else:
        _print(result)
        typer.echo(f"\n{folder / 'table.md'}, {folder / 'result.json'}")


def _list() -> None:
    from workshop.laboratory.experiments import experiment_names, find_experiment

    for name in experiment_names():
        found = find_experiment(name)
        typer.echo(f"{name:20} {found.title} ({found.source})")


def _print(result: "ExperimentResult") -> None:
    from rich.console import Console

    from pipeline.screen import new_table
    from reid.experiments import cells, circumstances, headings, verdict_lines

    first, *others = headings(result)
    table = new_table([first], others, f"{result.title} ({result.source})")
    for row in result.rows:
        table.add_row(*cells(result, row))
    # Not every terminal is wide enough for the papers' columns, but a file is.
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
    console.print(table)
    console.print(f"\n{circumstances(result)}\n")
    for line in verdict_lines(result.verdicts):
        console.print(line)
