"""Intervals of a sample: they hold what is true about as often as they say."""

import numpy as np
import pytest

from flows.checks.bands import Tally, factor_band, geh_band, precision_band, rates_of, recall_band, scatter_of


def drawn(
    dice: np.random.Generator, recall: float, wrong: float, stretches: int = 20, bursts: bool = False
) -> list[Tally]:
    """Stretches of a street with the share that is found, and false ones beside each true one."""
    tallies = []
    for _ in range(stretches):
        hand = int(dice.poisson(6))
        found = dice.beta(2 * recall, 2 * (1 - recall)) if bursts else recall
        right = int(dice.binomial(hand, found))
        tallies.append(Tally(hand, right + int(dice.poisson(wrong * 6)), right))
    return tallies


def held(recall: float, wrong: float, bursts: bool = False) -> float:
    """How often the interval of the factor holds what a long sample would tell."""
    dice = np.random.default_rng(5)
    bands = [factor_band(rates_of(drawn(dice, recall, wrong, bursts=bursts))) for _ in range(150)]
    return sum(band.holds(1 / (recall + wrong)) for band in bands) / len(bands)


@pytest.mark.parametrize(("recall", "wrong"), [(0.9, 0.05), (0.98, 0.0), (0.75, 0.15)])
def test_the_interval_of_the_factor_holds_the_truth_as_often_as_it_says(recall: float, wrong: float) -> None:
    assert held(recall, wrong) >= 0.91


def test_errors_in_bursts_widen_the_interval_and_it_still_holds() -> None:
    assert held(0.8, 0.05, bursts=True) >= 0.88


def test_a_sample_without_errors_leaves_room_for_some() -> None:
    rates = rates_of([Tally(5, 5, 5)] * 4)
    factor = factor_band(rates)
    assert factor.value == 1.0
    assert factor.low < 0.95
    assert factor.high > 1.05
    recall = recall_band(rates, 20, 20)
    assert (recall.value, recall.high) == (1.0, 1.0)
    assert 0.8 < recall.low < 1.0
    assert precision_band(rates, 20, 20).low < 1.0


def test_more_minutes_tell_more() -> None:
    few, many = (factor_band(rates_of([Tally(6, 5, 5)] * count)) for count in (3, 60))
    assert many.high - many.low < (few.high - few.low) / 2


def test_where_minutes_agree_there_is_no_scatter_beyond_chance() -> None:
    assert scatter_of([Tally(6, 5, 5)] * 10) == 1.0
    assert scatter_of([Tally(10, 10, 10)] * 9 + [Tally(10, 0, 0)]) > 5


def test_geh_is_that_of_hourly_volumes() -> None:
    band = geh_band(rates_of([Tally(10, 8, 8)] * 6), 60, 48, 0.1)
    assert band.value == pytest.approx((2 * (480 - 600) ** 2 / 1080) ** 0.5)
    assert band.low < band.value < band.high


def test_where_nobody_passed_nothing_is_known() -> None:
    factor = factor_band(rates_of([Tally(0, 0, 0)] * 5))
    assert factor.value == 1.0
    assert factor.high > 10
