"""How a training shows where it is: a bar on a terminal, lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from reid.training import Progress

LINE_EVERY_S = 15.0


@contextmanager
def show_training(epochs: int) -> Iterator[Callable[[Progress], None]]:
    """Show progress until the block ends.

    Args:
        epochs: How many the training has.
    """
    if not sys.stderr.isatty():
        yield _Lines(epochs).update
        return
    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("starting", total=None)

        def update(progress: Progress) -> None:
            steps = progress.steps_per_epoch
            done = (progress.epoch - 1) * steps + progress.step
            bars.update(task, total=epochs * steps, completed=done, description=_describe(progress, epochs))
            if progress.warning:
                bars.console.print(f"warning: {progress.warning}")

        yield update


class _Lines:
    def __init__(self, epochs: int) -> None:
        self._epochs, self._last, self._warned = epochs, -LINE_EVERY_S, ""

    def update(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last >= LINE_EVERY_S:
            self._last = now
            print(_describe(progress, self._epochs), file=sys.stderr, flush=True)
        if progress.warning and not self._warned:
            self._warned = progress.warning
            print(f"warning: {progress.warning}", file=sys.stderr, flush=True)


def _describe(progress: Progress, epochs: int) -> str:
    return (
        f"epoch {progress.epoch}/{epochs}, batch {progress.step}/{progress.steps_per_epoch}, "
        f"loss {progress.loss:.4g}, learning rate {progress.learning_rate:.3g}"
    )
