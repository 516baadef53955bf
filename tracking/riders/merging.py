"""Groups of tracks that are one passage, and the tracklet that a group becomes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from tracking.values import Tracklet

Affinity = Callable[[int, int], float]
"""How well two tracks fit together, 0 for different objects."""


def connected(seeds: Iterable[int], tracks: Sequence[int], affinity: Affinity) -> tuple[int, ...]:
    """All tracks that are linked to the seeds directly or through others, in ascending order."""
    found, frontier = set(seeds), list(seeds)
    while frontier:
        current = frontier.pop()
        linked = [track for track in tracks if track not in found and affinity(current, track) > 0]
        found.update(linked)
        frontier.extend(linked)
    return tuple(sorted(found))


def partition(
    tracks: Sequence[int], affinity: Affinity, overlapping: Callable[[int, int], bool]
) -> list[tuple[int, ...]]:
    """Split tracks into passages, the surest links first.

    Two groups are joined only when none of their members contradict each other: tracks that
    overlap in time must themselves fit together. So a bicycle that two riders abreast could
    share goes to one of them and does not make them one.

    Args:
        tracks: Track ids.
        affinity: How well two tracks fit together.
        overlapping: Whether two tracks were in view at the same time.

    Returns:
        Groups in ascending order; every track is in exactly one.
    """
    group_of: dict[int, tuple[int, ...]] = {track: (track,) for track in tracks}
    links = [(affinity(a, b), a, b) for a, b in combinations(sorted(tracks), 2)]
    for strength, a, b in sorted(links, key=lambda link: (-link[0], link[1:])):
        first, second = group_of[a], group_of[b]
        if strength <= 0 or first == second:
            continue
        if all(affinity(x, y) > 0 for x in first for y in second if overlapping(x, y)):
            joined = tuple(sorted(first + second))
            group_of.update(dict.fromkeys(joined, joined))
    return sorted(set(group_of.values()))


def merge_tracklets(pieces: Sequence[Tracklet]) -> Tracklet:
    """One tracklet from the pieces of a passage, in order of beginning.

    Where two pieces have a box at the same time the larger one stays: the one that shows
    rider and bicycle.
    """
    first = pieces[0]
    if len(pieces) == 1:
        return first
    times = np.concatenate([piece.times for piece in pieces])
    boxes = np.concatenate([piece.boxes for piece in pieces])
    scores = np.concatenate([piece.scores for piece in pieces])
    size = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order = np.lexsort((-size, times))
    order = order[np.diff(times[order], prepend=-np.inf) > 0]
    directions = {piece.direction for piece in pieces}
    return replace(
        first,
        times=times[order],
        boxes=boxes[order],
        scores=scores[order],
        stationary_s=max(piece.stationary_s for piece in pieces),
        direction=first.direction if len(directions) == 1 else "unknown",
        until=max(pieces, key=lambda piece: float(piece.times[-1])).until,
        crops=tuple(sorted((crop for piece in pieces for crop in piece.crops), key=lambda crop: crop.time)),
    )
