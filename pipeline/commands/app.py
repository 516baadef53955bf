"""The Typer application; turns the program's own errors into one sentence and an exit code."""

import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.models import CommandInfo, TyperInfo

from pipeline.commands.absent import GUESTS, is_installed, register_absent
from tracking.addresses import hide_credentials
from tracking.errors import FietsflowError, UsageError
from tracking.memory_limit import limit_memory, told_of_memory

_COUNT, _LOOK, _CHECK, _SITE, _TRAIN = "Count", "Look", "Check", "Run a site", "Train and measure models"

COMMAND_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "pipeline.commands.run": _COUNT,
        "simulation.command": _COUNT,
        "pipeline.commands.replay": _COUNT,
        "pipeline.commands.stats": _LOOK,
        "pipeline.commands.export": _LOOK,
        "web.command": _LOOK,
        "web.report.command": _LOOK,
        "pipeline.commands.explain": _LOOK,
        "pipeline.commands.evaluate": _CHECK,
        "pipeline.commands.check": _CHECK,
        "pipeline.commands.mark": _CHECK,
        "pipeline.commands.publish": _CHECK,
        "pipeline.commands.audit": _CHECK,
        "pipeline.commands.init": _SITE,
        "web.roi": _SITE,
        "pipeline.commands.alarms": _CHECK,
        "pipeline.commands.validate": _SITE,
        "pipeline.commands.tune": _SITE,
        "pipeline.commands.send": _SITE,
        "pipeline.commands.mqtt": _SITE,
        "web.centre.command": _SITE,
        "pipeline.commands.db": _SITE,
        "pipeline.commands.models": _TRAIN,
        "workshop.commands.models_train": _TRAIN,
        "workshop.commands.train_classifier": _TRAIN,
        "workshop.commands.adapt": _TRAIN,
        "workshop.commands.reid": _TRAIN,
        "pipeline.commands.dataset": _TRAIN,
        "pipeline.commands.calibrate": _TRAIN,
        "pipeline.commands.evaluate_tracks": _TRAIN,
        "pipeline.commands.evaluate_reid": _TRAIN,
    }
)
"""Modules that offer ``register(app)`` → what people do with it, in the order of the help page.

Simulation, web and workshop join by name alone: nothing of the product imports them, and an installation
without them (the container image has no workshop) has all other commands and says what is missing.
"""

_LOG_FORMATS = ("text", "json")
"""Values of ``--log-format``."""

_INTERRUPTED = 130
"""Exit code of a program that was stopped with Ctrl-C; Typer returns it instead of raising."""


def new_app() -> typer.Typer:
    """The application without its commands."""
    app = typer.Typer(
        name="pipeline",
        help="Tells a city where its cyclists ride: video in, anonymous counts and routes in SQL out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def _options(
        context: typer.Context,
        debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
        log_format: Annotated[
            str, typer.Option("--log-format", help="What stderr says: text, or json, one object a line.")
        ] = "text",
        config: Annotated[
            Path | None,
            typer.Option(
                "--config", help="File of defaults in the place of config.yaml; else FIETSFLOW_CONFIG."
            ),
        ] = None,
    ) -> None:
        """Hold the options of every command."""
        if config is not None:
            from pipeline.configuration.defaults import named_config

            context.with_resource(named_config(config))

    return app


def _register_commands(app: typer.Typer) -> None:
    for name, purpose in COMMAND_MODULES.items():
        if name in GUESTS and not is_installed(name):
            register_absent(app, name)
            continue
        register: Callable[[typer.Typer], Any] = import_module(name).register
        register(app)
        added: list[CommandInfo | TyperInfo] = [*app.registered_commands, *app.registered_groups]
        for one in added:
            if not isinstance(one.rich_help_panel, str):
                one.rich_help_panel = purpose


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with the documented exit code."""
    app = new_app()
    _register_commands(app)
    sys.exit(execute(app, list(sys.argv[1:] if arguments is None else arguments)))


def execute(app: typer.Typer, arguments: list[str]) -> int:
    """Run one command and turn its failure into a sentence on stderr.

    Args:
        app: Application with its commands.
        arguments: Without the program's name; ``--debug``, ``--log-format FORM`` and ``--config FILE`` may
            stand anywhere.

    Returns:
        0 done, 1 failed while running, 2 wrong usage or configuration, 130 stopped with Ctrl-C.
    """
    try:
        form = _log_format(arguments)
    except UsageError as error:
        return _fail(str(error), error.exit_code, "--debug" in arguments)
    if form == "text":
        return _execute(app, arguments)
    from pipeline.telemetry.lines import LogFormat, said_as

    with said_as(LogFormat(form)):
        return _execute(app, arguments)


def _log_format(arguments: list[str]) -> str:
    """The form in which the command speaks; known before it is read, since that may fail.

    Raises:
        UsageError: There is no such form.
    """
    form = "text"
    for place, option in enumerate(arguments):
        name, sign, value = option.partition("=")
        if name == "--log-format":
            form = value if sign else "".join(arguments[place + 1 : place + 2])
    if form not in _LOG_FORMATS:
        raise UsageError(f"--log-format: '{form}' is not known; give {' or '.join(_LOG_FORMATS)}")
    return form


def _execute(app: typer.Typer, arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        limit_memory()
        code = app(_sorted(arguments), standalone_mode=False)
    except FietsflowError as error:
        return _fail(str(error), error.exit_code, debug)
    except typer.TyperException as error:
        return _fail(_with_hint(error), error.exit_code, debug)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}", FietsflowError.exit_code, debug)
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except Exception as error:
        if (sentence := told_of_memory(error)) is None:
            raise
        return _fail(sentence, FietsflowError.exit_code, debug)
    if code == _INTERRUPTED:
        typer.echo("stopped; run the same command again to go on where it left off", err=True)
    return code if isinstance(code, int) else 0


def _sorted(arguments: list[str]) -> list[str]:
    """Put the options of every command in front: they are accepted behind it too, where people type them."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--config":
            file = next(waiting, None)
            if file is None:
                raise UsageError("--config: name a file of defaults behind it, such as config.yaml")
            front += [argument, file]
        elif argument == "--log-format":
            front += [argument, next(waiting, "")]
        elif argument == "--debug" or argument.startswith(("--config=", "--log-format=")):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest


def _with_hint(error: typer.TyperException) -> str:
    if not error.format_message():  # Called without a command: Typer has printed the help.
        return ""
    context = getattr(error, "ctx", None)
    hint = f" (see `{context.command_path} --help`)" if context else ""
    return error.format_message().replace("Value error, ", "").rstrip(".") + hint


def _fail(message: str, exit_code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    for sentence in message.splitlines():
        typer.echo(f"error: {hide_credentials(sentence)}", err=True)
    return exit_code
