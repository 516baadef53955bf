"""An alarm: what is wrong, where, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AlarmKind(StrEnum):
    """What may be wrong; each has a section in docs/operations.md."""

    CAMERA_MOVED = "camera_moved"
    CAMERA_SILENT = "camera_silent"
    COVERAGE_LOW = "coverage_low"
    DIRECTION_SILENT = "direction_silent"
    GALLERY_OVERDUE = "gallery_overdue"
    LAG = "lag"
    DROPS = "drops"
    LOOP_STUCK = "loop_stuck"
    DATABASE_DOWN = "database_down"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that somebody should look at.

    Attributes:
        kind: What it is.
        sentence: For people.
        site: Name of the site; empty where it is about the whole program.
        camera: Camera id; empty where it is about all.
        direction: Of the camera; empty where it is about all.
        since: UTC; None where it is not known.
        chance: Probability that all is well and it looks like this all the same; None where nothing was
            estimated.
        told: What the sentence tells, by name, for who says it in another language.
    """

    kind: AlarmKind
    sentence: str
    site: str = ""
    camera: str = ""
    direction: str = ""
    since: datetime | None = None
    chance: float | None = None
    told: Mapping[str, str] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """As one object of JSON."""
        return {
            "alarm": self.kind.value,
            "site": self.site or None,
            "camera": self.camera or None,
            "direction": self.direction or None,
            "since": None if self.since is None else self.since.isoformat().replace("+00:00", "Z"),
            "chance": self.chance,
            "message": self.sentence,
        }
