"""The thread that reads one camera: it connects, reads, and connects again, for ever."""

import threading
import time
from collections.abc import Callable

from pipeline.sources.report import Unseen
from pipeline.sources.streams.address import StreamAddress
from pipeline.sources.streams.connection import Connection
from pipeline.sources.streams.refusal import StreamError
from pipeline.sources.streams.source import LiveSource

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
NOT_ADMITTED_WAIT_S = 60.0
"""Cameras lock out who tries a wrong password too often."""
_STEADY_S = 10.0
"""A connection that lasted so long was a good one: the next wait is the first one again."""


class StreamReader:
    """Feeds a `LiveSource` from its address until it is told to stop.

    Waits between two connections double, from `FIRST_WAIT_S` to `LONGEST_WAIT_S`.

    Args:
        source: Takes the pictures.
        address: Where they come from.
        timeout_s: Seconds for which opening, or the next packet, may take.
        clock_offset_s: Seconds to be added to the camera's own clock.
        say: Takes one line for people.
    """

    def __init__(
        self,
        source: LiveSource,
        address: StreamAddress,
        timeout_s: float,
        clock_offset_s: float,
        say: Callable[[str], None],
    ) -> None:
        self._source, self._address = source, address
        self._timeout_s, self._clock_offset_s = timeout_s, clock_offset_s
        self._say, self._said = say, ""
        self._stop = threading.Event()
        self._beat = time.monotonic()
        self._failures = 0
        self._thread = threading.Thread(target=self._work, name=f"read {source.camera}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self, patience_s: float = 0.0) -> None:
        """Let the thread end; it may be waiting for a packet, and is left to that after some seconds."""
        self._stop.set()
        self._thread.join(patience_s)

    @property
    def silent_s(self) -> float:
        """Seconds since the thread last did anything; none of its own waits is longer than it should be."""
        return time.monotonic() - self._beat

    def _work(self) -> None:
        while not self._stop.is_set():
            self._beat = began = time.monotonic()
            try:
                self._read()
                error = StreamError(f"{self._address.name}: the stream ended", Unseen.CONNECTION_LOST)
            except StreamError as broken:
                error = broken
            except Exception as failure:  # A camera that sends what nothing expects must not end the others.
                said = f"{self._address.name}: cannot be read ({type(failure).__name__})"
                error = StreamError(said, Unseen.UNREADABLE)
            if self._stop.is_set():
                return
            self._source.lose(error.reason)
            self._failures = 1 if time.monotonic() - began >= _STEADY_S else self._failures + 1
            self._tell(f"{error}; connected to again as soon as it can be")
            self._wait(self._wait_s(error.reason))

    def _read(self) -> None:
        address = self._address
        with Connection(address, self._timeout_s, self._clock_offset_s) as connection:
            met = False
            for _ in self._source.take_in(connection):
                self._beat = time.monotonic()
                if self._stop.is_set():
                    return
                if not met:
                    met = True
                    width, height = self._source.frame_size
                    size = (
                        f"{width}x{height}, " if width else ""
                    )  # Some streams tell it with the first picture.
                    self._tell(f"{address.name}: connected ({size}{connection.codec})")

    def _wait_s(self, reason: Unseen) -> float:
        if reason is Unseen.NOT_ADMITTED:
            return NOT_ADMITTED_WAIT_S
        return min(FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 10), LONGEST_WAIT_S)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            self._beat = time.monotonic()
            self._stop.wait(min(left, 1.0))

    def _tell(self, sentence: str) -> None:
        """Say what changed; the same failure again and again is said once."""
        if sentence != self._said:
            self._say(f"camera {self._source.camera}: {sentence}")
        self._said = sentence
