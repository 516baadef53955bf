"""Cuts journeys into groups that lie close together in time and stay large enough."""

from collections.abc import Sequence

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
    if not len(small):
        return joined, alone
    begins = np.flatnonzero(np.diff(parent[small], prepend=parent[small[0]] - 1))
    lengths = np.diff(begins, append=len(small))
    place, taker, rest = _in_order(size[small], begins, lengths, least)
    target = small[place]
    lonely = np.flatnonzero((rest < lengths) & (taker < 0))
    of = np.full(len(begins), -1)
    of[taker >= 0] = small[taker[taker >= 0]]
    of[lonely] = _smallest_large(parent, size, alone, parent[small[begins[lonely]]])
    alone[of[lonely]] = False
    left = np.arange(len(small)) - np.repeat(begins, lengths) >= np.repeat(rest, lengths)
    joined[small] = np.where(left, np.repeat(of, lengths), target)
    return joined, alone


def _smallest_large(parent: IntArray, size: IntArray, large: BoolArray, of: IntArray) -> IntArray:
    """(K,) the last of the smallest large parts of some parents, each of which has one."""
    some = np.flatnonzero(large & np.isin(parent, of))
    ordered = some[np.lexsort((-some, size[some], parent[some]))]
    return ordered[np.searchsorted(parent[ordered], of)]


def _in_order(
    size: IntArray, begins: IntArray, lengths: IntArray, least: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Join small parts until they are enough: of all parents at once, a part of each at a time.

    Args:
        size: (S,) riders of each part.
        begins: (F,) first part of each of F parents.
        lengths: (F,) how many parts it has.
        least: Fewest riders that are enough.

    Returns:
        (S,) the first of those that each part is joined with; (F,) where what is left belongs, the last of
        the smallest joins, -1 without any; (F,) how many parts are joined before what is left.
    """
    place = np.arange(len(size))
    taker, fewest, rest = (np.full(len(begins), value) for value in (-1, np.iinfo(np.int64).max, 0))
    first, total = begins.copy(), np.zeros(len(begins), np.int64)
    longest_first = np.argsort(-lengths, kind="stable")
    still = np.searchsorted(-lengths[longest_first], -np.arange(int(lengths.max())), side="left")
    for step, count in enumerate(still.tolist()):
        of = longest_first[:count]
        part = begins[of] + step
        total[of] += size[part]
        place[part] = first[of]
        full = of[total[of] >= least]
        better = full[total[full] <= fewest[full]]
        taker[better], fewest[better] = first[better], total[better]
        first[full], total[full], rest[full] = begins[full] + step + 1, 0, step + 1
    return place, taker, rest
