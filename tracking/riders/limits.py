"""Deciding by limits: every measurement against a number that was set."""

import numpy as np

from tracking.riders.learnt import LEAST_WAY
from tracking.riders.measuring import Measurements
from tracking.riders.motion import Motion
from tracking.riders.reason import Reason
from tracking.riders.settings import JudgeSettings, RiderSettings
from tracking.seconds import TIME_TOLERANCE_S


def margins_of(found: Measurements, settings: RiderSettings) -> list[tuple[Reason, float]]:
    """Signed distance of each measurement from its threshold, in doublings; all ≥ 0 for a cyclist."""
    limits = settings.judge
    faster_than_walking = doublings(found.motion.speed, limits.walking_speed)
    margins = _physical(found.seen_s, found.motion, limits, limits.min_displacement)
    if found.moving > 0.5:
        upright = doublings(limits.max_moving_aspect, found.aspect)
        return [*margins, (Reason.MOTOR_VEHICLE, upright), (Reason.NO_BICYCLE, faster_than_walking)]
    seen = doublings(found.bicycle, found.needed)
    if settings.policy == "person_in_roi":
        outside = max(seen, doublings(limits.max_enclosed, found.enclosed))
        return [*margins, (Reason.MOTOR_VEHICLE, min(outside, _not_a_scooter(found, limits)))]
    ridden = max(faster_than_walking, doublings(found.footing, limits.min_footing))
    manned = max(faster_than_walking, doublings(found.person_share, limits.min_person_share))
    return [
        *margins,
        (Reason.ON_FOOT, doublings(limits.max_on_foot_ratio, found.on_foot_ratio)),
        (Reason.NO_BICYCLE, seen),
        (Reason.MOTOR_VEHICLE, _not_a_scooter(found, limits)),
        (Reason.PUSHED, ridden),
        (Reason.NO_RIDER, manned),
    ]


def physical_margins(seen_s: float, motion: Motion, limits: JudgeSettings) -> list[tuple[Reason, float]]:
    """The limits that hold for a learnt judge too: too short, on the spot, faster than anybody rides."""
    return _physical(seen_s, motion, limits, LEAST_WAY)


def _physical(
    seen_s: float, motion: Motion, limits: JudgeSettings, least_way: float
) -> list[tuple[Reason, float]]:
    grown = doublings(motion.growth - 1, limits.min_growth - 1)
    return [
        (Reason.TOO_SHORT, doublings(seen_s + TIME_TOLERANCE_S, limits.min_seen_s)),
        (Reason.DID_NOT_MOVE, max(doublings(motion.displacement, least_way), grown)),
        (Reason.MOTOR_VEHICLE, doublings(limits.max_speed, motion.speed)),
    ]


def _not_a_scooter(found: Measurements, limits: JudgeSettings) -> float:
    """Margin against motor scooters; a two-wheeler that was hardly seen says nothing."""
    unseen = doublings(limits.bicycle_walking, found.bicycle)
    return max(unseen, doublings(limits.max_motor_ratio, found.motor_ratio))


def doublings(value: float, threshold: float) -> float:
    """How often the threshold must be doubled to reach the value, within ±6."""
    return float(np.clip(np.log2(max(value, 1e-6) / max(threshold, 1e-6)), -6.0, 6.0))
