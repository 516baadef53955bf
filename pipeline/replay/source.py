"""A recording as the footage of a camera: frames without pixels, and the detector that knows their boxes."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Self

import numpy as np

from pipeline.replay.recording import Recording
from pipeline.sources import PlannedSource, Rest, SourcePosition, SourceReport
from pipeline.sources.coverage import CoverageLog, unseen_sentences
from tracking.arrays import BoolArray, Image, IntArray
from tracking.errors import UsageError
from tracking.values import Detections, Frame


class RecordedSource:
    """The footage of one camera, as far as it was recorded.

    Every frame whose turn it is counts as looked at, also those in which nothing can happen, which are not
    handed out.

    Args:
        recording: What was recorded.
        planned: Its place in time.
        looked_at: (T,) mask of the frames whose turn it is.
        shown: (K,) numbers of the frames to hand out, increasing, all of them looked at.

    Attributes:
        camera: Camera id.
        sources: The one source there is.
        frame_size: (width, height) of every frame.
        rest: None; the boxes of every frame are known.
    """

    def __init__(
        self, recording: Recording, planned: PlannedSource, looked_at: BoolArray, shown: IntArray
    ) -> None:
        self.camera = recording.camera
        self.sources: tuple[PlannedSource, ...] = (planned,)
        self.frame_size = recording.frame_size
        self.rest: Rest | None = None
        self._recording = recording
        self._planned = planned
        self._looked_at = looked_at
        self._shown = shown
        self._read = 0
        self._coverage = CoverageLog(planned.header.period_s if planned.header else 0.0)

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> Self:
        """The recording itself, which is one source and always read as a whole."""
        self.sources = tuple(sources)
        return self

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """Hand out the frames; their images are black and take no memory.

        Raises:
            UsageError: A recording is always replayed from its beginning.
        """
        if start_at is not None:
            raise UsageError(f"camera {self.camera}: a recording is replayed from its beginning")
        planned, (width, height) = self._planned, self.frame_size
        black = np.broadcast_to(np.zeros(1, np.uint8), (height, width, 3))
        turns = np.where(self._looked_at, planned.start + self._recording.seconds, -np.inf)
        before = np.concatenate([[-np.inf], np.maximum.accumulate(turns)[:-1]])
        for number in self._shown.tolist():
            self._observe(number + 1)
            time = planned.start + float(self._recording.seconds[number])
            yield Frame(self.camera, planned.name, number, time, black, before=float(before[number]))
        self._observe(len(self._recording))
        self._coverage.close()

    def reports(self) -> tuple[SourceReport, ...]:
        """The account of the recording up to now."""
        unobserved = self._coverage.unobserved()
        return (
            SourceReport(
                source=self._planned.name,
                start=self._planned.start,
                header_frames=len(self._recording),
                frames_decoded=self._read,
                frames_sampled_out=int((~self._looked_at[: self._read]).sum()),
                frames_out_of_order=0,
                observed=self._coverage.intervals(),
                problems=tuple(unseen_sentences(unobserved)),
                finished=self._read == len(self._recording),
                unobserved=unobserved,
            ),
        )

    def _observe(self, until: int) -> None:
        start = self._planned.start
        stretch = slice(self._read, until)
        moments, looked_at = self._recording.seconds[stretch], self._looked_at[stretch]
        for seconds, delivered in zip(moments.tolist(), looked_at.tolist(), strict=True):
            self._coverage.add(start + seconds, delivered=delivered)
        self._read = until


class RecordedDetector:
    """Hands out the boxes of a recording, frame after frame.

    Args:
        recording: What was recorded.
        shown: (K,) numbers of the frames that will be asked about, increasing.
        name: For the summary.
    """

    stateful = True

    def __init__(self, recording: Recording, shown: IntArray, name: str) -> None:
        self.name = name
        self._recording = recording
        self._shown = iter(shown.tolist())

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """See `tracking.detectors.base.Detector`; the images are not looked at."""
        numbers = [next(self._shown) for _ in images]
        return [self._recording.detections[self._recording.rows(number)] for number in numbers]
