"""What a command says on stderr: sentences for people, or one JSON object a line for programs."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

from tracking.addresses import hide_credentials


class LogFormat(StrEnum):
    """How what is said is written."""

    TEXT = "text"
    JSON = "json"


_CAMERA = re.compile(r"camera ([^:]+): ")
_LEVELS = {"error: ": "error", "warning: ": "warning"}


class JsonLines(io.TextIOBase):
    """A stream that writes every line as one JSON object: time, level, camera, event, message.

    A line keeps its sentence; the camera that it begins with becomes a value too.

    Args:
        target: Where the objects go.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, target: TextIO) -> None:
        self._target = target
        self._rest = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Take text; every line that is whole goes out."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self.say(line)
        return len(text)

    def flush(self) -> None:
        """Hand on what went out."""
        self._target.flush()

    def finish(self) -> None:
        """Write what is left without an end of line."""
        self.say(self._rest)
        self._rest = ""

    def say(self, sentence: str, event: str = "message", level: str = "info") -> None:
        """Write one object; nothing for an empty sentence."""
        for prefix, named in _LEVELS.items():
            if sentence.startswith(prefix):
                sentence, level, event = sentence.removeprefix(prefix), named, named
        if not sentence.strip():
            return
        sentence = hide_credentials(sentence)
        found = _CAMERA.match(sentence)
        value = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "camera": None if found is None else found[1],
            "event": event,
            "message": sentence,
        }
        self._target.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._target.flush()


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell(record.getMessage(), event=record.name, level=record.levelname.lower())


def tell(sentence: str, *, event: str = "message", level: str = "info", prefix: str = "") -> None:
    """Say one sentence on stderr.

    Args:
        sentence: For whoever looks at the log.
        event: What kind of thing happened, one word.
        level: ``info``, ``warning`` or ``error``.
        prefix: Stands before it where people read.
    """
    if isinstance(sys.stderr, JsonLines):
        sys.stderr.say(sentence, event, level)
    else:
        print(prefix + hide_credentials(sentence), file=sys.stderr, flush=True)


def tell_on_stderr(sentence: str) -> None:
    """Say one sentence of a program that works all day, with the time before it where people read."""
    tell(sentence, event="follow", prefix=f"{datetime.now():%H:%M:%S} ")


@contextmanager
def said_as(form: LogFormat) -> Iterator[None]:
    """Write what is said inside the block in a form, whoever says it."""
    if form is LogFormat.TEXT:
        yield
        return
    lines, handler = JsonLines(sys.stderr), _Handler()
    logging.getLogger().addHandler(handler)
    try:
        with redirect_stderr(lines):
            yield
    finally:
        logging.getLogger().removeHandler(handler)
        lines.finish()
