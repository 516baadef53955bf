"""Watching a few minutes of a camera, of which only the boxes are kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.cameras import DetectorShelf, open_feeder, prepare_camera
from pipeline.configuration import Configuration
from pipeline.setup.unbounded import without_region
from pipeline.sources import CameraSource
from pipeline.telemetry import StageClock
from pipeline.tuning.pieces import Piece, stretches
from pipeline.tuning.source import PieceSource
from pipeline.tuning.survey import choose
from pipeline.tuning.watch import LEAD_S, Look


@dataclass(frozen=True, slots=True)
class CameraLooks:
    """What was seen of a camera in the whole picture.

    Attributes:
        camera: Camera id.
        frame_size: Width and height, pixels.
        pieces: Stretches that were watched.
        looks: Boxes of every look at them, in order.
        detector: Name of what found them.
    """

    camera: str
    frame_size: tuple[int, int]
    pieces: tuple[Piece, ...]
    looks: tuple[Look, ...]
    detector: str

    @property
    def seconds(self) -> float:
        """Length of what was watched."""
        return sum(piece.seconds for piece in self.pieces)


def look_at_camera(
    configuration: Configuration,
    camera_id: str,
    seconds: float,
    report: Callable[[str, int], None] = lambda camera, frames: None,
) -> CameraLooks:
    """Watch the busiest of a camera's footage, spread over its time, whatever its region is.

    Args:
        configuration: Of the site.
        camera_id: Camera.
        seconds: Of footage, at least, as far as there is as much.
        report: Told camera and number of frames.

    Raises:
        FietsflowError: Footage, weights or device are not usable.
    """
    whole = without_region(configuration, camera_id)
    source = CameraSource(whole.footage(camera_id))
    camera = prepare_camera(whole, source, DetectorShelf(1))
    pieces = choose([camera], seconds, report).pieces
    spans = stretches(pieces)
    looks: list[Look] = []
    watched = PieceSource(camera.source, pieces, LEAD_S if camera.detector.stateful else 0.0)
    feeder = open_feeder(replace(camera, source=watched), whole.runtime, StageClock())
    feeder.start()
    try:
        while (chunk := feeder.next_chunk()) is not None:
            for frame, found in zip(chunk.frames, chunk.detections, strict=True):
                if any(begin <= frame.time < end for begin, end in spans):
                    looks.append(Look(frame.source, frame.index, frame.time, found))
            report(camera_id, chunk.passed)
    finally:
        feeder.stop()
    return CameraLooks(camera_id, source.frame_size, pieces, tuple(looks), camera.detector.name)
