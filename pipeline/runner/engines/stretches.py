"""A camera's footage cut in stretches, and who of a fleet looks at which of them."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pipeline.sources import PlannedSource

AUTOMATIC_S = 20.0
LEAST_CORES = 4
"""Cores for each camera from which others look ahead of it by themselves: one worker fills two or three."""
MOST_SCOUTS = 8
"""Workers that look ahead of one camera: with the detector that is shipped about five keep its own worker
busy with decoding and tracking."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive frames of one source.

    Attributes:
        number: Position among all stretches of the camera, from 0.
        source: Name of the source.
        begin: Index of the first frame within it.
        end: Index behind the last frame; None for the end of the source, wherever that is.
    """

    number: int
    source: str
    begin: int
    end: int | None


class Stretches:
    """All footage of a camera: every frame lies in one stretch, in order.

    Args:
        stretches: In order, those of one source one behind the other.
    """

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self.all = tuple(stretches)
        self._of: dict[str, list[Stretch]] = {}
        for one in self.all:
            self._of.setdefault(one.source, []).append(one)

    @classmethod
    def plan(cls, sources: Iterable[PlannedSource], stretch_s: float, frames_per_chunk: int) -> Self:
        """Cut footage, by frames so that no stretch ends within a chunk.

        Args:
            sources: In order of time.
            stretch_s: About so long is a stretch, seconds; sources that are shorter are not joined.
            frames_per_chunk: Frames that are looked at together.
        """
        found: list[Stretch] = []
        for source in sources:
            begins = _begins(source, stretch_s, frames_per_chunk)
            for begin, end in zip(begins, [*begins[1:], None], strict=True):
                found.append(Stretch(len(found), source.name, begin, end))
        return cls(found)

    def __len__(self) -> int:
        return len(self.all)

    def at(self, source: str, index: int) -> int | None:
        """Number of the stretch of a frame; None where there is no such source."""
        here = self._of.get(source)
        return None if here is None else here[bisect_right(here, index, key=lambda one: one.begin) - 1].number


def _begins(source: PlannedSource, stretch_s: float, frames_per_chunk: int) -> list[int]:
    """First frames of the stretches of a source; the last one is at least half as long as the others."""
    header = source.header
    if header is None:
        return [0]
    frames = header.frames or round((header.duration_s or 0.0) * header.fps)
    length = max(1, round(stretch_s * header.fps / frames_per_chunk)) * frames_per_chunk
    return [0, *range(length, frames - length // 2, length)]


def scouts_for(cores: int, stretch_s: float | None) -> int:
    """Workers that look ahead of one camera, of a core each.

    Args:
        cores: That there are for the camera, that of its own worker included.
        stretch_s: Of the settings; None where they leave it open.
    """
    wanted = cores >= LEAST_CORES if stretch_s is None else stretch_s > 0
    return min(cores - 1, MOST_SCOUTS) if wanted else 0


class Lookout:
    """Decides what is looked at ahead, and what the camera's own worker is told.

    That worker looks by itself at a stretch that nobody has begun when it comes there, and waits for one that
    somebody has. So whoever looks ahead leaves out what it will come to before it could be done.

    Args:
        count: How many stretches there are.
        at: Number of the one that the camera's own worker begins with.
        most: Stretches that may be begun or lie ready, at most.

    Attributes:
        ahead: Stretches whose looks were told to the camera's own worker.
    """

    def __init__(self, count: int, at: int, most: int) -> None:
        self._count, self._at, self._most = count, at, most
        self._alone = True
        self._begun: set[int] = set()
        self._ready: dict[int, bytes] = {}
        self._wanted: int | None = None
        self.ahead = 0

    def next(self) -> int | None:
        """Begin another stretch; None where there is nothing to look at now."""
        if len(self._begun) + len(self._ready) >= self._most:
            return None
        first = self._at + (1 if self._alone else 2)
        for number in range(first, self._count):
            if number not in self._begun and number not in self._ready:
                self._begun.add(number)
                return number
        return None

    def done(self, number: int, looks: bytes) -> None:
        """Take what was found in a stretch."""
        self._begun.discard(number)
        if number >= self._at:
            self._ready[number] = looks

    def lost(self, number: int) -> None:
        """Whoever was at a stretch is gone."""
        self._begun.discard(number)

    def want(self, number: int) -> None:
        """The camera's own worker has come to a stretch, or gone back to it."""
        self._wanted = self._at = number
        self._alone = False
        self._ready = {one: looks for one, looks in self._ready.items() if one >= number}

    def begin_again(self) -> None:
        """The camera's own worker is gone, and with it what it wanted."""
        self._wanted = None

    def reply(self) -> tuple[int, bytes | None] | None:
        """What to tell the camera's own worker: a stretch, with its looks or None to look by itself.

        Returns:
            None where it wants nothing, or has to wait.
        """
        number = self._wanted
        if number is None or number in self._begun:
            return None
        looks = self._ready.pop(number, None)
        self._wanted, self._alone = None, looks is None
        self.ahead += looks is not None
        return number, looks
