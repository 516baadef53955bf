"""The decision over a whole passage: was it one riding cyclist?"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.riders.evidence import Evidence
from tracking.riders.motion import Motion, measure_motion
from tracking.riders.settings import JudgeSettings, RiderSettings
from tracking.seconds import TIME_TOLERANCE_S

_PARTS = 4
_NO_SCORE = 1e-4
"""Mean score of a bicycle that was not seen."""


class Reason(Enum):
    """Why a passage counts as a cyclist, or what it was instead."""

    CYCLIST = "rode past"
    TOO_SHORT = "seen for too short a time"
    DID_NOT_MOVE = "stood still: parked, waiting astride, or a thing taken for a person"
    NO_BICYCLE = "no bicycle went along: a pedestrian, a runner, a skateboarder"
    ON_FOOT = "walked: seen as a pedestrian more than as a cyclist"
    PARKED_BICYCLE = "the bicycles seen with the person stand there without the person as well"
    PUSHED = "walked beside the bicycle"
    NO_RIDER = "a bicycle at walking pace and nobody on it"
    SAME_BICYCLE = "this bicycle was counted already, with another track"
    MOTOR_VEHICLE = "a motor scooter or motorcycle, or somebody in a car"


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the decision was based on, for logs and for tuning.

    Attributes:
        seen_s: Seconds that its boxes stand for.
        motion: Displacement, growth and speed.
        bicycle: Bicycle evidence that went along with the person, 0..1.
        needed: Bicycle evidence needed at this speed.
        motor_ratio: Motorcycle scores over bicycle scores.
        on_foot_ratio: Scores as a pedestrian over those as a whole cyclist; 0 where no whole
            cyclist was seen.
        enclosed: Share of the person's time inside a motor vehicle.
        footing: Height of the person's feet above the foot of the wheels, in heights of the
            two-wheeler; infinite where they were not seen together often enough to tell.
        person_share: Share of the time that shows a person.
        moving: Share of the time seen by a detector of motion, which knows no kinds.
        aspect: Median width over height.
    """

    seen_s: float
    motion: Motion
    bicycle: float
    needed: float
    motor_ratio: float
    on_foot_ratio: float
    enclosed: float
    footing: float
    person_share: float
    moving: float
    aspect: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision over one passage.

    Attributes:
        is_cyclist: Whether it is counted.
        reason: Why.
        confidence: How sure, 0.5 at the deciding threshold and towards 1 far away from it.
        measurements: What it was based on.
        margin: Signed distance to the limit that decided, in doublings: negative where it was missed, for a
            cyclist that of the limit that was nearest; None where another passage decided.
    """

    is_cyclist: bool
    reason: Reason
    confidence: float
    measurements: Measurements
    margin: float | None


def judge(evidence: Evidence, parked: BoolArray, settings: RiderSettings) -> Verdict:
    """Decide over the whole passage, never over a single frame.

    Args:
        evidence: All rows of the passage.
        parked: (N,) rows whose bicycle stands there without the person as well.
        settings: Policy and thresholds.
    """
    found = measure(evidence, parked, settings.judge)
    margins = _margins(found, settings)
    for reason, margin in margins:
        if margin < 0:
            refined = _told_apart(reason, evidence, found)
            return Verdict(False, refined, _confidence(-margin), found, margin)
    nearest = min(margin for _, margin in margins)
    return Verdict(True, Reason.CYCLIST, _confidence(nearest), found, nearest)


def measure(evidence: Evidence, parked: BoolArray, limits: JudgeSettings) -> Measurements:
    """Reduce a passage to the numbers that decide."""
    motion = measure_motion(evidence)
    free = ~parked
    seconds = evidence.seconds
    bicycle, motorcycle = (_mean(score * free, seconds) for score in (evidence.bicycle, evidence.motorcycle))
    person = evidence.person > 0
    pace = _pace(motion.speed, limits)
    return Measurements(
        seen_s=float(seconds.sum()),
        motion=motion,
        bicycle=_accompanying(evidence, free, pace),
        needed=_needed(evidence, pace, limits),
        motor_ratio=float(motorcycle / max(bicycle, _NO_SCORE)),
        on_foot_ratio=_on_foot_ratio(evidence),
        enclosed=_mean(evidence.enclosed[person], seconds[person]) if person.any() else 0.0,
        footing=_footing(evidence, free, limits),
        person_share=_mean(person, seconds),
        moving=evidence.moving,
        aspect=float(np.median(evidence.aspects)),
    )


def _margins(found: Measurements, settings: RiderSettings) -> list[tuple[Reason, float]]:
    """Signed distance of each measurement from its threshold, in doublings; all ≥ 0 for a cyclist."""
    limits = settings.judge
    motion = found.motion
    grown = _doublings(motion.growth - 1, limits.min_growth - 1)
    faster_than_walking = _doublings(motion.speed, limits.walking_speed)
    margins = [
        (Reason.TOO_SHORT, _doublings(found.seen_s + TIME_TOLERANCE_S, limits.min_seen_s)),
        (Reason.DID_NOT_MOVE, max(_doublings(motion.displacement, limits.min_displacement), grown)),
        (Reason.MOTOR_VEHICLE, _doublings(limits.max_speed, motion.speed)),
    ]
    if found.moving > 0.5:
        upright = _doublings(limits.max_moving_aspect, found.aspect)
        return [*margins, (Reason.MOTOR_VEHICLE, upright), (Reason.NO_BICYCLE, faster_than_walking)]
    seen = _doublings(found.bicycle, found.needed)
    if settings.policy == "person_in_roi":
        outside = max(seen, _doublings(limits.max_enclosed, found.enclosed))
        return [*margins, (Reason.MOTOR_VEHICLE, min(outside, _not_a_scooter(found, limits)))]
    ridden = max(faster_than_walking, _doublings(found.footing, limits.min_footing))
    manned = max(faster_than_walking, _doublings(found.person_share, limits.min_person_share))
    return [
        *margins,
        (Reason.ON_FOOT, _doublings(limits.max_on_foot_ratio, found.on_foot_ratio)),
        (Reason.NO_BICYCLE, seen),
        (Reason.MOTOR_VEHICLE, _not_a_scooter(found, limits)),
        (Reason.PUSHED, ridden),
        (Reason.NO_RIDER, manned),
    ]


def _not_a_scooter(found: Measurements, limits: JudgeSettings) -> float:
    """Margin against motor scooters; a two-wheeler that was hardly seen says nothing."""
    unseen = _doublings(limits.bicycle_walking, found.bicycle)
    return max(unseen, _doublings(limits.max_motor_ratio, found.motor_ratio))


def _pace(speed: float, limits: JudgeSettings) -> float:
    """0 up to walking speed, 1 from running speed on, linear in between."""
    return float(
        np.clip((speed - limits.walking_speed) / (limits.running_speed - limits.walking_speed), 0, 1)
    )


def _between(walking: float, running: float, pace: float) -> float:
    """Geometric interpolation: the value at walking pace (0) up to that at running pace (1)."""
    return float(max(walking, 1e-6) ** (1 - pace) * max(running, 1e-6) ** pace)


def _needed(evidence: Evidence, pace: float, limits: JudgeSettings) -> float:
    """Evidence needed at this pace.

    A bicycle below a person is seen late and little, so that a trace of it tells much; a detector of
    whole cyclists answers cars and walkers with traces too, and its riders with clear scores.
    """
    if (evidence.whole > 0).any():
        return _between(limits.whole_walking, limits.whole_running, pace)
    return _between(limits.bicycle_walking, limits.bicycle_running, pace)


def _accompanying(evidence: Evidence, free: BoolArray, pace: float) -> float:
    """How clearly a bicycle was seen to go along, 0..1.

    The mean score of the two-wheeler over the rows, each weighted by the time it stands for and
    by its height²: the pixels that the detector had to look at. At walking pace the second-best
    quarter of the time counts instead: a rider who overtakes a pedestrian lends it a bicycle for one
    quarter, not for two. Nobody lends a bicycle to somebody fast, so that from running pace on the
    whole passage counts, as for a small rider whose bicycle shows in a few near frames only.
    """
    rows = np.flatnonzero(free)
    if not len(rows):
        return 0.0
    score = np.maximum(evidence.bicycle, evidence.motorcycle)[rows]
    seconds = evidence.seconds[rows]
    weight = seconds * evidence.heights[rows] ** 2
    # By the middle of the time that each row stands for.
    quarters = (_PARTS * (np.cumsum(seconds) - seconds / 2) / seconds.sum()).astype(int)
    means = [_mean(score[quarters == one], weight[quarters == one]) for one in np.unique(quarters)]
    second_best = float(np.sort(means)[-2:][0])
    return _between(second_best, _mean(score, weight), pace)


def _on_foot_ratio(evidence: Evidence) -> float:
    """Scores as a pedestrian over those as a cyclist, rows weighted as for the bicycle.

    Only a detector that reports both can speak against itself. One that sees persons and bicycles
    apart calls its riders persons, or pedestrians, too.
    """
    weight = evidence.seconds * evidence.heights**2
    cyclist = float((weight * evidence.whole).sum())
    return float((weight * evidence.on_foot).sum()) / cyclist if cyclist > 0 else 0.0


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
    if evidence.seconds[telling].sum() < limits.min_seen_s:
        return float("inf")
    return float(np.median(((wheels[:, 3] - person[:, 3]) / height)[telling]))


def _mean(values: FloatArray | BoolArray, weights: FloatArray) -> float:
    """Mean of (N,) values; boxes of one moment may all weigh nothing."""
    return float(np.average(values, weights=weights)) if weights.sum() > 0 else float(values.mean())


def _told_apart(reason: Reason, evidence: Evidence, found: Measurements) -> Reason:
    """Tell a parked bicycle from none."""
    if reason is not Reason.NO_BICYCLE:
        return reason
    everything = _accompanying(evidence, np.ones(len(evidence), bool), 0.0)
    return Reason.PARKED_BICYCLE if everything >= found.needed else reason


def _doublings(value: float, threshold: float) -> float:
    """How often the threshold must be doubled to reach the value, within ±6."""
    return float(np.clip(np.log2(max(value, 1e-6) / max(threshold, 1e-6)), -6.0, 6.0))


def _confidence(margin: float) -> float:
    """0.5 at the threshold, 0.75 at twice the threshold, towards 1 beyond."""
    return float(1.0 - 0.5 * np.exp2(-max(margin, 0.0)))
