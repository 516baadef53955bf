"""The shared-covariance filter against the textbook formulation, and its prediction."""

import numpy as np
import pytest
from filterpy.kalman import KalmanFilter
from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.arrays import FloatArray
from tracking.tracklets import TrackerSettings
from tracking.tracklets.geometry import xyxy_to_cxcywh
from tracking.tracklets.kalman import BoxFilter, predict_boxes

VALUES = TrackerSettings()
steps = st.lists(
    st.tuples(st.floats(0.01, 0.5), st.integers(-20, 20), st.integers(-20, 20), st.integers(-5, 5)),
    min_size=1,
    max_size=8,
)


def textbook(boxes: list[FloatArray], times: list[float]) -> FloatArray:
    """Eight states, 8 x 8 covariance: (2, 4) position and velocity at the end."""
    first = xyxy_to_cxcywh(boxes[0])
    full = KalmanFilter(dim_x=8, dim_z=4)
    full.x = np.concatenate([first, np.zeros(4)])
    full.H = np.eye(4, 8)
    spread = np.repeat([VALUES.measurement_noise, VALUES.initial_speed_noise], 4) * first[3]
    full.P = np.diag(spread**2)
    for box, step in zip(boxes[1:], np.diff(times), strict=True):
        height = max(full.x[3], 1.0)
        one_axis = np.array([[step**4 / 4, step**3 / 2], [step**3 / 2, step**2]])
        drift = np.kron(one_axis, np.eye(4)) * (VALUES.acceleration_noise * height) ** 2
        full.predict(F=np.eye(8) + step * np.eye(8, k=4), Q=drift)
        full.update(xyxy_to_cxcywh(box), R=np.eye(4) * (VALUES.measurement_noise * height) ** 2)
    return np.asarray(full.x.reshape(2, 4))


@given(steps)
@settings(max_examples=30, deadline=None)
def test_the_estimates_are_those_of_the_eight_state_filter(moves: list[tuple[float, int, int, int]]) -> None:
    boxes, times = [np.array([100.0, 100, 140, 190])], [0.0]
    for step, right, down, growth in moves:
        boxes.append(boxes[-1] + np.array([right, down, right, down + growth]))
        times.append(times[-1] + step)
    small = BoxFilter(boxes[0], times[0], VALUES)
    for box, time in zip(boxes[1:], times[1:], strict=True):
        small.update(box, time)
    np.testing.assert_allclose(small.state, textbook(boxes, times), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("rate", [5, 12.5, 30])
def test_steady_motion_is_predicted_over_a_gap(rate: float) -> None:
    times = np.arange(0, 1.0, 1 / rate)
    start, velocity = np.array([0.0, 50, 40, 130]), np.array([120.0, -30, 120, -30])
    one = BoxFilter(start, 0.0, VALUES)
    for time in times[1:]:
        one.update(start + velocity * time, float(time))
    found = predict_boxes([one], float(times[-1]) + 1.0)[0]
    expected = start + velocity * (times[-1] + 1.0)
    np.testing.assert_allclose(found, expected, atol=4, err_msg=f"at {rate} frames per second")


def test_a_new_box_is_expected_to_stay() -> None:
    box = np.array([10.0, 20, 50, 100])
    np.testing.assert_allclose(predict_boxes([BoxFilter(box, 0.0, VALUES)], 5.0)[0], box)


def test_a_shrinking_box_never_turns_inside_out() -> None:
    one = BoxFilter(np.array([0.0, 0, 40, 80]), 0.0, VALUES)
    one.update(np.array([10.0, 20, 30, 60]), 0.1)
    left, top, right, bottom = predict_boxes([one], 5.0)[0]
    assert right - left >= 9
    assert bottom - top >= 19


def test_two_boxes_at_the_same_moment_leave_finite_numbers() -> None:
    one = BoxFilter(np.array([0.0, 0, 40, 80]), 0.0, VALUES)
    one.update(np.array([2.0, 0, 42, 80]), 0.0)
    assert np.isfinite(one.state).all()


def test_no_filters_predict_no_boxes() -> None:
    assert predict_boxes([], 1.0).shape == (0, 4)
