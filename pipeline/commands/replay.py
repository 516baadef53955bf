"""``pipeline replay``: recorded boxes and embeddings in, database out."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DatabaseOption, ExplainOption, ReplaceOption, SetOption, given


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
    replace: ReplaceOption = False,
    tracks: Annotated[
        Path | None, typer.Option("--tracks", help="Also write the boxes of every counted cyclist here.")
    ] = None,
    explain: ExplainOption = None,
    summary_json: Annotated[
        Path | None, typer.Option(help="Also write the summary to this file, as JSON.")
    ] = None,
) -> None:
    """Take simulated detections instead of pixels through the same chain as footage."""
    from pipeline.commands.outcome import tell
    from pipeline.replay import replay_site

    overrides = given(set_, {"database": database})
    summary = replay_site(folder, overrides, exact=perfect, replace=replace, tracks=tracks, explain=explain)
    tell(summary, summary_json)
