"""When a passage really entered and left a region, between two looks."""

from tracking.arrays import FloatArray
from tracking.region.interest import RegionOfInterest, bottom_centres

_FIT_S = 0.5
"""Piece of a passage from which the speed at its end is taken."""


def passing_times(
    times: FloatArray, boxes: FloatArray, region: RegionOfInterest, since: float, until: float
) -> tuple[float, float]:
    """Moments at which the foot of a passage crossed the edge of a region.

    The first box inside comes up to one look after the crossing, the last one up to one look before: at the
    speed of its end, the way is followed out of the region.

    Args:
        times: (N,) seconds, increasing, N at least 1.
        boxes: (N, 4) xyxy pixels, inside the region.
        region: The region.
        since: Time of the look before the first box; the first time itself where there was none.
        until: Time of the look after the last box, likewise.

    Returns:
        Entry, not before `since`, and exit, not after `until`. Where the way does not lead out within that
        time, the first and the last time: somebody who was overlooked, or who came out of a door.
    """
    feet = region.within_frame(bottom_centres(boxes))
    near = times <= times[0] + _FIT_S
    enter = _crossing(times[near], feet[near], region, float(times[0]), 0, min(since, float(times[0])))
    near = times >= times[-1] - _FIT_S
    leave = _crossing(times[near], feet[near], region, float(times[-1]), -1, max(until, float(times[-1])))
    return enter, leave


def _crossing(
    times: FloatArray, feet: FloatArray, region: RegionOfInterest, moment: float, end: int, bound: float
) -> float:
    """When the way from one end of a piece leads out of the region, or that end where it does not."""
    if len(times) < 2 or bound == moment:
        return moment
    centred = times - times.mean()
    velocity = centred @ (feet - feet.mean(axis=0)) / max(float(centred @ centred), 1e-9)
    inside, outside = feet[end], feet[end] + velocity * (bound - moment)
    share = region.share_until_edge(inside, outside)
    return moment if share is None else moment + share * (bound - moment)
