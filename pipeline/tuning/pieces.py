"""Which stretches of footage are tried: spread over the time, and of each part the busiest."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.sources.report import LONGEST_GAP_S

PARTS = 4
"""Parts of a camera's footage that take turns in giving a piece: morning, noon and evening look different."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one source of one camera.

    Attributes:
        camera: Camera id.
        source: Name of the source.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
    """

    camera: str
    source: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Window:
    """A piece that may be taken.

    Attributes:
        piece: The stretch.
        slot: Number of its place in time, the same for all cameras.
        movement: How much moves there.
    """

    piece: Piece
    slot: int
    movement: float


def choose_pieces(windows: Iterable[Window], wanted_s: float) -> tuple[Piece, ...]:
    """Take windows until they are long enough, in turns of the cameras and of the parts of their footage.

    A slot is taken for all cameras that have it, so that riders can be followed from one to the next.

    Args:
        windows: Those that may be taken, none twice.
        wanted_s: Seconds of all pieces together, at least, as far as there is footage.

    Returns:
        In order of camera, source and time; neighbours are one piece.
    """
    free = sorted(windows, key=lambda one: (one.piece.camera, one.piece.start))
    part_of = _parts_of(free)
    movement: defaultdict[int, float] = defaultdict(float)
    for window in free:
        movement[window.slot] += window.movement
    taken: list[Window] = []
    taken_s: defaultdict[str, float] = defaultdict(float)
    taken_parts: Counter[tuple[str, int]] = Counter()
    while free and sum(taken_s.values()) < wanted_s:
        camera = min({one.piece.camera for one in free}, key=lambda name: (taken_s[name], name))
        best = min(
            (one for one in free if one.piece.camera == camera),
            key=lambda one: (taken_parts[camera, part_of[one.piece]], -movement[one.slot], one.piece.start),
        )
        for window in [one for one in free if one.slot == best.slot]:
            free.remove(window)
            taken.append(window)
            taken_s[window.piece.camera] += window.piece.seconds
            taken_parts[window.piece.camera, part_of[window.piece]] += 1
    return join_pieces(one.piece for one in taken)


def join_pieces(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Bring pieces in order of camera and time, and make one of those that touch within a source."""
    joined: list[Piece] = []
    for piece in sorted(pieces, key=lambda one: (one.camera, one.start)):
        last = joined[-1] if joined else None
        if last and (last.camera, last.source) == (piece.camera, piece.source) and piece.start <= last.end:
            joined[-1] = replace(last, end=max(last.end, piece.end))
        else:
            joined.append(piece)
    return tuple(joined)


def stretches(pieces: Iterable[Piece]) -> list[tuple[float, float]]:
    """Beginning and end of what one camera watches without a break, also from one source to the next.

    Args:
        pieces: Of one camera, in order of time.
    """
    found: list[tuple[float, float]] = []
    for piece in pieces:
        if found and piece.start - found[-1][1] <= LONGEST_GAP_S:
            found[-1] = (found[-1][0], max(found[-1][1], piece.end))
        else:
            found.append((piece.start, piece.end))
    return found


def _parts_of(windows: Sequence[Window]) -> dict[Piece, int]:
    """The part of its camera's footage in which each window lies."""
    part_of = {}
    for _, group in groupby(windows, key=lambda one: one.piece.camera):
        own = list(group)
        for place, window in enumerate(own):
            part_of[window.piece] = PARTS * place // len(own)
    return part_of
