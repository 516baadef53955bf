"""``pipeline validate``: print what applies and check that every source opens."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import DatabaseOption, SetOption, given

if TYPE_CHECKING:
    from pipeline.configuration.survey import CameraSurvey


class Format(StrEnum):
    """How the effective configuration is printed."""

    YAML = "yaml"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("validate")(validate)


def validate(
    site: Annotated[Path, typer.Argument(help="Site file, for example groningen.yaml.")],
    output: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.YAML,
    database: DatabaseOption = None,
    set_: SetOption = None,
) -> None:
    """Print the effective configuration and check that every source opens."""
    from pipeline.configuration import effective_values, load_configuration, to_yaml
    from pipeline.configuration.survey import survey
    from tracking.errors import UsageError

    configuration = load_configuration(site, given(set_, {"database": database}))
    surveys = survey(configuration)
    if output is Format.JSON:
        typer.echo(_to_json(effective_values(configuration), surveys))
    else:
        typer.echo(to_yaml(configuration))
    print_surveys(surveys)
    errors = [error for camera in surveys for error in camera.errors]
    if errors:
        raise UsageError("\n".join(errors))


def _to_json(configuration: dict[str, object], surveys: "Sequence[CameraSurvey]") -> str:
    from dataclasses import asdict

    cameras = [asdict(camera) for camera in surveys]
    return json.dumps({"configuration": configuration, "footage": cameras}, indent=2, ensure_ascii=False)


def print_surveys(surveys: "Sequence[CameraSurvey]") -> None:
    """Print what was found to stderr, so that stdout stays a file that can be loaded; one line a camera."""
    import sys

    from rich.console import Console

    from pipeline.screen import new_table

    headings = ["camera", "files", "size", "fps", "start", "start from", "end", "region", "of picture"]
    table = new_table(headings)
    for camera in surveys:
        size = f"{camera.width}x{camera.height}" if camera.width else "-"
        fps = f"{camera.fps:.4g}" if camera.fps else "-"
        share = "-" if camera.region_share is None else f"{camera.region_share:.0%}"
        table.add_row(
            camera.camera,
            str(camera.files),
            size,
            fps,
            _clock(camera.start),
            camera.start_from or "-",
            _clock(camera.end),
            camera.region,
            share,
        )
    # Nothing is folded where another program reads the lines.
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 400)
    console.print(table)
    for camera in surveys:
        for note in camera.notes:
            console.print(
                f"note: camera {camera.camera}: {note}", highlight=False, markup=False, soft_wrap=True
            )


def _clock(moment: str | None) -> str:
    """Date and time to the second, without the zone."""
    return moment[:19].replace("T", " ") if moment else "-"
