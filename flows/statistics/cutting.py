"""Cuts journeys into groups that lie close together in time and stay large enough."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tracking.arrays import BoolArray, IntArray


def cut(kind: IntArray, places: Sequence[IntArray], riders: IntArray, least: int) -> IntArray:
    """Cut the riders of each kind by days, then by hours, then by quarters, while the parts stay large.

    Parts that are too small are joined in the order of time until they are large enough. What is left of them
    goes to the smallest of these or, where there are none, to the smallest large part.

    Args:
        kind: (N,) what may be told together, never falling; of each kind there are at least `least` riders.
        places: For each level (N,) the interval, never falling within a kind.
        riders: (N,) how many they are.
        least: Fewest riders of a group.

    Returns:
        (N,) group of each: the same number, 0 or larger, for those of one.
    """
    group, still, known = kind.copy(), np.arange(len(kind)), 0
    for place in places:
        if not len(still):
            break
        parent, here = group[still], place[still]
        begins = np.ones(len(still), np.bool_)
        begins[1:] = (np.diff(parent) != 0) | (np.diff(here) != 0)
        starts = np.flatnonzero(begins)
        part = np.cumsum(begins) - 1
        joined, alone = _joined(parent[starts], np.add.reduceat(riders[still], starts), least)
        group[still] = known + joined[part]
        known += len(starts)
        still = still[alone[part]]
    return group


def _joined(parent: IntArray, size: IntArray, least: int) -> tuple[IntArray, BoolArray]:
    """Join small parts; of P parts one that each is joined with, and whether it stands alone."""
    joined, alone = np.arange(len(parent)), size >= least
    small = np.flatnonzero(~alone)
    bounds = [0, *(np.flatnonzero(np.diff(parent[small])) + 1).tolist(), len(small)]
    parts, parents, sizes = small.tolist(), parent.tolist(), size.tolist()
    with_what: list[int] = []
    for begin, end in pairwise(bounds):
        some = parts[begin:end]
        targets, rest, taker = _in_order(some, sizes, least)
        if rest and taker < 0:
            within = range(bisect_left(parents, parents[some[0]]), bisect_right(parents, parents[some[0]]))
            taker = min((one for one in reversed(within) if sizes[one] >= least), key=sizes.__getitem__)
            alone[taker] = False
        with_what += [*targets, *[taker] * rest]
    joined[small] = np.array(with_what, np.int64)
    return joined, alone


def _in_order(parts: Sequence[int], sizes: Sequence[int], least: int) -> tuple[list[int], int, int]:
    """Join small parts until they are enough.

    Returns:
        Of each part the first of those it is joined with; how many are left at the end; and where these
        belong, the last of the smallest joins, -1 without any.
    """
    targets: list[int] = []
    begin, total, taker, fewest = 0, 0, -1, 0
    for place, part in enumerate(parts, start=1):
        total += sizes[part]
        if total >= least:
            targets += [parts[begin]] * (place - begin)
            if taker < 0 or total <= fewest:
                taker, fewest = parts[begin], total
            begin, total = place, 0
    return targets, len(parts) - begin, taker
