"""Options that many commands take, and where their values come from.

A setting comes from the command line, else from the site file, else from ``config.yaml``, else from the
program; every command asks here, so that all of them find the same.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.configuration import Defaults

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="FIETSFLOW_DATABASE",
        help="sqlite:///FILE, a file name, postgresql://USER@HOST/NAME, or @FILE that holds one of them; "
        "else the site file's, else config.yaml's.",
    ),
]
"""The option that every command with a database takes."""

CamerasOption = Annotated[
    Path | None,
    typer.Option("--cameras", "-c", help="Site file: its site is asked for, and its settings count."),
]
"""The site file, for commands that also work without one."""

ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Read this footage again and delete what was counted of it before.")
]
"""Read again."""

FromOption = Annotated[
    str | None,
    typer.Option("--from", help="With --replace: only files that reach beyond this local moment."),
]
"""Begin of the period that is read again."""

ToOption = Annotated[
    str | None, typer.Option("--to", help="With --replace: only files that begin before this local moment.")
]
"""End of the period that is read again."""

ExplainOption = Annotated[
    Path | None,
    typer.Option(
        "--explain",
        help="Also write every track that was not counted, and every counted rider who was not linked, with "
        "the reason to this file, as CSV; no pictures. For `pipeline explain`.",
    ),
]
"""Where to write why."""

MetricsOption = Annotated[
    str | None,
    typer.Option(
        "--metrics-address",
        metavar="HOST:PORT",
        envvar="FIETSFLOW_METRICS_ADDRESS",
        help="Serve /metrics (Prometheus), /healthz and /readyz there while it works, for example "
        "127.0.0.1:9464.",
    ),
]
"""Where a run tells how it is."""

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Any value, for example matching.threshold=0.8; may be repeated."
    ),
]
"""Any setting by its key."""


def given(set_: Iterable[str] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """What the command line sets, by dotted key.

    Args:
        set_: Texts of ``--set``.
        named: Key → value of the options with a name of their own, which win; None where not given.

    Raises:
        UsageError: An assignment cannot be read.
    """
    from pipeline.configuration import parse_assignments

    return parse_assignments(set_ or ()) | {key: value for key, value in named.items() if value is not None}


def settings_of(cameras: Path | None, named: Mapping[str, Any]) -> "tuple[Defaults, str | None]":
    """Find the settings of a command that works with and without a site file.

    Args:
        cameras: The site file, if one was named.
        named: As for `given`.

    Returns:
        Settings, and the name of the site where one was named.

    Raises:
        UsageError: Something is wrong in one of the layers.
    """
    from pipeline.configuration import load_configuration, load_defaults

    overrides = given(None, named)
    if cameras is None:
        return load_defaults(overrides), None
    configuration = load_configuration(cameras, overrides)
    return configuration, configuration.site


def database_of(database: str | None, cameras: Path | None) -> str:
    """Find the database of a command that needs nothing else; see `settings_of`."""
    return settings_of(cameras, {"database": database})[0].database
