"""Which tracks of one camera are pieces of one passage.

Two ways in which one rider becomes two tracks:

* one after the other: the tracker lost the rider behind a van and found a "new" one;
* side by side: the detector saw the person in some frames and the bicycle in others, and
  each became a track.

Two riders abreast are also side by side, but each of them shows a person of its own. So do the two of a
tandem, who are one passage: `tracking.riders.tandem` tells them from riders abreast and in line.
"""

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.boxes import iou_matrix, paired_nested_shares
from tracking.riders.evidence import Evidence, nearest_in_time
from tracking.riders.settings import StitchSettings
from tracking.riders.tandem import on_one_vehicle
from tracking.seconds import MOST_S

_SAME_TIME_S = 1e-3
_SAME_BOX = 0.6
"""Overlap (IoU) from which the boxes of two looks, one after the other, are of one thing."""


def affinity(first: Evidence, second: Evidence, settings: StitchSettings) -> float:
    """How well two tracks fit together as one rider.

    Args:
        first: One track, at least one row.
        second: Another track of the same camera; the order does not matter.
        settings: Limits.

    Returns:
        0 when they are different objects, otherwise above 0 and at most 1.
    """
    if (second.times[0], second.times[-1]) < (first.times[0], first.times[-1]):
        first, second = second, first
    if second.times[0] > first.times[-1]:
        return _continuation(first, second, settings)
    return _company(first, second, settings)


def handover(first: Evidence, second: Evidence, settings: StitchSettings) -> bool:
    """Whether two passages show one bicycle, first the one and then the other.

    In a crowd the tracker sometimes goes on with a pedestrian where the rider went, and the
    rider becomes a new track. Both tracks then carry bicycle evidence, but of one bicycle:
    that of the second begins where and when that of the first ends.

    Args:
        first: Rows of one passage in which a two-wheeler was seen, at least one.
        second: Those of another passage; the order does not matter.
        settings: Limits.
    """
    if second.times[0] < first.times[0]:
        first, second = second, first
    later = second.times > first.times[-1]
    if not later.any() or later.mean() < 1 - settings.max_two_persons:
        return False
    rest = Evidence(second.rows[later], second.moving)
    return _at_the_next_look(first, rest, settings) or _continuation(first, rest, settings) > 0


def _at_the_next_look(first: Evidence, second: Evidence, settings: StitchSettings) -> bool:
    """Whether the second track begins where the first has just ended, and goes on across the view as it did.

    Where a rider passes a pedestrian the box of both swells upwards and shrinks within a look or two: that
    is no speed, but it is the same place. Somebody who comes in where another leaves turns round.
    """
    if second.times[0] - first.times[-1] > MOST_S:
        return False
    if iou_matrix(first.boxes[-1:], second.boxes[:1])[0, 0] < _SAME_BOX:
        return False
    _, before, height_a = _end_state(first, -1, settings.fit_s)
    _, behind, height_b = _end_state(second, 0, settings.fit_s)
    across = np.abs([before[0], behind[0]]).max() * 2 / (height_a + height_b)
    change = abs(before[0] - behind[0]) * 2 / (height_a + height_b)
    return bool(change <= settings.max_speed_change * max(across, 1.0))


def _continuation(first: Evidence, second: Evidence, settings: StitchSettings) -> float:
    """Whether the second track goes on where the first would have gone.

    Both are extrapolated, at constant speed, to the middle of the gap. The error allowed
    grows with the gap because riders brake and bend.
    """
    gap = second.times[0] - first.times[-1]
    if gap > settings.max_gap_s:
        return 0.0
    position_a, speed_a, height_a = _end_state(first, -1, settings.fit_s)
    position_b, speed_b, height_b = _end_state(second, 0, settings.fit_s)
    height = (height_a + height_b) / 2
    if max(height_a, height_b) > settings.max_size_ratio * min(height_a, height_b):
        return 0.0
    change = np.linalg.norm(speed_a - speed_b) / height
    briskness = max(float(np.linalg.norm(speed_a)), float(np.linalg.norm(speed_b))) / height
    if change > settings.max_speed_change * max(briskness, 1.0):
        return 0.0
    error = np.linalg.norm(position_a + speed_a * gap / 2 - (position_b - speed_b * gap / 2)) / height
    return float(max(0.0, 1 - error / (settings.reach + settings.reach_per_s * gap)))


def _end_state(evidence: Evidence, end: int, fit_s: float) -> tuple[FloatArray, FloatArray, float]:
    """Head point, speed (px, px/s) and height at the first (0) or last (-1) row, from a line fit."""
    moment = evidence.times[end]
    near = _within(evidence, moment - fit_s, moment + fit_s).steady
    times, heads = near.times - moment, near.heads
    height = float(np.median(near.heights))
    if np.ptp(times) < 0.2:
        return np.median(heads, axis=0), np.zeros(2), height
    design = np.stack([np.ones_like(times), times], axis=1)
    (position, speed), *_ = np.linalg.lstsq(design, heads, rcond=None)
    return position, speed, height


def _company(first: Evidence, second: Evidence, settings: StitchSettings) -> float:
    """Whether two tracks of one time are one rider, at one place and never two persons, or one tandem."""
    start, end = second.times[0], min(first.times[-1], second.times[-1])
    a, b = _within(first, start, end), _within(second, start, end)
    if not len(a) or not len(b) or _far_apart(a.boxes, b.boxes):
        return 0.0
    if len(a) > len(b):
        a, b = b, a
    together = Evidence(b.rows[nearest_in_time(a.times, b.times)], 0.0)
    same_time = np.abs(a.times - together.times) <= _SAME_TIME_S
    two_persons = same_time & _two_persons(a, together, settings)
    seconds = a.seconds
    if two_persons.any() and seconds[two_persons].sum() > settings.max_two_persons * seconds[same_time].sum():
        seats = Evidence(a.rows[same_time], 0.0), Evidence(together.rows[same_time], 0.0)
        if not on_one_vehicle(*seats):
            return 0.0
    touching = paired_nested_shares(a.boxes, together.boxes) >= settings.touching
    share = float(np.average(touching, weights=seconds))
    return share if share >= settings.min_together else 0.0


def _far_apart(first: FloatArray, second: FloatArray) -> bool:
    """Whether two sets of (N, 4) boxes cover parts of the picture that do not touch."""
    gap = np.maximum(first[:, :2].min(axis=0), second[:, :2].min(axis=0)) - np.minimum(
        first[:, 2:].max(axis=0), second[:, 2:].max(axis=0)
    )
    return bool((gap > 0).any())


def _two_persons(first: Evidence, second: Evidence, settings: StitchSettings) -> BoolArray:
    """Rows in which both tracks show a person and these are not one person boxed twice.

    A detector of whole cyclists has taken out the doubles itself: two of its boxes are two riders, however
    close they ride.
    """
    both = (first.person > 0) & (second.person > 0)
    whole = both & np.isnan(first.person_boxes[:, 0]) & np.isnan(second.person_boxes[:, 0])
    a = np.where(np.isfinite(first.person_boxes), first.person_boxes, first.boxes)
    b = np.where(np.isfinite(second.person_boxes), second.person_boxes, second.boxes)
    apart: BoolArray = both & (paired_nested_shares(a, b) < settings.same_person)
    return apart | whole


def _within(evidence: Evidence, start: float, end: float) -> Evidence:
    """Rows between two moments."""
    inside = (evidence.times >= start) & (evidence.times <= end)
    return Evidence(evidence.rows[inside], evidence.moving)
