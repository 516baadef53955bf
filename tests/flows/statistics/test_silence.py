"""How surprising silence is, from a direction's own past."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.statistics.silence import chance_of_none, scatter_of

ONES = np.ones(8)


def test_the_chance_is_that_of_poisson_counts_that_were_seen_for_so_long() -> None:
    # A rate that is known exactly, from endless weeks, gives Poisson's chance of none.
    weeks = np.ones(100_000)
    assert chance_of_none(3.0 * weeks, weeks, 1.0) == pytest.approx(np.exp(-3.0), rel=1e-3)
    # Eight weeks know it less well, so silence is less surprising.
    assert chance_of_none(3.0 * ONES, ONES, 1.0) > np.exp(-3.0)


def test_false_alarms_come_as_often_as_the_chance_says() -> None:
    dice, wanted, times = np.random.default_rng(5), 0.05, 40_000
    rates = dice.gamma(2.0, 1.5, times)
    past = dice.poisson(rates[:, None], (times, 8))
    now = dice.poisson(rates)
    chances = np.array([chance_of_none(row.astype(float), ONES, 1.0) for row in past])
    false = ((now == 0) & (chances < wanted)).sum() / (chances < wanted).sum()
    assert false < wanted, f"{false:.3f} of the alarms at {wanted} were false"


def test_scatter_finds_days_that_come_and_go_together() -> None:
    dice = np.random.default_rng(6)
    mean, whole = 60.0, np.ones((8, 7))
    plain = scatter_of(dice.poisson(mean, (8, 7)).astype(float), whole)
    rainy = dice.poisson(mean * dice.choice([0.4, 1.6], (8, 7))).astype(float)
    assert plain == pytest.approx(1.0, abs=0.5)
    assert scatter_of(rainy, whole) > 10
    assert chance_of_none(10.0 * ONES, ONES, scatter_of(rainy, whole)) > 0.01


def test_days_that_were_not_watched_say_nothing_of_scatter() -> None:
    days, whole = np.full((8, 7), 50.0), np.ones((8, 7))
    days[3], whole[3] = 0.0, 0.0
    assert scatter_of(days, whole) == 1.0
    assert scatter_of(days, np.zeros((8, 7))) == 1.0


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=8),
    st.floats(0.5, 1.5),
    st.floats(1, 50),
)
def test_more_riders_make_silence_rarer_and_scatter_makes_it_commoner(
    counts: list[int], weight: float, scatter: float
) -> None:
    past, weights = np.array(counts, float), np.full(len(counts), weight)
    chance = chance_of_none(past, weights, scatter)
    assert 0 <= chance <= 1
    assert chance_of_none(past + 1, weights, scatter) <= chance
    assert chance_of_none(past, weights, scatter + 1) >= chance
    assert chance_of_none(past, np.zeros(len(counts)), scatter) == 1.0
