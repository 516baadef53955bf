"""Commands of packages that an installation leaves out: they say so, instead of not being there."""

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

import typer

from tracking.errors import UsageError

GUESTS: Mapping[str, str] = MappingProxyType(
    {
        "simulation.command": "simulate",
        "web.command": "serve",
        "web.report.command": "report",
        "web.roi": "roi",
        "web.centre.command": "centre",
        "workshop.commands.reid": "reid",
        "workshop.commands.models_train": "models train",
        "workshop.commands.train_classifier": "models train-classifier",
        "workshop.commands.adapt": "adapt",
    }
)
"""Modules of other packages whose commands join by name → the command."""

EXTRAS: Mapping[str, str] = MappingProxyType({"web": "web"})
"""Package → the extra that it needs; the others need ``lab``."""


def is_installed(module: str) -> bool:
    """Whether a module can be imported; a folder of the same name is no package of ours."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def register_absent(app: typer.Typer, module: str) -> None:
    """Add a command that is not on the help page and says what it needs.

    Args:
        app: Has the group of the command already, if it has one.
        module: One of `GUESTS`.
    """
    *path, name = GUESTS[module].split()
    package = module.partition(".")[0]
    group = app
    for step in path:
        group = next(
            one.typer_instance for one in group.registered_groups if one.name == step and one.typer_instance
        )

    def explain() -> None:
        raise UsageError(
            f"pipeline {GUESTS[module]}: needs the package {package}, which this installation leaves out "
            "(as the container image does the workshop); "
            f'run `pip install "fietsflow[{EXTRAS.get(package, "lab")}]"` elsewhere'
        )

    # Whatever stands behind the command, --help too, is answered with the sentence.
    group.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )(explain)
