"""Listens, and answers until somebody stops it."""

import contextlib
import gc
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from flows.database import FlowStore
from flows.statistics import Query, Reliability, read_sites
from tracking.errors import UsageError
from web.access import Door
from web.ahead import ReadingAhead
from web.answers import Answers, Policy
from web.application import create_app
from web.listening import Listening, address_of, listen

if TYPE_CHECKING:
    from web.review import Desk
    from web.review.links import Links
    from web.setup import Bench


def run_server(
    database: str,
    site: str | None,
    min_count: int | None,
    corrected: Path | None,
    door: Door,
    listening: Listening,
    bench: "Bench | None" = None,
    review: Path | bool | None = False,
    links: "Links | None" = None,
) -> None:
    """Serve a database until the process is stopped; it is opened for reading only, but for the desk.

    Args:
        database: Its address.
        site: The only site to show; None for all.
        min_count: Cells of fewer cyclists are withheld; None: as each site has asked.
        corrected: What ``pipeline evaluate --json`` wrote; None for no intervals.
        door: Who may come in.
        listening: Where.
        bench: A site that may be set up too, by those who have the scope; None for none.
        review: Whether there is a desk, for those who have its scope: False for none, the site file whose
            footage may be counted, or None where none is reachable.
        links: Riders who may be linked at the desk; None for none.

    Raises:
        UsageError: There is no such database, site or file, a desk has several sites or other riders, or the
            address cannot be listened at.
        DatabaseError: The database could not be read.
    """
    reliability = None if corrected is None else Reliability.load(corrected)
    store = FlowStore.open_for_reading(database)
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.closing(store))
        sites = read_sites(store.database, Query(site=site))
        answers = Answers(store.database, Policy(min_count, site, reliability))
        desk = None
        if not isinstance(review, bool):
            writable = FlowStore.open(database)
            stack.enter_context(contextlib.closing(writable))
            desk = _desk(store, writable, [one.name for one in sites], review)
            _same_site(desk, links)
        stack.enter_context(ReadingAhead(answers))
        serve_app(answers, door, listening, bench, desk, links)


def serve_app(
    answers: Answers,
    door: Door,
    listening: Listening,
    bench: "Bench | None" = None,
    desk: "Desk | None" = None,
    links: "Links | None" = None,
) -> None:
    """Serve pages until the process is stopped; see `create_app`.

    Raises:
        UsageError: The address cannot be listened at.
    """
    _answer(create_app(answers, door, bench, desk, links), listening)


def _desk(reading: FlowStore, writing: FlowStore, sites: list[str], file: Path | None) -> "Desk":
    from web.review import Desk

    if len(sites) != 1:
        raise UsageError(f"--review judges one site; name it with --site: {', '.join(sites) or 'none yet'}")
    return Desk(reading.database, writing.database, sites[0], file)


def _same_site(desk: "Desk", links: "Links | None") -> None:
    if links is not None and links.dataset.manifest.site != desk.site.name:
        raise UsageError(
            f"--dataset: {links.dataset.path} holds riders of the site '{links.dataset.manifest.site}', the "
            f"desk is that of '{desk.site.name}'; give the set of that site, or --site"
        )


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
        # What the program itself consists of is no garbage: looking through it takes a tenth of a second,
        # again and again, while somebody waits for a page.
        gc.collect()
        gc.freeze()
        listening.announce(address_of(listening.host, listener))
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
