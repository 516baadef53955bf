"""Rehearses what the program does with embeddings, to see which matches are right.

A match is a choice among those who compete, so its probability cannot be read off loose pairs. Here riders
pass two cameras together, some of them only one (open world), and are matched one to one below a threshold,
as the program does.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.optimize import linear_sum_assignment

from reid.retrieval.comparison import distances
from reid.retrieval.embeddings import DISTRACTOR, EmbeddingSet
from tracking.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Traffic:
    """What competes at a time.

    Attributes:
        riders: Riders who pass either camera within a travel-time window.
        alone: Share of them who pass only one of the two.
        draws: Rehearsals.
        seed: Of the draws.
    """

    riders: int = 20
    alone: float = 0.4
    draws: int = 400
    seed: int = 0


@dataclass(frozen=True, slots=True)
class RehearsedMatches:
    """Matches of all rehearsals.

    Attributes:
        distance: (M,) distances.
        right: (M,) whether both ends are the same rider.
        possible: Matches that a faultless program would have made.
    """

    distance: FloatArray
    right: BoolArray
    possible: int

    @property
    def precision(self) -> float:
        """Share of the matches that are right."""
        return float(self.right.mean()) if len(self.right) else 1.0

    @property
    def f1(self) -> float:
        """2 right / (made + possible)."""
        total = len(self.right) + self.possible
        return float(2 * self.right.sum() / total) if total else 1.0

    @property
    def recall(self) -> float:
        """Share of the possible matches that were made."""
        return float(self.right.sum() / self.possible) if self.possible else 1.0


def rehearse(found: EmbeddingSet, threshold: float, traffic: Traffic | None = None) -> RehearsedMatches:
    """Match riders between cameras again and again.

    Args:
        found: Embeddings of tracklets with their truth.
        threshold: Distance at which a pair stops being a candidate.
        traffic: What competes.
    """
    traffic = traffic or Traffic()
    dice = np.random.default_rng(traffic.seed)
    pairs = _camera_pairs(found)
    distance, right, possible = [np.zeros(0)], [np.zeros(0, bool)], 0
    for _ in range(traffic.draws if pairs else 0):
        rows, columns = _draw(found, *pairs[int(dice.integers(len(pairs)))], traffic, dice)
        apart = distances(found.embedding[rows], found.embedding[columns])
        row, column = linear_sum_assignment(np.minimum(apart - threshold, 0.0))
        taken = apart[row, column] < threshold
        row, column = row[taken], column[taken]
        distance.append(np.asarray(apart[row, column], np.float64))
        right.append(np.asarray(found.identity[rows[row]] == found.identity[columns[column]], bool))
        possible += len(np.intersect1d(found.identity[rows], found.identity[columns]))
    return RehearsedMatches(np.concatenate(distance), np.concatenate(right), possible)


def _camera_pairs(found: EmbeddingSet) -> list[tuple[str, str]]:
    """Ordered pairs of cameras that share a rider."""
    cameras = sorted(set(found.camera.tolist()))
    riders = {name: set(found.identity[found.camera == name].tolist()) - {DISTRACTOR} for name in cameras}
    return [(a, b) for a, b in permutations(cameras, 2) if riders[a] & riders[b]]


def _draw(
    found: EmbeddingSet, first: str, second: str, traffic: Traffic, dice: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Positions of the sightings at either camera, in random order."""
    here, there = (_one_each(found, camera, dice) for camera in (first, second))
    shared = [name for name in here if name in there and name != DISTRACTOR]
    both = dice.permutation(shared)[: max(1, round(traffic.riders * (1 - traffic.alone)))].tolist()
    lonely = round(traffic.riders * traffic.alone)
    names = dice.permutation(sorted((here.keys() | there.keys()) - set(both))).tolist()
    only_here = [name for name in names if name in here][:lonely]
    only_there = [name for name in names if name in there and name not in only_here][:lonely]
    rows = [here[name] for name in both + only_here]
    columns = [there[name] for name in both + only_there]
    return dice.permutation(np.array(rows, np.int64)), dice.permutation(np.array(columns, np.int64))


def _one_each(found: EmbeddingSet, camera: str, dice: np.random.Generator) -> dict[str, int]:
    """One sighting of each rider at a camera."""
    own = dice.permutation(np.flatnonzero(found.camera == camera))
    return {str(found.identity[place]): int(place) for place in own}
