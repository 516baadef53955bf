"""Learning rates against values worked out from the printed formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.training.schedules import ScheduleName, ScheduleSettings, learning_rate

NAMES: list[ScheduleName] = ["step", "cosine_log", "cosine_log_literal", "cosine", "constant"]


def rate(name: ScheduleName, epoch: float, epochs: int = 250, **others: object) -> float:
    return learning_rate(ScheduleSettings(name=name, learning_rate=1e-3, **others), epoch, epochs)


@pytest.mark.parametrize(
    ("epoch", "expected"),
    [
        (10, 5e-4),
        (20, 1e-3),
        (20.0001, 8.5e-4),
        (40, 1e-3),
        (100, 2.5e-4),
        (145, 2.7e-5),
        (200, 2.2e-6),
        (244, 1.0e-6),
        (250, 1.014e-6),
    ],
)
def test_equation_9_as_printed(epoch: float, expected: float) -> None:
    assert rate("cosine_log_literal", epoch) == pytest.approx(expected, rel=0.03)


def test_equation_9_is_lowest_near_epoch_244() -> None:
    lowest = min(range(21, 251), key=lambda epoch: rate("cosine_log_literal", epoch))
    assert lowest == 244


@pytest.mark.parametrize(
    ("epoch", "expected"),
    [
        *[(1, 5e-5), (20, 1e-3), (21, 1e-3), (100, 1e-3), (101, 1e-4), (150, 1e-4)],
        *[(151, 1e-5), (200, 1e-5), (201, 1e-6), (250, 1e-6)],
    ],
)
def test_equation_8(epoch: int, expected: float) -> None:
    assert rate("step", epoch) == pytest.approx(expected)


def test_the_step_schedule_without_warm_up_is_constant_to_the_first_milestone() -> None:
    assert {rate("step", epoch, warmup_epochs=0) for epoch in range(1, 101)} == {1e-3}


def test_halving_every_fifty_epochs() -> None:
    others = {"warmup_epochs": 0, "milestones": (50, 100), "decay": 0.5}
    assert [rate("step", epoch, **others) for epoch in (50, 51, 101)] == pytest.approx([1e-3, 5e-4, 2.5e-4])


@pytest.mark.parametrize(
    ("name", "middle", "end"),
    [("cosine_log", 10**-4.5, 1e-6), ("cosine", 5e-4, 0.0), ("constant", 1e-3, 1e-3)],
)
def test_the_repaired_schedules_start_at_the_rate_and_end_where_they_should(
    name: ScheduleName, middle: float, end: float
) -> None:
    values = [rate(name, epoch) for epoch in (20, 135, 250)]
    assert values == pytest.approx([1e-3, middle, end], abs=1e-15)


def test_a_warm_up_may_start_at_a_tenth() -> None:
    first = rate("constant", 0, warmup_epochs=10, warmup_start_factor=0.1)
    half = rate("constant", 5, warmup_epochs=10, warmup_start_factor=0.1)
    assert (first, half) == pytest.approx((1e-4, 5.5e-4))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "cosine_log_literal"])
@given(epochs=st.integers(1, 400), warmup=st.integers(0, 50), data=st.data())
def test_rates_are_positive_and_never_climb_after_the_warm_up(
    name: ScheduleName, epochs: int, warmup: int, data: st.DataObject
) -> None:
    epoch = data.draw(st.integers(1, epochs))
    now, later = (rate(name, e, epochs, warmup_epochs=warmup) for e in (epoch, epoch + 0.5))
    assert 0.0 <= now <= 1e-3
    if epoch >= warmup:
        assert later <= now
