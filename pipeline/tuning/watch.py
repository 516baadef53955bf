"""Watching the pieces in one way of looking: passages, looks and what they cost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import process_time

from flows.values import Sighting
from pipeline.cameras import Chunk, PreparedCamera, crop_blur, open_feeder
from pipeline.configuration import RuntimeSettings
from pipeline.stages import CameraChain, Passage, SightingMaker
from pipeline.telemetry import StageClock
from pipeline.tuning.pieces import Piece, stretches
from pipeline.tuning.source import PieceSource
from pipeline.tuning.ways import area
from reid.encoders import Encoder
from tracking.values import Detections

LEAD_S = 30.0
"""Seconds before a piece that a detector which remembers frames is shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look without its picture.

    Attributes:
        source: Name of the source.
        index: Position of the frame in the source.
        time: Seconds since the epoch.
        found: The boxes.
    """

    source: str
    index: int
    time: float
    found: Detections


@dataclass(frozen=True, slots=True)
class Watched:
    """What one way of looking gave.

    Attributes:
        sightings: Of all cameras.
        looks: Frames that the detector looked at.
        area: The same, each counted as the share of the frame that was looked at.
        processor_s: Processor seconds of everything, decoding included, less what lies before the pieces.
        boxes: Camera id → every look, where they were to be kept.
    """

    sightings: tuple[Sighting, ...]
    looks: int
    area: float
    processor_s: float
    boxes: Mapping[str, Sequence[Look]] = field(default_factory=dict)


def watch(
    cameras: Iterable[PreparedCamera],
    pieces: Sequence[Piece],
    encoder: Encoder,
    runtime: RuntimeSettings,
    report: Callable[[str, int], None],
    *,
    keep_boxes: bool = False,
) -> Watched:
    """Take the pieces through the whole chain, from the footage to sightings.

    Args:
        cameras: Prepared for the way of looking.
        pieces: What is watched; cameras without one are left out.
        encoder: Crops to embeddings.
        runtime: Sizes of chunks and queues.
        report: Told camera and number of frames.
        keep_boxes: Keep the boxes of every look; never a picture.

    Raises:
        FietsflowError: Footage or model failed.
    """
    began = process_time()
    own = {one.id: [piece for piece in pieces if piece.camera == one.id] for one in cameras}
    watches = [_Watch(camera, own[camera.id], encoder, runtime) for camera in cameras if own[camera.id]]
    try:
        for one in watches:
            one.start()
        waiting = list(watches)
        while waiting:
            for one in list(waiting):
                passed = one.go_on()
                if passed is None:
                    waiting.remove(one)
                else:
                    report(one.camera, passed)
    finally:
        for one in watches:
            one.stop()
    return Watched(
        tuple(sighting for one in watches for sighting in one.sightings),
        sum(len(one.looks) for one in watches),
        sum(one.area for one in watches),
        process_time() - began - sum(one.outside_s for one in watches),
        {one.camera: one.looks for one in watches} if keep_boxes else {},
    )


class _Watch:
    """One camera: a new chain for each stretch, and everything that it gives."""

    def __init__(
        self, camera: PreparedCamera, pieces: Sequence[Piece], encoder: Encoder, runtime: RuntimeSettings
    ) -> None:
        self.camera = camera.id
        self.sightings: list[Sighting] = []
        self.looks: list[Look] = []
        self.area = 0.0
        self._prepared = camera
        self._clock = StageClock()
        self._source = PieceSource(camera.source, pieces, LEAD_S if camera.detector.stateful else 0.0)
        self._feeder = open_feeder(replace(camera, source=self._source), runtime, self._clock)
        self._maker = SightingMaker("tuning", encoder, self._clock)
        self._stretches = stretches(pieces)
        self._chain: CameraChain | None = None
        self._until = 0.0

    @property
    def outside_s(self) -> float:
        """Processor seconds for what lies before the pieces."""
        return self._source.outside_s

    def start(self) -> None:
        """Begin to decode and look."""
        self._feeder.start()

    def stop(self) -> None:
        """End whatever goes on."""
        self._feeder.stop()

    def go_on(self) -> int | None:
        """Take in the next frames; returns how many were worked off, None at the end."""
        chunk = self._feeder.next_chunk()
        if chunk is None:
            self._finish()
            return None
        self._take(chunk)
        return chunk.passed

    def _take(self, chunk: Chunk) -> None:
        for frame, found in zip(chunk.frames, chunk.detections, strict=True):
            stretch = next((one for one in self._stretches if one[0] <= frame.time < one[1]), None)
            if stretch is None:
                continue
            self.area += area(frame)
            self.looks.append(Look(frame.source, frame.index, frame.time, found))
            self._keep(self._chain_until(stretch[1]).process(frame, found))

    def _chain_until(self, end: float) -> CameraChain:
        if self._chain is None or end != self._until:
            self._finish()
            camera = self._prepared
            blur = crop_blur(camera.settings.anonymize)
            self._chain = CameraChain(camera.chain, blur, self._clock, classifier=camera.classifier)
            self._until = end
        return self._chain

    def _finish(self) -> None:
        if self._chain is not None:
            self._keep(self._chain.finish())
        self._chain = None

    def _keep(self, passages: Iterable[Passage]) -> None:
        self.sightings += [self._maker.make(passage) for passage in passages]
