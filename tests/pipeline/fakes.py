"""Small stand-ins for footage, detector and encoder, and riders given as boxes: no video, no network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np

from pipeline.sources import Interval, PlannedSource, Rest, SourcePosition, SourceReport
from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header
from pipeline.sources.plan import StartOrigin
from pipeline.stages import CameraChain, ChainSettings, CropSampler
from pipeline.telemetry import StageClock
from tracking.arrays import FloatArray, Image
from tracking.match_curve import MatchCurve
from tracking.region import CountingLine, RegionOfInterest
from tracking.riders import CropClassifier, JudgedPassage, RiderSettings
from tracking.tracklets import ShortTrack, TrackerSettings
from tracking.values import Detections, Frame, ObjectClass

FPS = 10
SIZE = (320, 180)
"""Width and height of every frame."""
MORNING = 1_715_666_400.0
"""2024-05-14T06:00:00Z."""


@dataclass(frozen=True)
class Ride:
    """A cyclist, 60 px high, who crosses the picture.

    Attributes:
        first: Frame in which the ride begins.
        last: Frame in which it ends.
        left: Left edge in the first frame, px.
        step: Pixels to the right in each frame.
        bottom: Where the wheels stand, px.
        score: That the detector gives.
    """

    first: int = 0
    last: int = 35
    left: float = 10.0
    step: float = 8.0
    bottom: float = 130.0
    score: float = 0.9

    def box(self, number: int) -> tuple[float, float, float, float] | None:
        """Where the rider is in a frame; None where not in view."""
        if not self.first <= number <= self.last:
            return None
        left = self.left + self.step * (number - self.first)
        return left, self.bottom - 60.0, left + 30.0, self.bottom


def boxes(number: int, *rides: Ride) -> Detections:
    """What a flawless detector says about a frame."""
    seen = [(box, ride.score) for ride in rides if (box := ride.box(number)) is not None]
    found = [box for box, _ in seen]
    return Detections(
        np.array(found, np.float32).reshape(-1, 4),
        np.array([score for _, score in seen], np.float32),
        np.full(len(found), ObjectClass.CYCLIST, np.int64),
    )


def frame(number: int, source: str = "a.mp4", index: int | None = None, time: float | None = None) -> Frame:
    """A frame of sharp noise; its number is told by nothing but index and time."""
    picture = np.random.default_rng(number).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    at = MORNING + number / FPS if time is None else time
    return Frame("A", source, number if index is None else index, at, picture)


def untouched(image: Image) -> Image:
    """A blur that does nothing."""
    return image


def chain(
    *,
    region: RegionOfInterest | None = None,
    counting_line: CountingLine | None = None,
    crops: int = 8,
    anonymise: Callable[[Image], Image] = untouched,
    sampler: CropSampler | None = None,
    clock: StageClock | None = None,
    refused: Callable[[JudgedPassage | ShortTrack], None] | None = None,
    rider: RiderSettings | None = None,
    classifier: CropClassifier | None = None,
) -> CameraChain:
    """The chain of camera A with default settings."""
    settings = ChainSettings(
        camera="A",
        frame_size=SIZE,
        region=region or RegionOfInterest(SIZE),
        counting_line=counting_line,
        rider=rider or RiderSettings(),
        tracker=TrackerSettings.model_validate({}),
        crops_per_tracklet=crops,
    )
    return CameraChain(settings, anonymise, clock or StageClock(), sampler, refused, classifier)


def planned(name: str, frames: int | None, start: float = MORNING) -> PlannedSource:
    """A file whose header promises so many frames; one that does not say where None."""
    header = Header(float(FPS), None if frames is None else frames / FPS, frames, "h264")
    return PlannedSource(SourceFiles(name, Path(name)), start, StartOrigin.SITE_FILE, header)


class ListedSource:
    """Footage that is a list of frames; see `pipeline.sources.FrameSource`.

    Args:
        frames: In order.
        error: Raised behind the last frame, as a broken disk would.
    """

    def __init__(self, frames: Sequence[Frame], error: BaseException | None = None) -> None:
        self.camera = "A"
        self.sources = tuple(
            planned(name, sum(one.source == name for one in frames))
            for name in dict.fromkeys(one.source for one in frames)
        )
        self.frame_size = SIZE
        self.rest: Rest | None = None
        self.begun_at: list[SourcePosition | None] = []
        self.handed_out = 0
        self._all = list(frames)
        self._error = error

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> "ListedSource":
        """Only the frames of some sources, between two moments."""
        names = {planned.name for planned in sources}
        return ListedSource(
            [
                one
                for one in self._all
                if one.source in names and behind.get(one.source, 0.0) < one.time < until
            ]
        )

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """All frames from a position on, behind those wanted again."""
        self.begun_at.append(start_at)
        first = 0
        if start_at is not None:
            place = (start_at.source, start_at.frame)
            first = sum((one.source, one.index) < place for one in self._all)
            yield from (one for one in self._all[:first] if (one.source, one.index) in start_at.again)
        for one in self._all[first:]:
            self.handed_out += 1
            yield one
        if self._error is not None:
            raise self._error

    def reports(self) -> tuple[SourceReport, ...]:
        """One report that covers what was handed out."""
        seen = self._all[: self.handed_out]
        observed = (Interval(seen[0].time, seen[-1].time + 1 / FPS),) if seen else ()
        return (SourceReport("a.mp4", MORNING, None, len(seen), 0, 0, observed, (), False),)


class RecordingDetector:
    """Finds what a script says, and remembers which pictures it was shown; see `tracking.detectors.Detector`.

    Args:
        stateful: As for the real ones.
        script: Number of the picture, counted from the first, to its boxes; None finds nothing.
    """

    name = "recording"

    def __init__(self, *, stateful: bool = False, script: Callable[[int], Detections] | None = None) -> None:
        self.stateful = stateful
        self.seen: list[Image] = []
        self.batches: list[int] = []
        self._script = script or (lambda number: Detections.empty())

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """One answer for each picture."""
        first = len(self.seen)
        self.seen.extend(images)
        self.batches.append(len(images))
        return [self._script(first + place) for place in range(len(images))]


class ListedEncoder:
    """Gives crops the embeddings of a list, in turn; see `reid.encoders.Encoder`."""

    model_id = "listed"
    dimension = 2

    def __init__(
        self,
        embeddings: Sequence[Sequence[float]] = ((1.0, 0.0),),
        *,
        threshold: float | None = 0.5,
        calibration: MatchCurve | None = None,
    ) -> None:
        self.threshold = threshold
        self.calibration = calibration
        self._embeddings = embeddings

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """As many rows as crops."""
        rows = [self._embeddings[place % len(self._embeddings)] for place in range(len(crops))]
        return np.array(rows, np.float32).reshape(-1, 2)
