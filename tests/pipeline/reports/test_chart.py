"""Axes of charts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reports.html.chart import ticks

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(low=NUMBERS, span=st.one_of(st.just(0.0), st.floats(1e-3, 1e6)))
def test_ticks_are_few_evenly_spaced_and_hold_the_range(low: float, span: float) -> None:
    high = low + span
    found = np.array(ticks(low, high))
    assert 2 <= len(found) <= 12, found
    steps = np.diff(found)
    assert np.allclose(steps, steps[0], rtol=1e-6), found
    assert found[0] <= low + 1e-6 * max(1.0, abs(low)), (low, found)
    assert found[-1] >= high - 1e-6 * max(1.0, abs(high)), (high, found)
