"""The Typer application; turns the program's own errors into one sentence and an exit code."""

import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import click
import typer

from tracking.errors import FietsflowError

COMMAND_MODULES = (
    "run",
    "validate",
    "simulate",
    "stats",
    "models",
    "db",
)
"""Modules of this package that offer ``register(app)``, in the order of the help page."""

app = typer.Typer(
    name="pipeline",
    help="Tells a city where its cyclists ride: video in, anonymous counts and routes in SQL out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Hold the options of every command."""


def _register_commands() -> None:
    for name in COMMAND_MODULES:
        register: Callable[[typer.Typer], Any] = import_module(f"pipeline.commands.{name}").register
        register(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with the documented exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    # --debug is accepted behind a command too, where people type it.
    arguments = (["--debug"] if debug else []) + [a for a in arguments if a != "--debug"]
    _register_commands()
    try:
        code = app(arguments, standalone_mode=False)
    except FietsflowError as error:
        if debug:
            traceback.print_exc()
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        typer.echo("stopped; run the same command again to go on where it left off", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
