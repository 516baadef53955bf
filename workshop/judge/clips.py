"""The real clips, and the cyclists in them."""

import csv
from dataclasses import dataclass
from importlib.resources import files

_CLIPS = "clips.csv"


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and the cyclists in it, counted by eye.

    Attributes:
        name: What to call it.
        files: File or pattern in the folder of clips.
        cyclists: Passages.
        timed: Whether start times stand in the names.
    """

    name: str
    files: str
    cyclists: int
    timed: bool = False


def real_clips() -> tuple[Clip, ...]:
    """All of them."""
    text = (files("workshop.judge") / _CLIPS).read_text("utf-8")
    return tuple(
        Clip(line["clip"], line["files"], int(line["cyclists"]), line["timed"] == "1")
        for line in csv.DictReader(text.splitlines())
    )
