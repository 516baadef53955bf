"""``pipeline evaluate-tracks``: measures tracks against true boxes."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.evaluate import Form, FormOption, JsonOption
from pipeline.commands.output import write_file


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate-tracks")(evaluate_tracks)


def evaluate_tracks(
    truth: Annotated[Path, typer.Argument(help="True boxes: a MOT file, or a folder of boxes_<camera>.txt.")],
    prediction: Annotated[Path, typer.Argument(help="Tracks to measure: a file or a folder likewise.")],
    classes: Annotated[
        list[int] | None,
        typer.Option("--class", help="Class of the truth that counts; may be repeated. Default 2, cyclists."),
    ] = None,
    overlap: Annotated[
        float,
        typer.Option("--overlap", min=0.01, max=1, help="Least IoU of a match, for all but HOTA."),
    ] = 0.5,
    json_file: JsonOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Measure tracks against true boxes: HOTA, MOTA, IDF1, switches and fragments."""
    from rich.console import Console

    from pipeline.reports import measure_tracks, print_tracks, to_json
    from tracking.mot import CYCLIST_CLASS

    report = measure_tracks(truth, prediction, tuple(classes or (CYCLIST_CLASS,)), overlap)
    if json_file is not None:
        write_file(json_file, to_json(report) + "\n", "--json")
    if form is Form.JSON:
        typer.echo(to_json(report))
    else:
        print_tracks(report, Console(highlight=False))
