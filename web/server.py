"""Listens, and answers until somebody stops it."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from flows.database import FlowStore
from flows.statistics import Query, Reliability, read_sites
from web.access import Door
from web.answers import Answers, Policy
from web.application import create_app
from web.listening import Listening, address_of, listen

if TYPE_CHECKING:
    from web.setup import Bench


def run_server(
    database: str,
    site: str | None,
    min_count: int | None,
    corrected: Path | None,
    door: Door,
    listening: Listening,
    bench: "Bench | None" = None,
) -> None:
    """Serve a database, which is opened for reading only, until the process is stopped.

    Args:
        database: Its address.
        site: The only site to show; None for all.
        min_count: Cells of fewer cyclists are withheld; None: as each site has asked.
        corrected: What ``pipeline evaluate --json`` wrote; None for no intervals.
        door: Who may come in.
        listening: Where.
        bench: A site that may be set up too, by those who have the scope; None for none.

    Raises:
        UsageError: There is no such database, site or file, or the address cannot be listened at.
        DatabaseError: The database could not be read.
    """
    reliability = None if corrected is None else Reliability.load(corrected)
    store = FlowStore.open_for_reading(database)
    with contextlib.closing(store):
        read_sites(store.database, Query(site=site))
        answers = Answers(store.database, Policy(min_count, site, reliability))
        _answer(create_app(answers, door, bench), listening)


def run_setup(bench: "Bench", door: Door, listening: Listening) -> None:
    """Serve the set-up of a site alone, until the process is stopped.

    Args:
        bench: The site.
        door: Who may come in.
        listening: Where.

    Raises:
        UsageError: The address cannot be listened at.
    """
    _answer(create_app(None, door, bench), listening)


def _answer(app: FastAPI, listening: Listening) -> None:
    with contextlib.closing(listen(listening)) as listener:
        # Neither addresses that were asked for, nor who asked, are written down.
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        listening.announce(address_of(listening.host, listener))
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
