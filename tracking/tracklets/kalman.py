"""Constant-velocity Kalman filter for boxes (T10).

Centre x, centre y, width and height move independently under the same noise, so they share one
covariance: the state is (2, 4), position and velocity of the four quantities, with a 2 x 2 covariance
instead of the 8 x 8 of the usual formulation. The estimates are the same, for less work.
"""

from collections.abc import Sequence

import numpy as np

from tracking.arrays import FloatArray
from tracking.memory import Remembering, State
from tracking.tracklets.geometry import cxcywh_to_xyxy, xyxy_to_cxcywh
from tracking.tracklets.settings import TrackerSettings

_OBSERVE_POSITION = np.array([[1.0, 0.0]])
# A width or height that drifts out of this range while no box is seen is noise, not perspective.
_LEAST_GROWTH, _MOST_GROWTH = 0.5, 2.0


class BoxFilter(Remembering):
    """Position and velocity of one box.

    Noise is given in box heights, so that it means the same for a near and a far rider, and time in
    seconds, so that it means the same at every frame rate.
    """

    __slots__ = ("_filter", "_settings", "time")

    def __init__(self, box: FloatArray, time: float, settings: TrackerSettings) -> None:
        """Start at a box (4,) xyxy with unknown velocity."""
        from filterpy.kalman import KalmanFilter  # Brings SciPy's statistics; settings must not wait for them

        measured = xyxy_to_cxcywh(np.asarray(box, np.float64))
        height = max(float(measured[3]), 1.0)
        self._settings = settings
        self._filter = KalmanFilter(dim_x=2, dim_z=1)
        self._filter.x = np.stack([measured, np.zeros(4)])
        spread = np.array([settings.measurement_noise, settings.initial_speed_noise]) * height
        self._filter.P = np.diag(spread**2)
        self.time = time

    @property
    def state(self) -> FloatArray:
        """(2, 4) position and velocity per second of (cx, cy, w, h)."""
        return np.asarray(self._filter.x)

    @property
    def covariance(self) -> FloatArray:
        """(2, 2) of position and velocity, the same for the four quantities."""
        return np.asarray(self._filter.P)

    def memory(self) -> State:
        """Time, state and covariance: filterpy's other attributes follow from them."""
        return {"time": self.time, "state": self.state, "covariance": self.covariance}

    def restore(self, memory: State) -> None:
        """See `Remembering.restore`."""
        self.check(memory, ("time", "state", "covariance"))
        self.time, self._filter.x, self._filter.P = memory["time"], memory["state"], memory["covariance"]

    def update(self, box: FloatArray, time: float) -> None:
        """Move on to a time and take in the box (4,) xyxy measured there."""
        measured = xyxy_to_cxcywh(np.asarray(box, np.float64))
        step = time - self.time
        height = max(float(self._filter.x[0, 3]), 1.0)
        variance = (self._settings.acceleration_noise * height) ** 2
        drift = variance * np.array([[step**4 / 4, step**3 / 2], [step**3 / 2, step**2]])
        self._filter.predict(F=np.array([[1.0, step], [0.0, 1.0]]), Q=drift)
        noise = (self._settings.measurement_noise * height) ** 2
        # Passing H keeps filterpy from reshaping the four measured columns into one.
        self._filter.update(measured[None, :], R=np.array([[noise]]), H=_OBSERVE_POSITION)
        self.time = time


def predict_boxes(filters: Sequence[BoxFilter], time: float) -> FloatArray:
    """Where the boxes should be at a time, without changing the filters.

    Args:
        filters: M filters.
        time: Seconds, not before any filter's own time.

    Returns:
        (M, 4) float64 xyxy pixels.
    """
    if not filters:
        return np.zeros((0, 4))
    states = np.stack([one.state for one in filters])
    steps = np.array([time - one.time for one in filters])
    now = states[:, 0]
    ahead = now + steps[:, None] * states[:, 1]
    size = np.maximum(now[:, 2:], 1.0)
    ahead[:, 2:] = np.clip(ahead[:, 2:], _LEAST_GROWTH * size, _MOST_GROWTH * size)
    return cxcywh_to_xyxy(ahead)
