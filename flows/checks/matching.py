"""Which passage a person meant when a key was pressed: one to one, by time."""

from collections.abc import Sequence

import numpy as np

from flows.accuracy.pairing import choose_pairs
from tracking.arrays import FloatArray, IntArray

TOLERANCE_S = 2.0
"""Largest gap between a key and the passage it stands for, seconds: a person looks, and then presses."""


def match_times(
    times: FloatArray,
    ways: Sequence[str],
    enter: FloatArray,
    leave: FloatArray,
    directions: Sequence[str],
    tolerance_s: float = TOLERANCE_S,
) -> IntArray:
    """Give each key the passage it stands for.

    As many pairs as possible are found; among these those in the same direction, and among these those that
    are nearest in time to the middle of the passage. The order of the keys does not matter.

    Args:
        times: (P,) when keys were pressed, seconds.
        ways: (P,) directions they stand for; empty for any.
        enter: (S,) first moment of each passage, seconds.
        leave: (S,) last moment.
        directions: (S,) of the passages.
        tolerance_s: Largest gap, seconds.

    Returns:
        (P,) position of the passage; -1 for none.
    """
    partner = np.full(len(times), -1, np.int64)
    gap = np.maximum(np.maximum(enter[None, :] - times[:, None], times[:, None] - leave[None, :]), 0.0)
    keys, passages = np.nonzero(gap <= tolerance_s)
    if not len(keys):
        return partner
    reach = tolerance_s + (leave - enter)[passages] / 2 + 1e-9
    apart = np.abs(times[keys] - (enter + leave)[passages] / 2)
    nearness = 1.0 - np.minimum(apart / reach, 1.0)
    same = np.array(
        [
            ways[key] in ("", directions[place])
            for key, place in zip(keys.tolist(), passages.tolist(), strict=True)
        ],
        np.float64,
    )
    most = len(times) + 1.0
    # One more pair outweighs every direction, one more direction every nearness.
    worth = most * most + most * same + nearness
    taken = choose_pairs(keys, passages, worth)
    partner[keys[taken]] = passages[taken]
    return partner
