"""``pipeline reid``: trains, measures, calibrates and exports encoders."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.calibrate import Objective, ObjectiveOption, RateOption
from pipeline.commands.evaluate import Form, FormOption, JsonOption
from pipeline.commands.evaluate_reid import BlurredOption, ExcludeOption, IdentitiesOption, QueryCameraOption
from pipeline.commands.output import write_file
from workshop.commands.laboratory import require_laboratory
from workshop.commands.reid_experiment import experiment

if TYPE_CHECKING:
    from reid.retrieval import EmbeddingSet

RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="Folder of a training, or its weights.safetensors.")
]
CropsArgument = Annotated[
    Path, typer.Argument(help="Folder of crops named like Market-1501 or like rider_0001_cam1.jpg.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    commands = typer.Typer(
        help="Train, measure, calibrate and export encoders for re-identification.", no_args_is_help=True
    )
    commands.command("train")(train)
    commands.command("evaluate")(evaluate)
    commands.command("calibrate")(calibrate)
    commands.command("export")(export)
    commands.command("experiment")(experiment)
    app.add_typer(commands, name="reid")


def train(
    description: Annotated[Path, typer.Argument(help="Training description (.yaml).")],
    out: Annotated[
        Path, typer.Argument(help="Folder for weights, state and learning curves; a state in it goes on.")
    ],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the data set; replaces the description's.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any value, for example training.epochs=5."),
    ] = None,
) -> None:
    """Train a network as described; interrupted, the same command goes on where it stopped."""
    require_laboratory()
    from pipeline.configuration import parse_assignments
    from reid.training.session import run_training
    from workshop.laboratory import read_description, show_training

    overrides = parse_assignments(set_ or []) | ({} if data is None else {"data.folder": str(data)})
    described = read_description(description, overrides)
    with show_training(described.training.epochs) as update:
        weights = run_training(described, out, update)
    typer.echo(f"weights: {weights}\nlearning curves: {weights.parent / 'curves.csv'}")


def evaluate(
    run: RunArgument,
    source: CropsArgument,
    query_camera: QueryCameraOption = None,
    blurred: BlurredOption = False,
    identities: IdentitiesOption = "0:",
    exclude_same_camera: ExcludeOption = False,
    json_file: JsonOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Measure a trained network: CMC, mAP, pairs by threshold, searches, per image and per tracklet."""
    require_laboratory()
    import numpy as np
    from rich.console import Console

    from pipeline.reports import print_reid, to_json
    from reid.retrieval import evaluate_reid, pick_identities

    found = _embed(run, source, query_camera, blurred)
    if identities != "0:":
        found = found.of_identities(np.append(pick_identities(found, identities, "--identities"), "0"))
    report = evaluate_reid(found, exclude_same_camera=exclude_same_camera)
    if json_file is not None:
        write_file(json_file, to_json(report) + "\n", "--json")
    if form is Form.JSON:
        typer.echo(to_json(report))
    else:
        print_reid(report, Console(highlight=False))


def calibrate(
    run: RunArgument,
    source: CropsArgument,
    report: Annotated[
        Path | None, typer.Option("--report", help="Other crops to measure on. Default: half of the riders.")
    ] = None,
    choose_on: Annotated[
        str | None, typer.Option("--choose-on", help="Riders to choose on, sorted: 222:272, or as shares.")
    ] = None,
    report_on: Annotated[str | None, typer.Option("--report-on", help="Other riders, to measure on.")] = None,
    false_positive_rate: RateOption = None,
    objective: ObjectiveOption = Objective.MATCHES,
    blurred: BlurredOption = False,
) -> None:
    """Choose the threshold of a trained network on some riders, and measure it on others."""
    require_laboratory()
    from rich.console import Console

    from pipeline.reports import print_calibration, riders_part
    from reid.export import ThresholdRecord, write_threshold
    from reid.retrieval import calibrate as choose

    given = _embed(run, source, None, blurred)
    other = given if report is None else _embed(run, report, None, blurred)
    halves = ("0:0.5", "0.5:1.0") if report is None else (":", ":")
    found = choose(
        riders_part(given, choose_on or halves[0], "--choose-on"),
        riders_part(other, report_on or halves[1], "--report-on"),
        false_positive_rate=false_positive_rate,
        objective=objective.value,
    )
    record = ThresholdRecord(
        threshold=found.threshold,
        precision=found.reported_on.precision,
        recall=found.reported_on.recall,
        data=source.absolute().name,
        riders=found.riders,
        report_riders=found.report_riders,
        calibration=found.curve,
    )
    path = write_threshold(_folder(run), record)
    print_calibration(found, Console(highlight=False))
    typer.echo(f"\nkept in {path} for `pipeline reid export`")


def export(
    run: RunArgument,
    out: Annotated[Path, typer.Argument(help="File to write: .onnx, or .pt2 for PyTorch.")],
    licence: Annotated[
        str, typer.Option("--licence", help="Terms of the weights, for the card; data may bind them.")
    ] = "not stated",
    half: Annotated[bool, typer.Option("--half", help="Half precision: half the size, for GPUs.")] = False,
    uncalibrated: Annotated[
        bool, typer.Option("--uncalibrated", help="Without threshold, and so without a card.")
    ] = False,
) -> None:
    """Write a trained network and its card for `pipeline run --encoder`, and compare it with the original."""
    require_laboratory()
    from reid.export import export_network, read_threshold, write_card
    from reid.training.trained import load_trained

    model = load_trained(run)
    record = None if uncalibrated else read_threshold(_folder(run))
    exported = export_network(model.network, model.about.transforms.size, out, half)
    typer.echo(
        f"{exported.path}: embeddings of {exported.dimension} values, at most {exported.difference:.1g} from "
        "those of PyTorch"
    )
    if record is not None:
        typer.echo(f"card: {write_card(exported, model.about, record, licence)}")


def _embed(run: Path, source: Path, query_camera: str | None, blurred: bool) -> "EmbeddingSet":
    from pipeline.reports import read_embeddings
    from reid.export import LaboratoryEncoder
    from reid.training.trained import load_trained

    return read_embeddings(source, LaboratoryEncoder(load_trained(run)), query_camera, blurred)


def _folder(run: Path) -> Path:
    return run if run.is_dir() else run.parent
