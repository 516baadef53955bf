"""The small tools against slow and simple versions of themselves."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from flows.accuracy import Spans
from flows.accuracy.pairing import choose_pairs

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 7), columns=st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_chosen_pairs_are_worth_as_much_as_possible(seed: int, rows: int, columns: int) -> None:
    dice = np.random.default_rng(seed)
    worth = np.where(dice.random((rows, columns)) < 0.5, dice.uniform(-0.5, 1, (rows, columns)), 0.0)
    row, column = np.nonzero(worth)
    chosen = choose_pairs(row * 3, column * 5, worth[row, column])
    assert len(set(row[chosen])) == len(set(column[chosen])) == len(chosen)
    best = np.maximum(worth, 0)
    most = best[linear_sum_assignment(best, maximize=True)].sum()
    assert np.isclose(worth[row[chosen], column[chosen]].sum(), most)


@given(spans=SPANS, asked=SPANS)
@settings(max_examples=60, deadline=None)
def test_spans_measure_as_counting_seconds_does(
    spans: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    covered = {second for start, end in spans for second in range(start, end)}
    found = Spans.of(spans)
    assert found.total_s == len(covered)
    asked = [(min(one), max(one)) for one in asked]
    starts, ends = np.array(asked, np.float64).reshape(-1, 2).T
    wanted = [len(covered & set(range(start, end))) for start, end in asked]
    np.testing.assert_allclose(found.within(starts, ends), wanted)
