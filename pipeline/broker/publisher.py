"""The loop that tells a broker what became whole: patient, and of no harm to whoever counts."""

import threading
from collections.abc import Callable
from typing import Protocol

from pipeline.broker.told import Counts
from tracking.errors import DatabaseError

EVERY_S = 10.0
"""Wall time between two looks into the database."""


class Line(Protocol):
    """Takes messages to a broker."""

    connections: int

    @property
    def trouble(self) -> str:
        """Why nothing can be sent; empty where it can."""
        ...

    def send(self, topic: str, payload: str) -> bool:
        """Send one; whether the broker has it."""
        ...


class Publisher:
    """Publishes what a database counts; never raises for what broker, network or database do.

    Args:
        counts: What is to be said.
        line: To the broker.
        say: Takes one line for people; told of every trouble once, and of its end.

    Attributes:
        sent: Messages that the broker has acknowledged.
    """

    def __init__(self, counts: Counts, line: Line, say: Callable[[str], None]) -> None:
        self._counts, self._line, self._say = counts, line, say
        self._trouble = ""
        self._connections = 0
        self.sent = 0

    def run(self, stop: threading.Event) -> None:
        """Publish until it is time to stop."""
        while not stop.is_set():
            self.step()
            stop.wait(EVERY_S)

    def step(self) -> bool:
        """Publish what is new; whether the broker has all of it."""
        trouble = self._line.trouble or self._publish()
        if trouble and trouble != self._trouble:
            self._say(f"broker: {trouble}; it is tried again")
        elif self._trouble and not trouble:
            self._say("broker: it answers again")
        self._trouble = trouble
        return not trouble

    def _publish(self) -> str:
        """Publish what is new; what was in the way of it."""
        if self._line.connections != self._connections:
            # A broker that was started anew may have lost what it held for others.
            self._counts.say_again()
            self._connections = self._line.connections
        try:
            fresh = self._counts.fresh()
        except DatabaseError as error:
            return str(error)
        for message in fresh:
            if not self._line.send(message.topic, message.payload):
                return self._line.trouble or "it does not acknowledge what it is sent"
            self._counts.done(message)
            self.sent += 1
        return ""
