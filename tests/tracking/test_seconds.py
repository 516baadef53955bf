"""The time that boxes stand for means the same at every rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.seconds import MOST_S, seconds_of


@given(rate=st.floats(3.6, 60), count=st.integers(2, 200))
def test_evenly_spaced_boxes_stand_for_one_gap_each(rate: float, count: int) -> None:
    assert seconds_of(np.arange(count) / rate) == pytest.approx(1 / rate, rel=1e-6)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_no_box_stands_for_more_than_what_was_watched(gaps: list[float]) -> None:
    seconds = seconds_of(np.cumsum(gaps))
    assert ((seconds >= 0) & (seconds <= MOST_S)).all()
    assert seconds.sum() <= np.cumsum(gaps)[-1] - gaps[0] + MOST_S + 1e-9


def test_a_mean_over_seconds_does_not_see_a_change_of_the_rate() -> None:
    slow, fast = np.arange(0, 2, 0.16), np.arange(2, 4, 0.04)
    times = np.concatenate([slow, fast])
    value = (times >= 2).astype(float)
    assert np.average(value, weights=seconds_of(times)) == pytest.approx(0.5, abs=0.03)
    assert value.mean() > 0.75, "as a mean over boxes it would"
