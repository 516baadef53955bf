"""Entry and exit between two looks: what the rate of looks must not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.region import RegionOfInterest, passing_times

SIZE = (640, 360)
MIDDLE = RegionOfInterest(SIZE, [(200, 100), (440, 100), (440, 340), (200, 340)])
ENTRY_S, EXIT_S = 100.0, 104.0
"""Seconds at which a foot that crosses the region in four seconds is on its two edges."""


def looks(
    rate: float, phase: float, edges: tuple[float, float] = (200.0, 440.0)
) -> tuple[np.ndarray, np.ndarray]:
    """Times and boxes of the looks at which a rider's foot is inside, from 60 pixels per second."""
    times = ENTRY_S - 5 + (np.arange(14 * rate) + phase) / rate
    foot = edges[0] + (times - ENTRY_S) / (EXIT_S - ENTRY_S) * (edges[1] - edges[0])
    inside = (foot >= 200) & (foot <= 440)
    boxes = np.stack([foot - 15, np.full(len(foot), 140.0), foot + 15, np.full(len(foot), 200.0)], axis=1)
    return times[inside], boxes[inside]


@given(rate=st.floats(3.5, 30), phase=st.floats(0, 1, exclude_max=True), back=st.booleans())
def test_the_rate_of_looks_moves_neither_entry_nor_exit(rate: float, phase: float, back: bool) -> None:
    times, boxes = looks(rate, phase, (440.0, 200.0) if back else (200.0, 440.0))
    enter, leave = passing_times(times, boxes, MIDDLE, times[0] - 1 / rate, times[-1] + 1 / rate)
    assert enter == pytest.approx(ENTRY_S, abs=1e-3), times[0]
    assert leave == pytest.approx(EXIT_S, abs=1e-3), times[-1]


BOX = st.tuples(st.floats(200, 420), st.floats(99, 300), st.floats(1, 40), st.floats(1, 40))


@given(
    st.lists(st.tuples(BOX, st.floats(0.01, 1)), min_size=1, max_size=12),
    st.floats(0, 0.3),
    st.floats(0, 0.3),
)
def test_whatever_the_boxes_a_passage_only_grows_and_by_no_more_than_a_look(
    seen: list[tuple[tuple[float, float, float, float], float]], before_s: float, after_s: float
) -> None:
    times = 1e9 + np.cumsum([gap for _, gap in seen])
    boxes = np.array([(x, y, x + wide, y + high) for (x, y, wide, high), _ in seen])
    enter, leave = passing_times(times, boxes, MIDDLE, times[0] - before_s, times[-1] + after_s)
    assert times[0] - before_s - 1e-6 <= enter <= times[0]
    assert times[-1] <= leave <= times[-1] + after_s + 1e-6


def test_who_comes_out_of_a_door_entered_when_first_seen() -> None:
    times, boxes = looks(10, 0.0)
    inside = boxes[10:30]
    assert passing_times(times[10:30], inside, MIDDLE, times[9], times[30]) == (times[10], times[29])


def test_without_a_look_before_or_behind_nothing_is_known_of_that_time() -> None:
    times, boxes = looks(8, 0.5)
    assert passing_times(times, boxes, MIDDLE, times[0], times[-1]) == (times[0], times[-1])


def test_the_edge_of_the_frame_is_an_edge_too() -> None:
    times = np.array([10.0, 10.2, 10.4])
    boxes = np.array([[6.0 + x, 100, 10 + x, 200] for x in (0, 16, 32)])
    enter, _ = passing_times(times, boxes, RegionOfInterest(SIZE), 9.8, 10.4)
    assert enter == pytest.approx(9.9), "8 pixels from the edge at 80 pixels per second"
