"""Sending while something else counts, and sending as a process of its own."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from flows.database import FlowStore, Outbox, site_lock
from pipeline.configuration import Configuration
from pipeline.edge.client import CentreLine
from pipeline.edge.sender import Sender
from pipeline.edge.sink import SinkAddress, read_token
from pipeline.runner.describing import describe_site
from pipeline.telemetry import Traces
from tracking.errors import DatabaseError, UsageError


@dataclass(frozen=True, slots=True)
class Sending:
    """How a box sends.

    Attributes:
        address: Of the centre.
        token_file: Holds the token of this box, and nothing else.
        wait_s: How long a run that is done tries to get rid of the rest.
    """

    address: SinkAddress
    token_file: Path
    wait_s: float = 30.0

    def line(self) -> CentreLine:
        """A line to the centre.

        Raises:
            UsageError: The token cannot be read.
        """
        return CentreLine(self.address, read_token(self.token_file))


def say_on_stderr(sentence: str) -> None:
    """One line for whoever looks at the log."""
    print(f"{datetime.now():%H:%M:%S} {sentence}", file=sys.stderr, flush=True)


@contextmanager
def sending(
    configuration: Configuration, how: Sending | None, traces: Traces | None = None
) -> Iterator[None]:
    """Send what a site counts for as long as the block takes, and for a moment longer.

    What is left then is sent by the next run, or by ``pipeline send``; its embeddings are deleted, because
    nobody would be there to delete them in time.

    Args:
        configuration: Of the site.
        how: Where to; None to send nothing.
        traces: Told of every batch; None for nobody.

    Raises:
        UsageError: Address, token or database cannot be used.
    """
    if how is None:
        yield
        return
    with ExitStack() as stack:
        line = stack.enter_context(closing(how.line()))
        store = FlowStore.open(configuration.database)
        stack.callback(store.close)
        store.note_site(describe_site(configuration))
        outbox = Outbox(store.database, configuration.site)
        if not stack.enter_context(_only_sender(store)):
            say_on_stderr("sink: another process sends from this database; it sends what this run counts")
            yield
            return
        sender = Sender(outbox, line, say_on_stderr, traces=traces)
        stop = threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,), name="sink", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            _close(store, outbox, sender, how.wait_s)


def send_database(
    database: str,
    site: str | None,
    how: Sending,
    stop: threading.Event,
    once: bool,
    traces: Traces | None = None,
) -> None:
    """Send what a database holds, as a process of its own.

    Args:
        database: Address of an SQLite file.
        site: The site; None for the only one.
        how: Where to.
        stop: Ends it within moments.
        once: End as soon as nothing is left, or after `Sending.wait_s` without success.
        traces: Told of every batch; None for nobody.

    Raises:
        UsageError: Address, token, database or site cannot be used, or another process sends.
    """
    with ExitStack() as stack:
        line = stack.enter_context(closing(how.line()))
        store = FlowStore.open(database)
        stack.callback(store.close)
        outbox = Outbox(store.database, site or _only_site(store))
        if not stack.enter_context(_only_sender(store)):
            raise UsageError(
                f"database {store.database.name}: another process sends from it; wait until it has ended"
            )
        sender = Sender(outbox, line, say_on_stderr, traces=traces)
        if not once:
            sender.run(stop)
        _close(store, outbox, sender, how.wait_s)


def _close(store: FlowStore, outbox: Outbox, sender: Sender, wait_s: float) -> None:
    sender.empty(wait_s)
    # A run that goes on beside this process deletes them in time itself.
    with suppress(DatabaseError), site_lock(store.database, outbox.site):
        outbox.forget_waiting()
    sent = sender.sent
    lost = f", {sent.unlinkable} of them too late to be linked" if sent.unlinkable else ""
    left = f"; {sent.left} notes are left, for the next run or pipeline send" if sent.left else ""
    say_on_stderr(f"sink: {sent.sightings} passages sent{lost}{left}")


def _only_site(store: FlowStore) -> str:
    from flows.statistics import Query, read_sites

    names = [one.name for one in read_sites(store.database, Query())]
    if len(names) != 1:
        raise UsageError(f"database {store.database.name} holds {len(names)} sites; name one with --site")
    return names[0]


@contextmanager
def _only_sender(store: FlowStore) -> Iterator[bool]:
    """Whether this process is the only one that sends from a database, for as long as the block takes."""
    path = store.database.path
    assert path is not None, "an outbox is an SQLite file"
    lock = FileLock(path.resolve().with_name(f"{path.name}-sending.lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
