"""Cuts journeys into groups that lie close together in time and stay large enough."""

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
    sizes = size[small].tolist()
    for begin, end in pairwise(bounds):
        parts, rest = _in_order(sizes[begin:end], least)
        for first, last in parts:
            joined[small[begin + first : begin + last]] = small[begin + first]
        if rest == end - begin:
            continue
        if parts:
            first, _ = _last_smallest(parts, sizes[begin:end])
            joined[small[begin + rest : end]] = small[begin + first]
        else:
            low, high = np.searchsorted(parent, parent[small[begin]] + np.arange(2))
            large = low + np.flatnonzero(alone[low:high])
            taken = large[::-1][np.argmin(size[large][::-1])]
            joined[small[begin + rest : end]], alone[taken] = taken, False
    return joined, alone


def _in_order(sizes: Sequence[int], least: int) -> tuple[list[tuple[int, int]], int]:
    """Bounds of the joined parts, and where those begin that are too few."""
    found, begin, total = [], 0, 0
    for place, size in enumerate(sizes):
        total += size
        if total >= least:
            found.append((begin, place + 1))
            begin, total = place + 1, 0
    return found, begin


def _last_smallest(parts: Sequence[tuple[int, int]], sizes: Sequence[int]) -> tuple[int, int]:
    return min(reversed(parts), key=lambda bounds: sum(sizes[slice(*bounds)]))
