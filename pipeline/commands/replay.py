"""``pipeline replay``: recorded boxes and embeddings in, database out."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("replay")(replay)


def replay(
    folder: Annotated[
        Path, typer.Argument(help="Folder that `pipeline simulate` wrote, with or without video.")
    ],
    database: Annotated[
        str | None,
        typer.Option(
            envvar="FIETSFLOW_DATABASE",
            help="sqlite:///FILE or postgresql://USER@HOST/NAME; the site file's.",
        ),
    ] = None,
    perfect: Annotated[
        bool, typer.Option("--perfect", help="The truth's boxes of all riders, and exact embeddings.")
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any value, for example matching.threshold=0.8."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the database holds of this recording first.")
    ] = False,
    tracks: Annotated[
        Path | None, typer.Option("--tracks", help="Also write the boxes of every counted cyclist here.")
    ] = None,
    summary_json: Annotated[
        Path | None, typer.Option(help="Also write the summary to this file, as JSON.")
    ] = None,
) -> None:
    """Take simulated detections instead of pixels through the same chain as footage."""
    from rich.console import Console

    from pipeline.configuration import parse_assignments
    from pipeline.replay import replay_site
    from pipeline.telemetry import print_summary

    overrides = parse_assignments(set_ or []) | ({} if database is None else {"database": database})
    summary = replay_site(folder, overrides, exact=perfect, replace=replace, tracks=tracks)
    if summary_json is not None:
        summary_json.write_text(summary.to_json() + "\n", encoding="utf-8")
    print_summary(summary, Console())
