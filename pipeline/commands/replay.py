"""``pipeline replay``: recorded boxes and embeddings in, database out."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DatabaseOption, SetOption, given


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("replay")(replay)


def replay(
    folder: Annotated[
        Path, typer.Argument(help="Folder that `pipeline simulate` wrote, with or without video.")
    ],
    database: DatabaseOption = None,
    perfect: Annotated[
        bool, typer.Option("--perfect", help="The truth's boxes of all riders, and exact embeddings.")
    ] = False,
    set_: SetOption = None,
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

    from pipeline.replay import replay_site
    from pipeline.telemetry import print_summary

    overrides = given(set_, {"database": database})
    summary = replay_site(folder, overrides, exact=perfect, replace=replace, tracks=tracks)
    if summary_json is not None:
        summary_json.write_text(summary.to_json() + "\n", encoding="utf-8")
    print_summary(summary, Console())
