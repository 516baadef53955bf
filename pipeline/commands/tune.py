"""``pipeline tune``: the cheapest way of looking at a street that counts the same riders."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import SetOption, given
from pipeline.commands.outcome import CAMERA_NOT_READ
from pipeline.commands.output import write_file
from pipeline.commands.run import Device
from tracking.errors import FietsflowError

if TYPE_CHECKING:
    from pipeline.tuning import Tuning


class Form(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


class StoppedError(FietsflowError):
    """Somebody pressed Ctrl-C."""

    exit_code = 130


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("tune")(tune)


def tune(
    site: Annotated[Path, typer.Argument(help="Site file, for example groningen.yaml.")],
    minutes: Annotated[
        float, typer.Option(min=0.1, max=1440, help="Minutes of footage to try on, over all cameras.")
    ] = 10.0,
    write: Annotated[
        bool, typer.Option("--write", help="Put the chosen keys into the site file; comments stay.")
    ] = False,
    detector: Annotated[
        str | None, typer.Option(help="A name of `pipeline models list`, a model file, or motion.")
    ] = None,
    device: Annotated[Device | None, typer.Option(help="For detector and encoder.")] = None,
    set_: SetOption = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write every number to this file.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="What to print.")] = Form.TABLE,
) -> None:
    """Find the cheapest rate, parts and size of looks that count what looking at every frame counts."""
    from pipeline.configuration import put_values
    from pipeline.tuning import to_values, tune_site

    named = {
        "detector.name": detector,
        "detector.device": device and device.value,
        "encoder.device": device and device.value,
    }
    overrides = given(set_, named)
    try:
        tuning = tune_site(site, overrides, minutes, _say)
    except KeyboardInterrupt:
        raise StoppedError("stopped before the end; nothing was written, and nothing is left over") from None
    failure: Exception | None = None
    if write and tuning.chosen:
        try:
            put_values(site, tuning.chosen.way.values)
        except (FietsflowError, OSError) as error:  # Told behind the result, which took long.
            failure = error
    written = write and tuning.chosen is not None and failure is None
    values = json.dumps(to_values(tuning, written), indent=2, ensure_ascii=False)
    if json_file is not None:
        write_file(json_file, values + "\n", "--json")
    if form is Form.JSON:
        typer.echo(values)
    else:
        _print(tuning, site, written)
    if failure is not None:
        raise failure
    _leave(tuning)


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _print(tuning: "Tuning", site: Path, written: bool) -> None:
    from rich.console import Console

    from pipeline.configuration import yaml_block
    from pipeline.tuning import print_tuning

    print_tuning(tuning, Console())
    if written:
        typer.echo(f"written into {site}")
    elif tuning.chosen is not None:
        typer.echo(f"for {site}, by hand or with --write:\n{yaml_block(tuning.chosen.way.values)}", nl=False)


def _leave(tuning: "Tuning") -> None:
    """Leave with the exit code that fits.

    Raises:
        FietsflowError: There is nothing to choose.
        typer.Exit: A camera could not be read.
    """
    if not tuning.reference.riders:
        raise FietsflowError(
            "nobody was counted in these minutes, so that no way of looking can be told from another; give "
            "more --minutes, or footage with riders"
        )
    if tuning.chosen is None:
        raise FietsflowError(
            "no cheaper way of looking counts the same riders; nothing was written. What counts them is "
            "attention.every_frame: true"
        )
    if tuning.unread:
        raise typer.Exit(CAMERA_NOT_READ)
