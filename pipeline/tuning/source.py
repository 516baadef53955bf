"""Some pieces of a camera's footage, as footage of their own."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from time import thread_time
from typing import Self

from pipeline.sources import FrameSource, PlannedSource, Rest, SourcePosition, SourceReport
from pipeline.tuning.pieces import Piece
from tracking.values import Frame


class PieceSource:
    """Hands out the frames of some pieces, looked at as if all of the footage were.

    Each source is read from its beginning to the end of its last piece, so that what decides about a frame
    has seen what comes before it.

    Args:
        source: All footage of the camera.
        pieces: Of this camera, in order of time.
        lead_s: Seconds before each piece that are handed out as well, for a detector that has to get used to
            the view.

    Attributes:
        camera: Camera id.
        sources: Those that have a piece.
        frame_size: (width, height) of every frame.
        rest: None; nobody goes on from here.
        outside_s: Processor seconds for what lies before the pieces.
    """

    def __init__(self, source: FrameSource, pieces: Sequence[Piece], lead_s: float = 0.0) -> None:
        names = {piece.source for piece in pieces}
        self.camera = source.camera
        self.sources: tuple[PlannedSource, ...] = tuple(one for one in source.sources if one.name in names)
        self.frame_size = source.frame_size
        self.rest: Rest | None = None
        self.outside_s = 0.0
        self._source = source
        self._pieces = pieces
        self._lead_s = lead_s

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> Self:
        """The pieces themselves, which are limited already."""
        return self

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """Decode the pieces one behind the other; always from the beginning."""
        for planned in self.sources:
            own = [piece for piece in self._pieces if piece.source == planned.name]
            begin = own[0].start - self._lead_s
            behind = {planned.name: begin} if begin > planned.start else {}
            yield from self._inside(self._source.limited_to([planned], behind, own[-1].end).frames(), own)

    def reports(self) -> tuple[SourceReport, ...]:
        """None: what was watched is known before."""
        return ()

    def _inside(self, frames: Iterator[Frame], pieces: Sequence[Piece]) -> Iterator[Frame]:
        went_on = False
        while True:
            started = thread_time()
            frame = next(frames, None)
            if frame is None:
                return
            inside = any(one.start - self._lead_s <= frame.time < one.end for one in pieces)
            # Before the first frame of a piece all those before it were decoded.
            if not (inside and went_on):
                self.outside_s += thread_time() - started
            went_on = inside
            if inside:
                yield frame
