"""File names that say who is on a picture."""

import re
from dataclasses import dataclass
from typing import Self

_MARKET = re.compile(r"(-1|\d{4,})_c(\d+)s(\d+)_(\d{6,})_(\d{2,})(?:\.jpe?g|\.png)+", re.IGNORECASE)
_DUKE = re.compile(r"(-1|\d{4,})_c(\d+)_f(\d{7,})(?:\.jpe?g|\.png)", re.IGNORECASE)
_MARS = re.compile(r"(00-1|\d{4,})C(\d+)T(\d{4,})F(\d{3,})(?:\.jpe?g|\.png)", re.IGNORECASE)
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
class DukeName:
    """A file name of DukeMTMC-reID (Ristani et al. 2016), such as ``0001_c2_f0046182.jpg``.

    Attributes:
        identity: Who.
        camera: Camera number, from 1.
        frame: Number of the frame in the video.
    """

    identity: int
    camera: int
    frame: int

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read a file name; None where it is no such name."""
        found = _DUKE.fullmatch(name)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        who = f"{self.identity:04d}" if self.identity >= 0 else str(self.identity)
        return f"{who}_c{self.camera}_f{self.frame:07d}.jpg"


@dataclass(frozen=True, slots=True)
class MarsName:
    """A file name of MARS (Zheng et al. 2016), such as ``0065C1T0002F016.jpg``.

    Attributes:
        identity: Who; 0 is a distractor and -1 junk (written ``00-1``).
        camera: Camera number, from 1.
        tracklet: Number of the passage within identity and camera.
        frame: Number of the frame in the passage.
    """

    identity: int
    camera: int
    tracklet: int
    frame: int

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read a file name; None where it is no such name."""
        found = _MARS.fullmatch(name)
        if found is None:
            return None
        who, *rest = found.groups()
        return cls(-1 if who == "00-1" else int(who), *map(int, rest))

    def __str__(self) -> str:
        who = f"{self.identity:04d}" if self.identity >= 0 else "00-1"
        return f"{who}C{self.camera}T{self.tracklet:04d}F{self.frame:03d}.jpg"


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
