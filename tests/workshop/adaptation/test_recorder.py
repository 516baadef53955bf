"""Pictures as a recorder gives them back."""

import numpy as np

from workshop.adaptation.recorder import recorded, some_recorded


def test_a_recorder_loses_what_is_fine_and_the_same_draw_loses_the_same() -> None:
    rng = np.random.default_rng(1)
    fine = np.clip(rng.normal(120, 8, (64, 96, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    even = np.full((64, 96, 3), 120, np.uint8)
    first, again = (recorded(fine, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.std() < 0.6 * fine.std()
    assert np.abs(recorded(even, rng).astype(int) - 120).max() <= 4


def test_a_share_is_recorded_and_without_one_nothing_is_drawn() -> None:
    rng = np.random.default_rng(2)
    fine = rng.integers(0, 255, (32, 48, 3), dtype=np.uint8)
    before = rng.bit_generator.state
    assert some_recorded(fine, 0.0, rng) is fine
    assert rng.bit_generator.state == before, "trainings without it draw as they always did"
    untouched = sum(some_recorded(fine, 0.5, rng) is fine for _ in range(20))
    assert 3 < untouched < 17
