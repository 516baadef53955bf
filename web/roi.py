"""``pipeline roi``: regions, lines, places and links of a site, drawn in the browser."""

from pathlib import Path
from typing import Annotated

import typer

from tracking.errors import UsageError
from web.command import require_web


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("roi")(roi)


def roi(
    site: Annotated[Path, typer.Argument(help="Site file, for example groningen.yaml.")],
    look: Annotated[
        float,
        typer.Option("--look", min=0.1, max=60, metavar="MINUTES", help="To say what would be counted."),
    ] = 1.0,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any free one.")] = 8301,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            help="Who may come in: tokens with the scope setup, that `pipeline serve --new-token` made.",
        ),
    ] = None,
) -> None:
    """Draw regions and counting lines, place and join cameras, and see what would be counted."""
    require_web("roi")
    from pipeline.configuration import load_configuration
    from web.access import Door, Tokens, is_loopback
    from web.listening import Listening
    from web.server import run_setup
    from web.setup import Bench

    load_configuration(site)
    loopback = is_loopback(host)
    if not (loopback or token_file):
        raise UsageError(
            f"--host {host} can be reached by others, who could change {site}: say who may with --token-file "
            "FILE (made with `pipeline serve --token-file FILE --new-token NAME --scope setup`)"
        )
    door = Door(Tokens(token_file) if token_file else None, loopback=loopback)
    listening = Listening(host, port, lambda address: typer.echo(f"open {address} (stop with Ctrl-C)"))
    run_setup(Bench(site, 60 * look), door, listening)
