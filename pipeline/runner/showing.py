"""Shows on the board of a run what its cameras at work see and hold."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.runner.camera_work import CameraWork
from pipeline.runner.preparation import Preparation
from pipeline.sources import FrameSource
from pipeline.telemetry import Board, ChainState, Model, RecordedCamera

_AT_ITS_END = "its footage is at its end"


@dataclass(frozen=True, slots=True)
class _Seen:
    """Observed time of a camera, over all sources that it had one after the other."""

    source: FrameSource
    before_s: float = 0.0
    here_s: float = 0.0
    start: float = math.inf
    end: float = -math.inf


class Showing:
    """Remembers what was seen of earlier sources, so that nothing that is counted falls.

    Args:
        board: Of the run.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._seen: dict[str, _Seen] = {}

    def show(self, works: Iterable[CameraWork]) -> None:
        """Show the present state of some cameras."""
        for work in works:
            seen = self._seen[work.camera] = self._look(work)
            last = None if math.isinf(work.last_time) else work.last_time
            self._board.see_recorded(
                RecordedCamera(
                    work.camera,
                    connected=last is not None and not work.finished,
                    frames=work.frames_read,
                    looks=work.looks,
                    last_frame=last,
                    reason=_AT_ITS_END if work.finished else "" if last else "nothing of it was read yet",
                )
            )
            span_s = max(seen.end - seen.start, 0.0)
            self._board.hold(
                work.camera, ChainState(work.open_tracklets, seen.before_s + seen.here_s, span_s)
            )

    def _look(self, work: CameraWork) -> _Seen:
        seen = self._seen.get(work.camera, _Seen(work.source))
        if seen.source is not work.source:
            seen = replace(seen, source=work.source, before_s=seen.before_s + seen.here_s, here_s=0.0)
        pieces = [piece for report in work.source.reports() for piece in report.observed]
        return replace(
            seen,
            here_s=max(seen.here_s, sum(piece.duration_s for piece in pieces)),
            start=min([seen.start, *(piece.start for piece in pieces)]),
            end=max([seen.end, *(piece.end for piece in pieces)]),
        )


def show_prepared(prepared: Preparation, board: Board) -> None:
    """Show the models at work, and the cameras of which nothing can be read."""
    board.use(_model("detector", camera.detector.name, camera.detector) for camera in prepared.cameras)
    board.use([_model("encoder", prepared.encoder.model_id, prepared.encoder)])
    for camera, trouble in prepared.troubles.items():
        board.see_recorded(RecordedCamera(camera, False, 0, 0, None, trouble))


def _model(role: str, name: str, model: object) -> Model:
    """What computes a model; one without a runtime of its own is computed by this program."""
    return Model(role, name, str(getattr(model, "provider", "fietsflow")))
