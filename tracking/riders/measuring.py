"""A whole passage, reduced to the numbers that decide about it."""

from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.riders.evidence import Evidence
from tracking.riders.motion import Motion, measure_motion
from tracking.riders.settings import JudgeSettings

PARTS = 4
"""A passage is looked at in parts of equal time: a track may show somebody else for a while."""
_NO_SCORE = 1e-4
"""Mean score of a bicycle that was not seen."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the decision was based on, for logs and for tuning.

    Attributes:
        seen_s: Seconds that its boxes stand for.
        motion: Displacement, growth and speed.
        bicycle: Bicycle evidence that went along with the person, 0..1.
        clear: Mean score as a whole cyclist in the clearest quarter of the time, 0..1, rows weighted by time
            and height²; 0 where the detector sees persons and bicycles apart.
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
    clear: float
    needed: float
    motor_ratio: float
    on_foot_ratio: float
    enclosed: float
    footing: float
    person_share: float
    moving: float
    aspect: float


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
        bicycle=accompanying(evidence, free, pace),
        clear=_means_of_parts(evidence.whole, seconds, seconds * evidence.heights**2)[-1],
        needed=_needed(evidence, pace, limits),
        motor_ratio=float(motorcycle / max(bicycle, _NO_SCORE)),
        on_foot_ratio=_on_foot_ratio(evidence),
        enclosed=_mean(evidence.enclosed[person], seconds[person]) if person.any() else 0.0,
        footing=_footing(evidence, free, limits),
        person_share=_mean(person, seconds),
        moving=evidence.moving,
        aspect=float(np.median(evidence.aspects)),
    )


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


def accompanying(evidence: Evidence, free: BoolArray, pace: float) -> float:
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
    second_best = _means_of_parts(score, seconds, weight)[-2:][0]
    return _between(second_best, _mean(score, weight), pace)


def _means_of_parts(score: FloatArray, seconds: FloatArray, weight: FloatArray) -> list[float]:
    """Mean score of each part of the time, the lowest first; at most `PARTS`, none empty."""
    # By the middle of the time that each row stands for.
    parts = (PARTS * (np.cumsum(seconds) - seconds / 2) / seconds.sum()).astype(int)
    return sorted(_mean(score[parts == one], weight[parts == one]) for one in np.unique(parts))


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
