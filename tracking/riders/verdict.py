"""The decision over a whole passage: was it one riding cyclist?"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from tracking.arrays import BoolArray
from tracking.riders.evidence import Evidence
from tracking.riders.motion import Motion, measure_motion
from tracking.riders.settings import JudgeSettings, RiderSettings

_PARTS = 4


class Reason(Enum):
    """Why a passage counts as a cyclist, or what it was instead."""

    CYCLIST = "rode past"
    TOO_SHORT = "seen in too few frames"
    DID_NOT_MOVE = "stood still: parked, waiting astride, or a thing taken for a person"
    NO_BICYCLE = "no bicycle went along: a pedestrian, a runner, a skateboarder"
    PARKED_BICYCLE = "the bicycles seen with the person stand there without the person as well"
    PUSHED = "walked beside the bicycle"
    MOTOR_VEHICLE = "a motor scooter or motorcycle, or somebody in a car"


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the decision was based on, for logs and for tuning.

    Attributes:
        boxes: Number of boxes.
        motion: Displacement, growth and speed.
        bicycle: Bicycle evidence that went along with the person, 0..1.
        needed: Bicycle evidence needed at this speed.
        motor_ratio: Motorcycle scores over bicycle scores.
        enclosed: Share of the person's boxes inside a motor vehicle.
        footing: Height of the person's feet above the foot of the wheels, in heights of the
            two-wheeler; NaN where person and two-wheeler were not seen together often enough.
    """

    boxes: int
    motion: Motion
    bicycle: float
    needed: float
    motor_ratio: float
    enclosed: float
    footing: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision over one passage.

    Attributes:
        is_cyclist: Whether it is counted.
        reason: Why.
        confidence: How sure, 0.5 at the deciding threshold and towards 1 far away from it.
        measurements: What it was based on.
    """

    is_cyclist: bool
    reason: Reason
    confidence: float
    measurements: Measurements


def judge(evidence: Evidence, parked: BoolArray, settings: RiderSettings) -> Verdict:
    """Decide over the whole passage, never over a single frame.

    Args:
        evidence: All rows of the passage.
        parked: (N,) rows whose bicycle stands there without the person as well.
        settings: Policy and thresholds.
    """
    limits = settings.judge
    found = measure(evidence, parked, limits)
    margins = _margins(found, evidence, settings)
    for reason, margin in margins:
        if margin < 0:
            return Verdict(False, _refined(reason, evidence, found, limits), _confidence(-margin), found)
    return Verdict(True, Reason.CYCLIST, _confidence(min(margin for _, margin in margins)), found)


def measure(evidence: Evidence, parked: BoolArray, limits: JudgeSettings) -> Measurements:
    """Reduce a passage to the numbers that decide."""
    motion = measure_motion(evidence)
    free = ~parked
    bicycle, motorcycle = evidence.bicycle[free].sum(), evidence.motorcycle[free].sum()
    person = evidence.person > 0
    return Measurements(
        boxes=len(evidence),
        motion=motion,
        bicycle=_accompanying(evidence, free),
        needed=_needed(motion.speed, limits),
        motor_ratio=float(motorcycle / max(bicycle, 1e-3)),
        enclosed=float(evidence.enclosed[person].mean()) if person.any() else 0.0,
        footing=_footing(evidence, free, limits),
    )


def _margins(found: Measurements, evidence: Evidence, settings: RiderSettings) -> list[tuple[Reason, float]]:
    """Signed distance of each measurement from its threshold, in doublings; all ≥ 0 for a cyclist."""
    limits = settings.judge
    moved = max(
        _doublings(found.motion.displacement, limits.min_displacement),
        _doublings(found.motion.growth - 1, limits.min_growth - 1),
    )
    margins = [
        (Reason.TOO_SHORT, _doublings(found.boxes, limits.min_boxes)),
        (Reason.DID_NOT_MOVE, moved),
        (Reason.MOTOR_VEHICLE, _motor_margin(found, limits)),
    ]
    if evidence.moving > 0.5:
        return [*margins, (Reason.NO_BICYCLE, _doublings(found.motion.speed, limits.walking_speed))]
    if settings.policy == "person_in_roi":
        return margins
    pushed = _doublings(found.footing, limits.min_footing)
    faster = _doublings(found.motion.speed, limits.walking_speed)
    if np.isfinite(pushed):
        margins.append((Reason.PUSHED, max(pushed, faster)))
    return [*margins, (Reason.NO_BICYCLE, _doublings(found.bicycle, found.needed))]


def _motor_margin(found: Measurements, limits: JudgeSettings) -> float:
    """Margin against motor scooters, and against people seen through the windows of a car."""
    scooter = _doublings(limits.max_motor_ratio, found.motor_ratio)
    if found.bicycle >= found.needed:
        return scooter
    return min(scooter, _doublings(limits.max_enclosed, found.enclosed))


def _accompanying(evidence: Evidence, free: BoolArray) -> float:
    """Bicycle evidence of the second-best quarter of the passage.

    The mean score of the two-wheeler over the rows, large boxes first in weight (height²: the
    pixels the detector had to look at). Of the quarters of the passage the second best
    counts: a rider overtaking a pedestrian lends it a bicycle for one quarter, not for two,
    and a rider who comes from far away shows the bicycle in the near half only.
    """
    rows = np.flatnonzero(free)
    if not len(rows):
        return 0.0
    score = np.maximum(evidence.bicycle, evidence.motorcycle)[rows]
    weight = evidence.heights[rows] ** 2
    parts = min(_PARTS, len(rows))
    means = [
        np.average(score[part], weights=weight[part]) for part in np.array_split(np.arange(len(rows)), parts)
    ]
    return float(np.sort(means)[-2] if parts > 1 else means[0])


def _footing(evidence: Evidence, free: BoolArray, limits: JudgeSettings) -> float:
    """Median height of the feet above the foot of the wheels, over the rows that can tell.

    Who pushes a bicycle stands on the road beside it, who rides has the feet on the pedals.
    Rows tell it where the two-wheeler is seen from the side and below the person's head (one
    box reported twice, as a person and as a bicycle, says nothing).
    """
    person, wheels = evidence.person_boxes, evidence.wheels_boxes
    height = np.maximum(wheels[:, 3] - wheels[:, 1], 1.0)
    with np.errstate(invalid="ignore"):
        sideways = (wheels[:, 2] - wheels[:, 0]) >= limits.side_view_aspect * height
        distinct = (wheels[:, 1] - person[:, 1]) >= 0.2 * height
        telling = free & sideways & distinct
    if telling.sum() < limits.min_boxes:
        return float("nan")
    return float(np.median(((wheels[:, 3] - person[:, 3]) / height)[telling]))


def _needed(speed: float, limits: JudgeSettings) -> float:
    """Bicycle evidence that is needed at a speed: the faster, the less.

    Up to walking speed the bicycle must be seen clearly. Who is faster than people run sits
    on something, and a detector that shows a bicycle now and then is believed. In between
    the logarithm is interpolated.
    """
    share = (speed - limits.walking_speed) / (limits.running_speed - limits.walking_speed)
    share = float(np.clip(share, 0.0, 1.0))
    return float(limits.bicycle_walking ** (1 - share) * limits.bicycle_running**share)


def _refined(reason: Reason, evidence: Evidence, found: Measurements, limits: JudgeSettings) -> Reason:
    """Tell a parked bicycle from none."""
    if reason is not Reason.NO_BICYCLE:
        return reason
    everything = _accompanying(evidence, np.ones(len(evidence), bool))
    return Reason.PARKED_BICYCLE if everything >= found.needed else reason


def _doublings(value: float, threshold: float) -> float:
    """How often the threshold must be doubled to reach the value, within ±6."""
    if not np.isfinite(value):
        return float(value)
    return float(np.clip(np.log2(max(value, 1e-6) / max(threshold, 1e-6)), -6.0, 6.0))


def _confidence(margin: float) -> float:
    """0.5 at the threshold, 0.75 at twice the threshold, towards 1 beyond."""
    return float(1.0 - 0.5 * np.exp2(-max(margin, 0.0)))
