"""How an experiment shows where it is: a bar on a terminal, a line per run elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from reid.experiments import RunProgress


@contextmanager
def show_experiment() -> Iterator[Callable[[RunProgress], None]]:
    """Show progress until the block ends."""
    if not sys.stderr.isatty():
        yield _write_line
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("starting", total=None)

        def update(progress: RunProgress) -> None:
            bars.update(
                task, total=progress.total, completed=progress.number - 1, description=_describe(progress)
            )

        yield update


def _write_line(progress: RunProgress) -> None:
    warning = progress.training.warning if progress.training else ""
    if progress.training is None or warning:
        text = f"run {progress.number} of {progress.total}: {_describe(progress)}"
        print(f"{text}; warning: {warning}" if warning else text, file=sys.stderr, flush=True)


def _describe(progress: RunProgress) -> str:
    text = f"{progress.title}, seed {progress.seed}"
    if progress.training is None:
        return text
    training = progress.training
    return f"{text}, epoch {training.epoch}, batch {training.step}/{training.steps_per_epoch}"
