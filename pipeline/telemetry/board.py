"""Where a run at work shows how it is: every engine writes here, whoever asks reads."""

import math
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any

from sqlalchemy import event

from flows.database import Database
from pipeline.telemetry.pulse import Pulse
from pipeline.telemetry.states import (
    CameraReading,
    ChainState,
    Durations,
    Model,
    RecordedCamera,
    RunReadings,
)

TRANSACTION_BOUNDS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, math.inf)
"""Upper bounds of the histogram of transactions; SQLite waits half a minute for a lock."""


class Board:
    """The latest of a run; safe to share between threads, and of constant size.

    Args:
        clock: Seconds; never set back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pulse = Pulse(clock)
        self._lock = threading.Lock()
        self._cameras: dict[str, CameraReading] = {}
        self._sources: list[Callable[[], Iterable[CameraReading]]] = []
        self._chains: dict[str, ChainState] = {}
        self._sightings: Counter[str] = Counter()
        self._ahead: dict[str, int] = {}
        self._links = self._journeys = 0
        self._watermark: float | None = None
        self._models: tuple[Model, ...] = ()
        self._took = [0] * len(TRANSACTION_BOUNDS_S)
        self._took_s = 0.0

    def beat(self) -> None:
        """The main loop went round."""
        self._pulse.beat()

    def see(self, reading: CameraReading) -> None:
        """Take the newest of a camera's eye."""
        with self._lock:
            self._cameras[reading.camera] = reading

    def ask(self, states: Callable[[], Iterable[CameraReading]]) -> None:
        """Take a camera's eye from an engine whenever somebody reads, in place of being told.

        Args:
            states: Of its cameras, now; called from any thread.
        """
        self._sources.append(states)

    def see_recorded(self, reading: RecordedCamera) -> None:
        """Take the newest of a recording, unless an engine tells more of the camera's eye."""
        with self._lock:
            if isinstance(self._cameras.get(reading.camera, reading), RecordedCamera):
                self._cameras[reading.camera] = reading

    def hold(self, camera: str, chain: ChainState) -> None:
        """Take the newest of a camera's chain."""
        with self._lock:
            self._chains[camera] = chain

    def stored(self, camera: str, sightings: int) -> None:
        """Count sightings that are in the database now."""
        with self._lock:
            self._sightings[camera] += sightings

    def looked_ahead(self, camera: str, stretches: int) -> None:
        """Note of how many stretches of a camera others than its own worker have made the looks."""
        with self._lock:
            self._ahead[camera] = stretches

    def decided(self, links: int, journeys: int, watermark: float) -> None:
        """Count what matching decided, and note how far it is."""
        with self._lock:
            self._links += links
            self._journeys += journeys
            if math.isfinite(watermark):
                self._watermark = watermark

    def use(self, models: Iterable[Model]) -> None:
        """Note models that are at work."""
        with self._lock:
            self._models = tuple(dict.fromkeys((*self._models, *models)))

    def watch(self, database: Database) -> None:
        """Measure how long the transactions of a database take, from its lock to its disk.

        Whoever saves is not stuck, and neither is a run that waits for a server that is away.
        """
        database.comeback.waiting.append(self.beat)
        engine = database.engine

        @event.listens_for(engine, "checkout")
        def _begin(connection: object, record: Any, proxy: object) -> None:
            record.info["fietsflow_begin"] = time.perf_counter()

        @event.listens_for(engine, "checkin")
        def _end(connection: object, record: Any) -> None:
            if (begin := record.info.pop("fietsflow_begin", None)) is not None:
                self._took_so_long(time.perf_counter() - begin)
                self.beat()

    def _took_so_long(self, seconds: float) -> None:
        with self._lock:
            self._took[bisect_left(TRANSACTION_BOUNDS_S, seconds)] += 1
            self._took_s += seconds

    def read(self) -> RunReadings:
        """All of it, as it is now."""
        for states in self._sources:
            for reading in states():
                self.see(reading)
        with self._lock:
            return RunReadings(
                cameras=dict(self._cameras),
                chains=dict(self._chains),
                sightings=dict(self._sightings),
                stretches_ahead=dict(self._ahead),
                links=self._links,
                journeys=self._journeys,
                watermark=self._watermark,
                models=self._models,
                transactions=Durations(
                    dict(zip(TRANSACTION_BOUNDS_S, accumulate(self._took), strict=True)), self._took_s
                ),
                beat_age_s=self._pulse.age_s,
                beat_limit_s=self._pulse.limit_s,
            )
