"""Publishing as a process of its own."""

import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from flows.database import FlowStore
from pipeline.broker.address import BrokerAddress, Login
from pipeline.broker.line import BrokerLine
from pipeline.broker.publisher import Publisher
from pipeline.broker.told import Counts
from tracking.errors import FietsflowError

PATIENCE_S = 30.0
"""For so long a broker is waited for that is to be told once."""


class BrokerError(FietsflowError):
    """A broker that was to be told once, and was not."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is published, and where.

    Attributes:
        database: Its address.
        site: The site; None for the only one.
        broker: Where to.
        login: User and password; None for nobody.
        topic: Beginning of all topics.
        interval: Length of the intervals; None: as the site publishes.
    """

    database: str
    site: str | None
    broker: BrokerAddress
    login: Login | None
    topic: str
    interval: str | None


def say_on_stderr(sentence: str) -> None:
    """One line for whoever looks at the log."""
    print(f"{datetime.now():%H:%M:%S} {sentence}", file=sys.stderr, flush=True)


def publish_counts(how: Publishing, stop: threading.Event, *, once: bool) -> None:
    """Publish until it is time to stop.

    Args:
        how: What, and where.
        stop: Ends it within moments.
        once: Tell the newest, and end.

    Raises:
        UsageError: Site, interval, topic or certificates cannot be used.
        DatabaseError: The database cannot be opened.
        BrokerError: It was to be told once, and does not answer.
    """
    with ExitStack() as stack:
        store = FlowStore.open_for_reading(how.database)
        stack.callback(store.close)
        counts = Counts(store.database, how.site, how.topic, how.interval)
        line = BrokerLine(how.broker, how.login, counts.status)
        publisher = Publisher(counts, line, say_on_stderr)
        stack.callback(line.close)
        line.start()
        line.wait(PATIENCE_S if once else 1.0)
        if once and not publisher.step():
            raise BrokerError(f"--broker: {line.trouble or 'it does not acknowledge what it is sent'}")
        if not once:
            publisher.run(stop)
        say_on_stderr(f"broker: {publisher.sent} counts published")
