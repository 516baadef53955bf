"""File names that say who is on a picture."""

import re
from dataclasses import dataclass
from typing import Self

_MARKET = re.compile(r"(-1|\d{4,})_c(\d+)s(\d+)_(\d{6,})_(\d{2,})(?:\.jpe?g|\.png)+", re.IGNORECASE)
_PAIR = re.compile(r"(.+)_(\d+)_cam(\d+)(?:\.jpe?g|\.png)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MarketName:
    """A file name of Market-1501 (Zheng et al. 2015), such as ``0001_c1s1_001051_00.jpg``.

    Attributes:
        identity: Who; in Market-1501 0 is a distractor and -1 junk.
        camera: Camera number, from 1.
        sequence: Number of the camera's video, from 1.
        frame: Number of the frame in the video.
        box: Number of the box in the frame.
    """

    identity: int
    camera: int
    sequence: int
    frame: int
    box: int

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read a file name; None where it is no such name."""
        found = _MARKET.fullmatch(name)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        who = f"{self.identity:04d}" if self.identity >= 0 else str(self.identity)
        return f"{who}_c{self.camera}s{self.sequence}_{self.frame:06d}_{self.box:02d}.jpg"


@dataclass(frozen=True, slots=True)
class PairName:
    """A file name such as ``motorcycle_0001_cam1.jpg``.

    Attributes:
        kind: What is shown.
        identity: Number within its kind.
        camera: Camera number.
    """

    kind: str
    identity: int
    camera: int

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read a file name; None where it is no such name."""
        found = _PAIR.fullmatch(name)
        return cls(found[1], int(found[2]), int(found[3])) if found else None

    def __str__(self) -> str:
        return f"{self.kind}_{self.identity:04d}_cam{self.camera}.jpg"
