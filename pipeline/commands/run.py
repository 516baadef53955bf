"""``pipeline run``: footage in, database out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DatabaseOption, SetOption, given


class Device(StrEnum):
    """Where the networks are computed."""

    CPU = "cpu"
    CUDA = "cuda"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(run)


def run(
    cameras: Annotated[Path, typer.Option("--cameras", "-c", help="Site file, for example groningen.yaml.")],
    database: DatabaseOption = None,
    detector: Annotated[
        str | None, typer.Option(help="A name of `pipeline models list`, a model file, or motion.")
    ] = None,
    encoder: Annotated[str | None, typer.Option(help="A name, a model file, or colour_stripes.")] = None,
    device: Annotated[Device | None, typer.Option(help="For detector and encoder.")] = None,
    set_: SetOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the database holds of this footage first.")
    ] = False,
    tracks: Annotated[
        Path | None,
        typer.Option(
            "--tracks",
            help="Also write the boxes of every counted cyclist to this folder, boxes_CAMERA.txt (MOT); no "
            "pictures.",
        ),
    ] = None,
    summary_json: Annotated[
        Path | None, typer.Option(help="Also write the summary to this file, as JSON.")
    ] = None,
) -> None:
    """Turn recorded footage into counts, routes, O-D matrix and travel times in a database."""
    from rich.console import Console

    from pipeline.configuration import load_configuration
    from pipeline.runner import run_site
    from pipeline.telemetry import print_summary

    named = {
        "database": database,
        "detector.name": detector,
        "detector.device": device and device.value,
        "encoder.name": encoder,
        "encoder.device": device and device.value,
    }
    summary = run_site(load_configuration(cameras, given(set_, named)), replace=replace, tracks=tracks)
    if summary_json is not None:
        summary_json.write_text(summary.to_json() + "\n", encoding="utf-8")
    print_summary(summary, Console())
