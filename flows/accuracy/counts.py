"""How right the counts are, per camera and per interval."""

from dataclasses import dataclass
from math import isinf

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.measures import geh, harmonic_mean, ratio, relative_error
from flows.accuracy.spans import Spans
from tracking.arrays import FloatArray, IntArray

INTERVAL_S = 900.0
"""Length of the counting intervals, seconds; they begin at full quarters of an hour."""


@dataclass(frozen=True, slots=True)
class IntervalCount:
    """One camera in one interval.

    Attributes:
        start: Seconds since the epoch.
        truth: True passages that were observed.
        counted: Sightings.
        geh: GEH of the hourly volumes.
    """

    start: float
    truth: int
    counted: int
    geh: float

    @property
    def error(self) -> float:
        """(counted − truth) / truth, see `relative_error`."""
        return relative_error(self.counted, self.truth)


@dataclass(frozen=True, slots=True)
class CameraScore:
    """One camera over the whole time.

    Attributes:
        camera: Camera id.
        truth: True passages that were observed.
        counted: Sightings.
        matched: Sightings that show a true passage.
        geh: GEH of the hourly volumes.
        intervals: The same per interval.
    """

    camera: str
    truth: int
    counted: int
    matched: int
    geh: float
    intervals: tuple[IntervalCount, ...]

    @property
    def error(self) -> float:
        """(counted − truth) / truth, see `relative_error`."""
        return relative_error(self.counted, self.truth)

    @property
    def precision(self) -> float:
        """Share of the sightings that show a true passage."""
        return ratio(self.matched, self.counted, float(not self.truth))

    @property
    def recall(self) -> float:
        """Share of the true passages that were seen."""
        return ratio(self.matched, self.truth)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return harmonic_mean(self.precision, self.recall)


def score_cameras(
    found: Correspondence, observed: tuple[Spans, ...], interval_s: float = INTERVAL_S
) -> tuple[CameraScore, ...]:
    """Score each camera.

    Args:
        found: Which sighting shows which passage.
        observed: Observed time of each camera.
        interval_s: Length of the intervals, seconds; infinite for one over the whole time.
    """
    return tuple(
        _score(found, number, name, spans, interval_s)
        for number, (name, spans) in enumerate(zip(found.truth.cameras, observed, strict=True))
    )


def _score(found: Correspondence, number: int, name: str, spans: Spans, interval_s: float) -> CameraScore:
    true = found.truth.enter[found.truth.camera == number]
    own = found.estimate.camera == number
    counted = found.estimate.enter[own]
    hours = spans.total_s / 3600
    return CameraScore(
        camera=name,
        truth=len(true),
        counted=len(counted),
        matched=int((found.partner[own] >= 0).sum()),
        geh=geh(len(counted), len(true), hours),
        intervals=_by_interval(true, counted, spans, interval_s),
    )


def _by_interval(
    true: FloatArray, counted: FloatArray, spans: Spans, interval_s: float
) -> tuple[IntervalCount, ...]:
    """Intervals of which something was observed; volumes are per observed hour."""
    moments = np.concatenate([spans.starts, true, counted, spans.ends - 1e-6])
    if not len(moments):
        return ()
    origin = 0.0
    if isinf(interval_s):
        origin, interval_s = float(moments.min()), float(np.ptp(moments)) + 1.0
    everything = _places(moments - origin, interval_s)
    places = [_places(some - origin, interval_s) for some in (true, counted)]
    first, last = int(everything.min()), int(everything.max())
    starts = origin + np.arange(first, last + 1) * interval_s
    seconds = spans.within(starts, starts + interval_s)
    truths, counts = (np.bincount(place - first, minlength=last - first + 1) for place in places)
    return tuple(
        IntervalCount(start, truth, count, geh(count, truth, second / 3600))
        for start, truth, count, second in zip(
            starts.tolist(), truths.tolist(), counts.tolist(), seconds.tolist(), strict=True
        )
        if second > 0
    )


def _places(moments: FloatArray, interval_s: float) -> IntArray:
    places: IntArray = np.floor(moments / interval_s).astype(np.int64)
    return places
