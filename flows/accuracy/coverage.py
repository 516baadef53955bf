"""How right the database is about what was observed, and which passages anybody could have seen."""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.measures import ratio
from flows.accuracy.passages import Passages
from flows.accuracy.spans import Spans
from flows.accuracy.truth import Outage
from tracking.arrays import BoolArray

SHORTEST_VIEW_S = 0.3
"""A passage of which less was recorded cannot be a tracklet (or all of it, where it is shorter)."""
CUT_VIEW_S = 2.0
"""Who comes or goes in unobserved time, and is seen for less than this, may be counted or not."""
_BESIDE_S = 0.5
"""Stretch before and after a passage in which a camera should have observed."""


@dataclass(frozen=True, slots=True)
class CoverageScore:
    """Observed time of one camera.

    Attributes:
        camera: Camera id.
        observed_s: Seconds that the database says were observed.
        period_s: Seconds between the first and the last moment that any camera observed.
        recorded_s: Seconds of the period that were recorded in truth; None where the truth does not tell.
        claimed_too_much_s: Seconds said to be observed in an outage; None likewise.
        passages_missed: True passages that lie outside the observed time and are left out of the scores.
    """

    camera: str
    observed_s: float
    period_s: float
    recorded_s: float | None
    claimed_too_much_s: float | None
    passages_missed: int

    @property
    def coverage(self) -> float:
        """Observed share of the period."""
        return ratio(self.observed_s, self.period_s, 0.0)


def observable(truth: Passages, observed: tuple[Spans, ...]) -> BoolArray:
    """Mark the passages of which enough for a tracklet lies in observed time, (T,)."""
    seen = np.zeros(len(truth), bool)
    for number, spans in enumerate(observed):
        own = truth.camera == number
        enter, leave = truth.enter[own], truth.exit[own]
        needed = np.minimum(SHORTEST_VIEW_S, leave - enter)
        within = spans.within(enter, leave)
        seen[own] = (within >= needed - 1e-6) & ((within > 0) | (spans.within(enter - 1e-3, leave) > 0))
    return seen


def cut_short(truth: Passages, observed: tuple[Spans, ...]) -> BoolArray:
    """Mark the passages of which unobserved time has left too little to tell riding from standing, (T,)."""
    short = np.zeros(len(truth), bool)
    for number, spans in enumerate(observed):
        own = truth.camera == number
        enter, leave = truth.enter[own], truth.exit[own]
        around = spans.within(enter - _BESIDE_S, leave + _BESIDE_S)
        whole = around >= leave - enter + 2 * _BESIDE_S - 1e-6
        short[own] = ~whole & (spans.within(enter, leave) < CUT_VIEW_S)
    return short


def score_coverage(
    truth: Passages, observed: tuple[Spans, ...], outages: tuple[Outage, ...] | None
) -> tuple[CoverageScore, ...]:
    """Compare what the database says was observed with what was recorded.

    Args:
        truth: Every passage, observed or not.
        observed: Observed time of each camera, by the database.
        outages: What was not recorded; None where unknown.
    """
    starts = [spans.starts[0] for spans in observed if len(spans.starts)]
    start, end = min(starts, default=0.0), max((s.ends[-1] for s in observed if len(s.ends)), default=0.0)
    missed = ~observable(truth, observed)
    return tuple(
        CoverageScore(
            name,
            spans.total_s,
            float(end - start),
            *_against(spans, name, outages, float(start), float(end)),
            int((missed & (truth.camera == number)).sum()),
        )
        for number, (name, spans) in enumerate(zip(truth.cameras, observed, strict=True))
    )


def _against(
    observed: Spans, camera: str, outages: tuple[Outage, ...] | None, start: float, end: float
) -> tuple[float | None, float | None]:
    if outages is None:
        return None, None
    silent = Spans.of((outage.start, outage.end) for outage in outages if outage.camera == camera)
    unrecorded_s = Spans.of([(start, end)]).within(silent.starts, silent.ends).sum()
    return end - start - float(unrecorded_s), float(observed.within(silent.starts, silent.ends).sum())
