"""A quick look through the footage: how much moves in which stretch."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from pipeline.cameras import PreparedCamera
from pipeline.sources import CameraSource, PlannedSource
from pipeline.tuning.pieces import PARTS, Piece, Window, choose_pieces, join_pieces
from tracking.attention import Attention, AttentionSettings, small_size
from tracking.errors import FietsflowError

LOOKED_THROUGH = 8
"""Footage that is looked through, as a multiple of what is taken."""
_PIECE_S = (30.0, 60.0)
"""Shortest and longest piece: few riders should be cut off by an edge, and pieces should be spread."""
_GATE = AttentionSettings(rate=3.5, parts=False)
_USED_TO_S = Attention(_GATE).memory_s
"""Seconds after which it is known what does not move; before that everything is looked at."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is taken, and out of how much.

    Attributes:
        pieces: In order of camera and time.
        footage_s: Seconds of readable footage of all cameras.
        surveyed_s: Of those, seconds that were looked through to choose the pieces; 0 where all is taken.
    """

    pieces: tuple[Piece, ...]
    footage_s: float
    surveyed_s: float

    @property
    def seconds(self) -> float:
        """Length of all pieces together."""
        return sum(piece.seconds for piece in self.pieces)


def choose(cameras: Sequence[PreparedCamera], wanted_s: float, report: Callable[[str, int], None]) -> Choice:
    """Choose the pieces to try: all footage where there is no more than wanted, else the busiest, spread.

    Args:
        cameras: With their footage.
        wanted_s: Seconds over all cameras.
        report: Told camera and number of frames that were looked through.
    """
    whole = [piece for camera in cameras for piece in whole_footage(camera)]
    footage_s = sum(piece.seconds for piece in whole)
    if footage_s <= wanted_s:
        return Choice(join_pieces(whole), footage_s, 0.0)
    share_s = wanted_s / len(cameras)
    piece_s = min(max(share_s / PARTS, _PIECE_S[0]), _PIECE_S[1])
    windows: list[Window] = []
    surveyed_s = 0.0
    for camera in cameras:
        some = spread(whole_footage(camera), LOOKED_THROUGH * share_s)
        surveyed_s += sum(piece.seconds for piece in some)
        windows += _windows(camera, some, piece_s, report)
    return Choice(choose_pieces(windows, wanted_s), footage_s, surveyed_s)


def whole_footage(camera: PreparedCamera) -> list[Piece]:
    """Each source that can be opened, from beginning to end."""
    return [
        Piece(camera.id, one.name, one.start, _end(one))
        for one in camera.source.sources
        if one.header and _end(one) > one.start
    ]


def spread(sources: Sequence[Piece], budget_s: float) -> list[Piece]:
    """Some sources spread over the time, each from its beginning, together about as long as the budget."""
    total_s = sum(one.seconds for one in sources)
    if total_s <= budget_s:
        return list(sources)
    many = min(len(sources), max(PARTS, ceil(budget_s * len(sources) / total_s)))
    chosen = [sources[place * len(sources) // many] for place in range(many)]
    return [
        Piece(one.camera, one.source, one.start, min(one.end, one.start + budget_s / many)) for one in chosen
    ]


def _end(planned: PlannedSource) -> float:
    return planned.end if planned.until is None else min(planned.end, planned.until)


def _windows(
    camera: PreparedCamera, some: Iterable[Piece], piece_s: float, report: Callable[[str, int], None]
) -> Iterator[Window]:
    for piece in some:
        looks = _movement(camera, piece, piece_s, report)
        last = floor(piece.end / piece_s)
        for slot in range(floor(piece.start / piece_s), last + 1):
            start, end = max(piece.start, slot * piece_s), min(piece.end, (slot + 1) * piece_s)
            if end - start >= min(piece_s, piece.seconds) / 2:
                yield Window(Piece(camera.id, piece.source, start, end), slot, looks[slot])


def _movement(
    camera: PreparedCamera, piece: Piece, piece_s: float, report: Callable[[str, int], None]
) -> Counter[int]:
    """Looks that something moving asks for, by slot."""
    looks: Counter[int] = Counter()
    planned = next(one for one in camera.source.sources if one.name == piece.source)
    limited = camera.source.limited_to([planned], {}, piece.end)
    if not isinstance(limited, CameraSource):
        raise FietsflowError(f"camera {camera.id}: only footage can be looked through")
    limited.attend(_GATE, camera.chain.region.mask(*small_size(*limited.frame_size)))
    for frame in limited.frames():
        looks[floor(frame.time / piece_s)] += frame.time >= piece.start + _USED_TO_S
        report(camera.id, frame.passed)
    return looks
