"""Whether two tracks are the two riders of one vehicle.

A detector of whole cyclists reports each of the two people on a tandem, and each becomes a track; the tracks
often change places, so that who is in front tells nothing. Riders of two bicycles differ from them:

* abreast, one rides beside the line on which the other rides; both of a tandem go over the very same;
* in line, they are a bicycle's length apart, as much as their own boxes are wide from every side; the seats
  of a tandem are less than half of that apart.

Where a camera looks along the street or hangs as low as a head, the riders of a tandem cover each other, and
the detector sees one.
"""

import numpy as np

from tracking.arrays import FloatArray
from tracking.riders.evidence import Evidence

_RIDER_M = 1.7
"""Height of a rider on a bicycle, and so of the box: the ruler."""
_BICYCLE_M = 1.75
"""Length of a bicycle: nearer two riders in line do not come."""
_SEATS_M = 0.7
"""Between the two seats of a tandem."""
_BETWEEN_M = (_SEATS_M * _BICYCLE_M) ** 0.5
"""As many times more than between seats as less than between bicycles in line."""
_ALONG_LEAST, _ALONG_MOST = 0.25 / _RIDER_M, _BETWEEN_M / _RIDER_M
"""How far apart the two are along their way, in heights of their boxes. Nearer than 25 cm ride those abreast;
a view along the way shows a third of the distance of two seats."""
_ALONG_MOST_WIDE = 0.55
"""The same in widths of their boxes, which a view along the way makes smaller with the distance: seats are
0.4 of a bicycle's length apart, and bicycles in line 0.6 of their width at least from up to 60° off."""
_ACROSS_MOST = 0.1
"""How far beside the way at one look, heights: five times what the edges of boxes are off by."""
_ACROSS_USUAL = 0.03
"""The same in the middle of all looks, 5 cm: riders abreast, 60 cm apart, are beyond it for every camera that
looks down on them by more than 5°."""
_FITTING, _RIDDEN = 0.65, 0.5
"""Share of the common time that must fit (in some looks the detector sees one box for both, and another), and
that must show two cyclists (in some a rider is a pedestrian)."""
_LEAST_LOOKS = 4
_LEAST_WAY = 1.0
"""How far both must have gone together, heights: on a shorter way the direction is not known."""
_FIT_S = 0.8
"""Time around a look from which the direction is taken, seconds."""


def on_one_vehicle(first: Evidence, second: Evidence) -> bool:
    """Whether two tracks keep the distance of two seats, one behind the other.

    Args:
        first: (N,) rows of one track.
        second: (N,) rows of the other, at the same moments.
    """
    if len(first) < _LEAST_LOOKS:
        return False
    a, b = first.boxes, second.boxes
    wide, high = ((a + b)[:, 2:] - (a + b)[:, :2]).T / 2
    middles = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (a, b)]
    velocity = _velocities(first.times - first.times[0], (middles[0] + middles[1]) / 2)
    speed = np.maximum(np.linalg.norm(velocity, axis=1), 1e-9)
    if float(first.seconds @ (speed / high)) < _LEAST_WAY:
        return False
    apart, (way_x, way_y) = middles[0] - middles[1], (velocity / speed[:, None]).T
    along = (apart[:, 0] * way_x + apart[:, 1] * way_y) / high
    # Seen from the rear one, whichever that is now: riders abreast stay on one side of each other.
    across = (apart[:, 0] * way_y - apart[:, 1] * way_x) / high * np.sign(along)
    along = np.abs(along)
    seats = (along >= _ALONG_LEAST) & (along <= np.minimum(_ALONG_MOST, _ALONG_MOST_WIDE * wide / high))
    fit = seats & (np.abs(across) <= _ACROSS_MOST)
    ridden = (first.whole > 0) & (second.whole > 0)
    shares = np.stack([fit, ridden]) @ first.seconds / first.seconds.sum()
    return bool(shares[0] >= _FITTING and shares[1] >= _RIDDEN and abs(np.median(across)) <= _ACROSS_USUAL)


def _velocities(times: FloatArray, places: FloatArray) -> FloatArray:
    """(N, 2) px/s at each of (N,) times, from a line through the places around it."""
    near = np.abs(times[:, None] - times[None, :]) <= _FIT_S
    weight = near / near.sum(axis=1, keepdims=True)
    mean_time, mean_place = weight @ times, weight @ places
    spread = weight @ times**2 - mean_time**2
    together = weight @ (times[:, None] * places) - mean_time[:, None] * mean_place
    return np.asarray(together / np.maximum(spread, 1e-9)[:, None])
