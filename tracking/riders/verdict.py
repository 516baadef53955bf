"""The decision over a whole passage: was it one riding cyclist?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray
from tracking.riders.classifier import Glance
from tracking.riders.evidence import Evidence
from tracking.riders.learnt import LearntJudge, opinion_of, packaged_judge
from tracking.riders.limits import margins_of, physical_margins
from tracking.riders.measuring import Measurements, accompanying, measure
from tracking.riders.reason import Reason
from tracking.riders.settings import RiderSettings


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision over one passage.

    Attributes:
        is_cyclist: Whether it is counted.
        reason: Why.
        confidence: How sure, 0.5 at the deciding threshold and towards 1 far away from it.
        measurements: What it was based on.
        margin: Signed distance to the limit that decided, in doublings: negative where it was missed, for a
            cyclist that of the limit that was nearest; None where another passage decided. Where a
            probability decided, the doublings of its odds.
        probability: That it was one more riding cyclist; calibrated where it was learnt, 0 where a physical
            limit or another passage decided. By limits it only follows the confidence.
    """

    is_cyclist: bool
    reason: Reason
    confidence: float
    measurements: Measurements
    margin: float | None
    probability: float


def nobody_looked() -> None:
    """For a passage whose crops nobody looks at."""


def judge(
    evidence: Evidence,
    parked: BoolArray,
    settings: RiderSettings,
    learnt: LearntJudge | None = None,
    look: Callable[[], Glance | None] = nobody_looked,
) -> Verdict:
    """Decide over the whole passage, never over a single frame.

    Args:
        evidence: All rows of the passage.
        parked: (N,) rows whose bicycle stands there without the person as well.
        settings: Policy and thresholds.
        learnt: Where the settings ask for a learnt judge, this one instead of the packaged one.
        look: Looks at the crops of the passage, where a learnt judge wants to know.
    """
    found = measure(evidence, parked, settings.judge)
    by_opinion = settings.judge.by == "learnt" and settings.policy == "person_on_bicycle"
    if by_opinion and found.clear > 0 and found.moving <= 0.5:
        return _by_opinion(found, settings, learnt or packaged_judge(), look)
    margins = margins_of(found, settings)
    for reason, margin in margins:
        if margin < 0:
            refined = _told_apart(reason, evidence, found)
            sure = _confidence(-margin)
            return Verdict(False, refined, sure, found, margin, 1 - sure)
    nearest = min(margin for _, margin in margins)
    sure = _confidence(nearest)
    return Verdict(True, Reason.CYCLIST, sure, found, nearest, sure)


def _by_opinion(
    found: Measurements,
    settings: RiderSettings,
    learnt: LearntJudge,
    look: Callable[[], Glance | None],
) -> Verdict:
    """What nobody can ride is refused; over the rest the probability decides."""
    for reason, margin in physical_margins(found.seen_s, found.motion, settings.judge):
        if margin < 0:
            return Verdict(False, reason, _confidence(-margin), found, margin, 0.0)
    opinion = opinion_of(found, learnt, look())
    likely = opinion.probability
    if likely > 0.5:
        return Verdict(True, Reason.CYCLIST, likely, found, opinion.margin, likely)
    reason = opinion.against
    if reason is Reason.NO_BICYCLE and found.on_foot_ratio > settings.judge.max_on_foot_ratio:
        reason = Reason.ON_FOOT
    return Verdict(False, reason, 1 - likely, found, opinion.margin, likely)


def _told_apart(reason: Reason, evidence: Evidence, found: Measurements) -> Reason:
    """Tell a parked bicycle from none."""
    if reason is not Reason.NO_BICYCLE:
        return reason
    everything = accompanying(evidence, np.ones(len(evidence), bool), 0.0)
    return Reason.PARKED_BICYCLE if everything >= found.needed else reason


def _confidence(margin: float) -> float:
    """0.5 at the threshold, 0.75 at twice the threshold, towards 1 beyond."""
    return float(1.0 - 0.5 * np.exp2(-max(margin, 0.0)))
