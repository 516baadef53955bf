"""How a run is asked for, told, and what its exit code says; shared by `run` and `replay`."""

from datetime import datetime, tzinfo
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tracking.errors import UsageError

if TYPE_CHECKING:
    from pipeline.ledger import Wishes
    from pipeline.telemetry import RunSummary

CAMERA_NOT_READ = 3
"""Exit code of a run that is done, but could not read a camera."""


def wishes_of(replace: bool, since: str | None, until: str | None, zone: tzinfo) -> "Wishes":
    """What the options ask a run to read again.

    Args:
        replace: Read footage again that was counted.
        since: Local moment, ISO 8601; None for the beginning.
        until: Local moment, ISO 8601; None for the end.
        zone: Of the site.

    Raises:
        UsageError: A period without `replace`, or one that cannot be read.
    """
    from pipeline.ledger import Wishes

    if not replace and (since or until):
        raise UsageError("--from and --to say which footage --replace reads again; give --replace too")
    low = -inf if since is None else _moment("--from", since, zone)
    high = inf if until is None else _moment("--to", until, zone)
    if low >= high:
        raise UsageError(f"--from {since} does not lie before --to {until}; give a period")
    return Wishes(replace, low, high)


def tell(summary: "RunSummary", file: Path | None) -> None:
    """Print a summary, write it where it was asked for, and leave with the exit code that fits.

    Raises:
        typer.Exit: A camera could not be read.
    """
    tell_stopped(summary, file)
    if summary.unread:
        raise typer.Exit(CAMERA_NOT_READ)


def tell_stopped(summary: "RunSummary", file: Path | None) -> None:
    """Print the summary of a run that was told to stop, and write it where it was asked for."""
    from rich.console import Console

    from pipeline.telemetry import print_summary

    if file is not None:
        file.write_text(summary.to_json() + "\n", encoding="utf-8")
    print_summary(summary, Console())


def _moment(option: str, text: str, zone: tzinfo) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text} is no moment; give one like 2024-05-14T08:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()
