"""``pipeline init``: the first site file of footage."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import SetOption, given
from pipeline.commands.outcome import CAMERA_NOT_READ

if TYPE_CHECKING:
    from pipeline.setup import Begun


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("init")(init)


def init(
    footage: Annotated[
        list[str],
        typer.Argument(
            metavar="FOOTAGE...",
            help="Folders, files or globs of recordings; NAME=FOLDER makes one camera of all in it.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The site file; never overwritten.")] = Path(
        "site.yaml"
    ),
    site: Annotated[
        str | None, typer.Option("--site", help="Name of the site; else that of the folder.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Of the cameras' clocks; else this machine's.")
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option(
            "--start", help="Local time of the first frame, where neither name nor recording tells."
        ),
    ] = None,
    look: Annotated[
        float,
        typer.Option(
            "--look",
            min=0,
            max=600,
            metavar="MINUTES",
            help="Of each camera, to see where riders ride; 0: the whole picture counts.",
        ),
    ] = 2.0,
    detector: Annotated[
        str | None,
        typer.Option(help="For looking: a name of `pipeline models list`, a model file, or motion."),
    ] = None,
    set_: SetOption = None,
) -> None:
    """Write a first site file: cameras and starts by folders and names, regions by where riders are seen."""
    from pipeline.setup import begin_site
    from pipeline.setup.begin import Asked
    from pipeline.setup.zone import chosen_zone

    name = site or output.absolute().parent.name or "site"
    zone, note = chosen_zone(timezone)
    asked = Asked(name, zone, note, start, 60 * look, given(set_, {"detector.name": detector}))
    begun = begin_site(footage, output, asked, lambda sentence: typer.echo(sentence, err=True))
    _print(begun, output)
    if begun.left_out or any(camera.errors for camera in begun.surveys):
        raise typer.Exit(CAMERA_NOT_READ)


def _print(begun: "Begun", output: Path) -> None:
    from pipeline.commands.validate import print_surveys

    print_surveys(begun.surveys)
    for camera, guess in begun.checks.items():
        typer.echo(f"camera {camera}: {guess}", err=True)
    for camera, riders in begun.riders.items():
        seen = f"riders seen: {riders}" if riders else "no rider was seen, so the whole picture counts"
        typer.echo(f"camera {camera}: {seen}", err=True)
    for camera, trouble in begun.left_out.items():
        typer.echo(f"left out: camera {camera}: {trouble}", err=True)
    for one in begun.surveys:
        for error in one.errors:
            typer.echo(f"camera {one.camera}: {error}", err=True)
    typer.echo(f"wrote {output}; next: pipeline roi {output}, then pipeline run -c {output}")
