"""Passages as a table of numbers: what was measured of each, and what it really was."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from tracking.errors import UsageError
from tracking.riders import Glance, JudgedPassage
from workshop.judge.passages import CYCLIST, Sighted

PASSAGES = "passages.csv"
"""The table that the packaged judge was learnt on, in this folder."""
_RIDERS = "riders.csv"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One passage.

    Attributes:
        source: ``learn`` or ``held``: simulated, to learn from or held back; ``clip``: real, with riders
            marked by eye; ``none``: real, without any cyclist.
        group: Camera or clip.
        kind: What it shows; see `workshop.judge.passages`.
        limits: 1 where the limits count it.
        seen_s: Seconds that its boxes stand for.
        clear: Mean score as a whole cyclist in the clearest quarter of the time.
        speed: Own heights per second.
        displacement: Own heights.
        growth: Factor.
        aspect: Width over height.
        glance: Log-odds of a look at its crops; None where nobody looked.
        not_motor: Of the same look, log-odds of a bicycle rather than a motor vehicle.
    """

    source: str
    group: str
    kind: str
    limits: int
    seen_s: float
    clear: float
    speed: float
    displacement: float
    growth: float
    aspect: float
    glance: float | None = None
    not_motor: float | None = None

    @property
    def rides(self) -> bool:
        """Whether it really is a cyclist."""
        return self.kind == CYCLIST

    @property
    def real(self) -> bool:
        """Whether a real camera saw it."""
        return self.source in ("clip", "none")


def row_of(source: str, group: str, kind: str, passage: JudgedPassage, glance: Glance | None = None) -> Row:
    """The row of a passage that was judged by the limits.

    Args:
        source: See `Row`.
        group: Camera or clip.
        kind: What it shows.
        passage: What was measured.
        glance: What its crops show; None where nobody looked.
    """
    found = passage.verdict.measurements
    numbers = (found.seen_s, found.clear, found.motion.speed, found.motion.displacement, found.motion.growth)
    rounded = [round(value, _DIGITS) for value in (*numbers, found.aspect)]
    counted = int(passage.verdict.is_cyclist)
    row = Row(source, group, kind, counted, *rounded)
    if glance is None:
        return row
    return replace(row, glance=round(glance.odds, _DIGITS), not_motor=round(glance.not_motor, _DIGITS))


def write_table(rows: Iterable[Row], file: Path) -> None:
    """Write rows as CSV."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def read_table(file: Path | None = None) -> list[Row]:
    """Read what `write_table` wrote; the table of the package where none is given.

    Raises:
        UsageError: It cannot be read, or has other columns.
    """
    try:
        text = (files("workshop.judge") / PASSAGES if file is None else file).read_text("utf-8")
        return [_row(line) for line in csv.DictReader(text.splitlines())]
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{file or PASSAGES}: is no table of passages ({error})") from error


def marked_riders() -> dict[str, dict[str, Sighted]]:
    """The riders of the real clips: clip → rider → where it was seen by eye."""
    places: dict[str, dict[str, list[Sequence[float]]]] = {}
    text = (files("workshop.judge") / _RIDERS).read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        mine = places.setdefault(line["clip"], {}).setdefault(line["rider"], [])
        mine.append((float(line["time_s"]), float(line["x"]), float(line["y"])))
    return {
        clip: {name: Sighted(np.array(rows)[:, 0], np.array(rows)[:, 1:]) for name, rows in of_clip.items()}
        for clip, of_clip in places.items()
    }


def _row(line: dict[str, str]) -> Row:
    return Row(
        line["source"],
        line["group"],
        line["kind"],
        int(line["limits"]),
        float(line["seen_s"]),
        float(line["clear"]),
        float(line["speed"]),
        float(line["displacement"]),
        float(line["growth"]),
        float(line["aspect"]),
        float(line["glance"]) if line["glance"] else None,
        float(line["not_motor"]) if line["not_motor"] else None,
    )
