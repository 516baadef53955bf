"""Whether the database of a run answers, asked beside the run and not too often."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flows.database import FlowStore, KeptEmbeddings, kept_embeddings
from tracking.addresses import hide_credentials
from tracking.errors import FietsflowError

ASK_EVERY_S = 2.0
"""An answer counts for so long: many may ask, and each question opens a connection."""


@dataclass(frozen=True, slots=True)
class DatabaseReading:
    """What the database answered.

    Attributes:
        reachable: Whether it did.
        answer_s: Seconds that it took.
        reason: Why it did not, one sentence.
        kept: Its embeddings.
    """

    reachable: bool
    answer_s: float
    reason: str = ""
    kept: KeptEmbeddings = field(default_factory=KeptEmbeddings)


class DatabaseProbe:
    """Asks the database of a run, over connections of its own.

    Args:
        url: As `FlowStore.open` takes it.
        clock: Seconds; never set back.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._lock = threading.Lock()
        self._last: DatabaseReading | None = None
        self._asked = 0.0

    def look(self) -> DatabaseReading:
        """The newest answer, or a new one."""
        with self._lock:
            if self._last is None or self._clock() - self._asked >= ASK_EVERY_S:
                self._last = self._ask()
                self._asked = self._clock()
            return self._last

    def _ask(self) -> DatabaseReading:
        begin = time.perf_counter()
        try:
            store = FlowStore.open_for_reading(self._url)
            try:
                kept = kept_embeddings(store.database, time.time())
            finally:
                store.close()
        except FietsflowError as error:
            return DatabaseReading(False, time.perf_counter() - begin, hide_credentials(str(error)))
        return DatabaseReading(True, time.perf_counter() - begin, kept=kept)
