"""Counts a sample in the browser, for whoever sits at this machine."""

import contextlib
from pathlib import Path

import typer

from flows.database import FlowStore
from flows.statistics import Query
from pipeline.configuration import load_configuration
from tracking.errors import UsageError
from tracking.hosts import is_loopback
from web.access import Door
from web.answers import Answers, Policy
from web.listening import Listening
from web.review.desk import Desk, Draw
from web.server import serve_app


def serve_checks(
    file: Path,
    database: str | None,
    site: str,
    query: Query,
    drawn: tuple[int, int],
    role: str,
    place: tuple[str, int],
) -> None:
    """Serve the desk and the pages of a site until the process is stopped.

    Args:
        file: The site file.
        database: Its address; None for what the site file says.
        site: Name of the site.
        query: Cameras and period of the sample.
        drawn: Minutes of each camera, and the seed.
        role: Who counts.
        place: Host and port.

    Raises:
        UsageError: The address can be reached by others, or cannot be listened at.
        DatabaseError: The database fails.
    """
    host, port = place
    if not is_loopback(host):
        raise UsageError(
            f"--host {host} can be reached by others: use `pipeline serve --review` with --token-file, whose "
            "tokens with the scope review may judge"
        )
    overrides = {} if database is None else {"database": database}
    url = load_configuration(file, overrides).database
    listening = Listening(host, port, lambda address: typer.echo(f"open {address}review (stop with Ctrl-C)"))
    writing, reading = FlowStore.open(url), FlowStore.open_for_reading(url)
    with contextlib.closing(writing), contextlib.closing(reading):
        desk = Desk(reading.database, writing.database, site, file, Draw(query, *drawn), role)
        serve_app(Answers(reading.database, Policy(site=site)), Door(loopback=True), listening, desk=desk)
