"""The background is the median of its snapshots, and what differs from it by more than noise has changed."""

import numpy as np
import pytest

from tracking.arrays import BoolArray, Image
from tracking.attention.background import SNAPSHOTS, Background

LEAST = 15.0


def by_the_book(snapshots: list[Image], picture: Image) -> BoolArray:
    """What changed, by sorting each point."""
    middle = (len(snapshots) - 1) // 2
    stack = np.stack(snapshots).astype(int)
    median = np.sort(stack, axis=0)[middle]
    spread = np.sort(np.abs(stack - median), axis=0)[middle]
    return np.asarray(np.abs(picture.astype(int) - median) > np.maximum(LEAST, 4.0 * spread))


@pytest.mark.parametrize("count", range(3, SNAPSHOTS + 3))
@pytest.mark.parametrize("stray", [4, 12, 255])
def test_a_point_is_compared_with_the_lower_median_of_the_last_snapshots(count: int, stray: int) -> None:
    random = np.random.default_rng(count)
    level = random.integers(0, 256, (9, 16))
    taken = [
        np.clip(level + random.integers(-stray, stray + 1, level.shape), 0, 255).astype(np.uint8)
        for _ in range(count + 1)
    ]
    background = Background()
    for snapshot in taken[:-1]:
        background.add(snapshot, LEAST)
    expected = by_the_book(taken[:-1][-SNAPSHOTS:], taken[-1])
    np.testing.assert_array_equal(background.changed(taken[-1]), expected)
