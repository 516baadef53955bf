"""Reads the truth that a simulation, or a person with a pencil, has written."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from flows.accuracy.passages import Passages
from tracking.errors import UsageError

PASSAGES = "passages.csv"
"""The file that must be there; its columns are in `COLUMNS`, further ones are ignored."""
COLUMNS = ("camera", "enter_epoch_s", "exit_epoch_s", "direction", "journey", "position")
OUTAGES = "outages.csv"
"""May be there: camera, start_epoch_s and end_epoch_s of each stretch that was not recorded."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of time that a camera did not record.

    Attributes:
        camera: Camera id.
        start: Seconds since the epoch.
        end: Seconds since the epoch.
    """

    camera: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened.

    Attributes:
        passages: Every rider at every camera, recorded or not.
        outages: What the cameras did not record; None where nobody wrote it down.
    """

    passages: Passages
    outages: tuple[Outage, ...] | None


def read_truth(folder: Path) -> Truth:
    """Read a truth folder.

    Raises:
        UsageError: The folder holds no passages, or a table lacks a column or holds something else than a
            number where one is needed.
    """
    path = folder / PASSAGES
    if not path.is_file():
        raise UsageError(
            f"--truth: {folder} holds no {PASSAGES}; name the folder 'truth' that `pipeline simulate` wrote"
        )
    rows = [
        (
            row["camera"],
            _number(path, line, row, "enter_epoch_s"),
            _number(path, line, row, "exit_epoch_s"),
            row["direction"],
            row["journey"],
            int(_number(path, line, row, "position")),
        )
        for line, row in _rows(path, COLUMNS)
    ]
    return Truth(Passages.of(rows), _read_outages(folder / OUTAGES))


def _read_outages(path: Path) -> tuple[Outage, ...] | None:
    if not path.is_file():
        return None
    return tuple(
        Outage(
            row["camera"], _number(path, line, row, "start_epoch_s"), _number(path, line, row, "end_epoch_s")
        )
        for line, row in _rows(path, ("camera", "start_epoch_s", "end_epoch_s"))
    )


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            rows = [] if missing else [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: is no table of comma-separated text; write it again") from error
    if missing:
        raise UsageError(f"{path}: lacks the column {missing[0]}; it needs {', '.join(columns)}")
    for line, row in rows:
        if any(row[name] is None for name in columns):
            raise UsageError(f"{path}: line {line} is cut off; write the file again")
    return rows


def _number(path: Path, line: int, row: dict[str, str], column: str) -> float:
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"{path}: line {line}, column {column}: '{row[column]}' is no number")
    return number
