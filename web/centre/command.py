"""``pipeline centre``: takes what boxes at the street send, and links it."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DatabaseOption, SetOption, given
from tracking.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("centre")(centre)


def centre(
    cameras: Annotated[
        list[Path] | None,
        typer.Option(
            "--cameras",
            "-c",
            help="Site file with all cameras of a site and its links; may be repeated. Footage is not read.",
        ),
    ] = None,
    database: DatabaseOption = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="Who may send: tokens that --new-token made.")
    ] = None,
    new_token: Annotated[
        str | None,
        typer.Option(
            "--new-token", metavar="NAME", help="Add a box to --token-file, show its token once, and end."
        ),
    ] = None,
    site: Annotated[str | None, typer.Option("--site", help="With --new-token: the box's site.")] = None,
    camera: Annotated[
        list[str] | None,
        typer.Option("--camera", help="With --new-token: a camera it may speak of; may be repeated."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 for any free one.")] = 8400,
    cert: Annotated[Path | None, typer.Option("--cert", help="Certificate chain for TLS, PEM.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Its key, PEM.")] = None,
    plain_http: Annotated[
        bool,
        typer.Option("--plain-http", help="Listen without TLS where others can connect: a proxy adds it."),
    ] = False,
    wait: Annotated[
        float | None,
        typer.Option(
            "--wait",
            min=1,
            metavar="SECONDS",
            help="How long a camera without progress is waited for; else as long as embeddings may live.",
        ),
    ] = None,
    set_: SetOption = None,
) -> None:
    """Take what boxes at the street send, and link it as one run over all footage would."""
    if new_token is not None:
        _make_token(token_file, new_token, site, camera or [])
        return
    if missing := [name for name in ("starlette", "uvicorn") if find_spec(name) is None]:
        raise UsageError(
            f'pipeline centre: needs {" and ".join(missing)}; run `pip install "fietsflow[web]"`'
        )
    _check_way(host, cert, key, plain_http)
    if token_file is None:
        raise UsageError("pipeline centre: say who may send with --token-file FILE; --new-token makes it")
    _listen(cameras or [], given(set_, {"database": database}), token_file, (host, port), (cert, key), wait)


def _listen(
    sites: list[Path],
    overrides: dict[str, object],
    token_file: Path,
    place: tuple[str, int],
    certificate: tuple[Path | None, Path | None],
    wait_s: float | None,
) -> None:
    from pipeline.centre import Centre
    from pipeline.configuration import load_configuration
    from web.centre.application import create_app
    from web.centre.boxes import BoxTokens
    from web.centre.server import run_centre
    from web.listening import Listening

    if not sites:
        raise UsageError(
            "pipeline centre: give the site file with all cameras and their links: --cameras FILE"
        )
    tokens = BoxTokens(token_file)
    configurations = [load_configuration(path, overrides) for path in sites]
    databases = {one.database for one in configurations}
    if len(databases) > 1:
        raise UsageError("--cameras: the site files name several databases; give the one with --database")
    cert, key = certificate
    with Centre.open(configurations, databases.pop(), tokens.boxes, wait_s) as opened:
        listening = Listening(
            *place, lambda address: typer.echo(f"boxes send to {address} (stop with Ctrl-C)")
        )
        run_centre(
            create_app(opened, tokens), listening, None if cert is None or key is None else (cert, key)
        )


def _check_way(host: str, cert: Path | None, key: Path | None, plain: bool) -> None:
    """Refuse to listen without TLS where others can connect, unless that was said.

    Raises:
        UsageError: It is so, or only half of a certificate was given.
    """
    from tracking.hosts import is_loopback

    if (cert is None) != (key is None):
        raise UsageError("--cert and --key belong together; give both")
    if cert is None and not plain and not is_loopback(host):
        raise UsageError(
            f"--host {host} can be reached by others, and tokens would travel without encryption: give "
            "--cert and --key, or say with --plain-http that a proxy in front does that"
        )


def _make_token(path: Path | None, name: str, site: str | None, cameras: list[str]) -> None:
    from pipeline.centre import Box
    from web.centre.boxes import add_box

    if path is None or site is None or not cameras:
        raise UsageError(
            "--new-token needs --token-file FILE for its digest, and what it is for: --site SITE "
            "--camera CAMERA"
        )
    typer.echo(add_box(path, Box(name, site, frozenset(cameras))))
    typer.echo(f"the token of {name}; it is shown once, {path} holds its digest only", err=True)
