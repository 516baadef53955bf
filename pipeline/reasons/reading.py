"""From rows to texts and back."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.reasons.rows import Explained, Unit, What
from pipeline.reasons.words import MEANINGS
from tracking.errors import UsageError
from tracking.files import whole_file

COLUMNS = tuple(one.name for one in fields(Explained))
_HEADING_BYTES = 4096
_PLACES = tuple(name for name in COLUMNS if name.startswith(("first_", "last_")))
_NUMBERS = ("margin", "value", "limit", "speed", *_PLACES)


def texts_of(row: Explained) -> dict[str, str]:
    """A row as the file holds it."""
    return {name: _text(value) for name, value in asdict(row).items()}


def write_reasons(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write a file that only its owner may read; the whole of it or nothing.

    Args:
        path: The file.
        rows: Of `texts_of`.

    Raises:
        OSError: It cannot be written.
    """
    with whole_file(path) as part:
        part.touch(0o600)
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


def read_reasons(path: Path) -> tuple[Explained, ...]:
    """Read what a run wrote.

    Raises:
        UsageError: The file is not there or is of another kind.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_parsed(row) for row in csv.DictReader(file, strict=True))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise UsageError(f"{path} is no file of `pipeline run --explain`; write one with it") from error


def is_reasons(path: Path) -> bool:
    """Whether a file begins as those of a run do, whatever its name."""
    try:
        with path.open("rb") as file:
            return file.readline(_HEADING_BYTES).rstrip() == ",".join(COLUMNS).encode()
    except OSError:
        return False


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat(" ", "milliseconds") if isinstance(value, datetime) else str(value)


def _parsed(row: dict[str, Any]) -> Explained:
    if row["reason"] not in MEANINGS:
        raise ValueError(f"no reason: {row['reason']}")
    numbers = {name: float(row[name]) if row[name] else None for name in _NUMBERS}
    return Explained(
        what=What(row["what"]),
        camera=row["camera"],
        start=datetime.fromisoformat(row["start"]),
        end=datetime.fromisoformat(row["end"]),
        reason=row["reason"],
        unit=Unit(row["unit"]) if row["unit"] else None,
        other_camera=row["other_camera"],
        frames=int(row["frames"]),
        **numbers,
    )
