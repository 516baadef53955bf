"""Stopping when the system, or somebody at the keyboard, asks for it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """Let SIGTERM and SIGINT set an event; a second one ends the program as it always would.

    Yields:
        The event.
    """
    stop = threading.Event()
    before: dict[signal.Signals, object] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def asked(number: int, frame: FrameType | None) -> None:
        stop.set()
        restore()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            before[number] = signal.signal(number, asked)
    try:
        yield stop
    finally:
        restore()


@contextmanager
def asked_by_hangup() -> Iterator[threading.Event]:
    """Let SIGHUP set an event, where the system knows that signal.

    Yields:
        The event.
    """
    asked = threading.Event()
    number = getattr(signal, "SIGHUP", None)
    if number is None or threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.signal(number, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(number, before)
