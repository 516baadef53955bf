"""The alarms that hold while a run is at work; the database is not asked for them at every scrape."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from flows.database import FlowStore
from flows.statistics import Query
from pipeline.alarms import Alarm, RunningAlarms, stored_alarms
from pipeline.monitor.probe import DatabaseReading
from pipeline.telemetry import RunReadings
from tracking.errors import FietsflowError

ASK_EVERY_S = 60.0
"""Nothing that the database tells of days and weeks changes faster."""


class AlarmReader:
    """Joins the alarms of a run with those of its database.

    Args:
        url: As `FlowStore.open` takes it.
        clock: Seconds; never set back.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url, self._clock = url, clock
        self._lock = threading.Lock()
        self._running = RunningAlarms(clock)
        self._stored: tuple[Alarm, ...] = ()
        self._asked: float | None = None

    def look(self, run: RunReadings, database: DatabaseReading) -> tuple[Alarm, ...]:
        """Which alarms hold now; where the database does not answer, those that it told last as well."""
        with self._lock:
            due = self._asked is None or self._clock() - self._asked >= ASK_EVERY_S
            if due and database.reachable:
                self._stored = self._ask()
                self._asked = self._clock()
            return (*self._running.decide(run, database.reason), *self._stored)

    def _ask(self) -> tuple[Alarm, ...]:
        try:
            store = FlowStore.open_for_reading(self._url)
        except FietsflowError:
            return self._stored  # Away since the probe: that one tells it the next time.
        try:
            return stored_alarms(store.database, Query(), datetime.now(UTC))
        except FietsflowError:
            return self._stored
        finally:
            store.close()
