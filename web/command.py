"""``pipeline serve``: the pages and the API of a database."""

from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of
from tracking.errors import UsageError

if TYPE_CHECKING:
    from web.review.links import Links


class ScopeName(StrEnum):
    """What ``--scope`` takes; the values of `web.access.Scope`."""

    STATISTICS = "statistics"
    OPERATION = "operation"
    SETUP = "setup"
    REVIEW = "review"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve")(serve)


def serve(
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    site: Annotated[str | None, typer.Option("--site", help="Show only this site.")] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any free one.")] = 8300,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", help="Who may come in: tokens that --new-token made. Else see --public."
        ),
    ] = None,
    new_token: Annotated[
        str | None,
        typer.Option(
            "--new-token", metavar="NAME", help="Add a token to --token-file, show it once, and end."
        ),
    ] = None,
    scope: Annotated[
        list[ScopeName] | None,
        typer.Option("--scope", help="With --new-token: what it opens; may be repeated. Else statistics."),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Show the published numbers to everybody, without a token.")
    ] = False,
    min_count: Annotated[
        int | None,
        typer.Option(
            "--min-count", min=1, help="Withhold cells of fewer cyclists; else as the site asked: 5."
        ),
    ] = None,
    corrected: Annotated[
        Path | None,
        typer.Option(
            "--corrected", help="What `pipeline evaluate --json` wrote: adds 95 % intervals to routes."
        ),
    ] = None,
    review: Annotated[
        bool,
        typer.Option(
            "--review",
            help="Also count by hand, mark time and publish days, for tokens with the scope review: changes "
            "the database.",
        ),
    ] = False,
    dataset: Annotated[
        Path | None,
        typer.Option(
            "--dataset",
            help="With --review: also link riders over the cameras, of the set that `pipeline dataset build` "
            "wrote to this folder.",
        ),
    ] = None,
    rate: Annotated[int, typer.Option("--rate", min=10, help="Requests of a client a minute.")] = 600,
) -> None:
    """Show a database in the browser, and to programs: pages, API, login."""
    if new_token is not None:
        _make_token(token_file, new_token, scope or [ScopeName.STATISTICS])
        return
    require_web("serve")
    from web.access import Door, Tokens, is_loopback
    from web.listening import Listening
    from web.server import run_server

    if dataset is not None and not review:
        raise UsageError("--dataset is reviewed at the desk: add --review")
    loopback = is_loopback(host)
    if not (loopback or public or token_file):
        raise UsageError(
            f"--host {host} can be reached by others: say who may see the numbers with --token-file FILE, "
            "or show what may be published to everybody with --public"
        )
    door = Door(Tokens(token_file) if token_file else None, public, loopback, rate)
    named = {"database": database, "statistics.min_count": min_count}
    settings, named_site = settings_of(cameras, named)
    smallest, _ = settings.statistics.chosen()
    if public and smallest == 1:
        raise UsageError(
            "--public with a smallest cell of 1 would publish every single journey; leave --min-count out"
        )
    listening = Listening(host, port, lambda address: typer.echo(f"open {address} (stop with Ctrl-C)"))
    bench = None
    if cameras is not None:
        from web.setup import Bench

        bench = Bench(cameras)
    run_server(
        settings.database,
        site or named_site,
        smallest,
        corrected,
        door,
        listening,
        bench,
        cameras if review else False,
        _links(dataset),
    )


def _links(dataset: Path | None) -> "Links | None":
    """The review of a set; its riders are compared before anybody is asked."""
    if dataset is None:
        return None
    from web.review.links import open_links

    return open_links(dataset)


def _make_token(path: Path | None, name: str, scopes: list[ScopeName]) -> None:
    from web.access.tokens import Scope, add_token

    if path is None:
        raise UsageError("--new-token needs a file to keep its digest in; add --token-file FILE")
    token = add_token(path, name, [Scope(one.value) for one in scopes])
    typer.echo(token)
    typer.echo(f"the token of {name}; it is shown once, {path} holds its digest only", err=True)


def require_web(command: str) -> None:
    """Refuse a command where what it needs is not installed.

    Args:
        command: Its name.

    Raises:
        UsageError: Something is missing.
    """
    missing = [name for name in ("fastapi", "jinja2", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"pipeline {command}: needs {' and '.join(missing)}, which the extra brings; "
            'run `pip install "fietsflow[web]"`'
        )
