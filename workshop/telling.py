"""Saying how far a training is, and seeing that one can begin."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tracking.errors import UsageError

if TYPE_CHECKING:
    from workshop.detector.train import Report

Say = Callable[[str], None]
"""Told in words how far a training is."""

LINE_EVERY_S = 15.0


def prepare(command: str, output: Path) -> None:
    """See that a command can train here, and make its folder.

    Raises:
        UsageError: Packages are missing.
    """
    for package in ("torch", "torchvision", "onnx"):
        if importlib.util.find_spec(package) is None:
            raise UsageError(
                f"{command}: needs {package}, which is not installed; run `pip install fietsflow[train]`"
            )
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output: {output} cannot be made ({error.strerror})") from error


def stages(say: Say) -> "Report":
    """Tell in words, line by line, how far each stage is."""
    lines = Lines(say)
    return lambda stage: lines.tell(f"{stage.name} {stage.done}/{stage.total} {stage.detail}".rstrip())


class Lines:
    """Says the first news of every stage (their first word), and then not more often than readers want.

    Args:
        say: Prints a line.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._stage, self._last = "", -LINE_EVERY_S

    def tell(self, text: str) -> None:
        """Take in news."""
        now, stage = time.monotonic(), text.split(" ", 1)[0]
        if stage != self._stage or now - self._last >= LINE_EVERY_S:
            self._stage, self._last = stage, now
            self._say(text)
