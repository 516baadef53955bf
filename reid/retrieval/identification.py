"""Open world, search by search: has this rider been seen before, and where."""

from dataclasses import dataclass

import numpy as np

from reid.retrieval.comparison import Comparison
from reid.retrieval.embeddings import DISTRACTOR, EmbeddingSet
from tracking.arrays import BoolArray, FloatArray

RATES = (0.001, 0.01, 0.1)
"""False-positive rates at which the measures are reported."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A search at one threshold.

    Attributes:
        rate: False-positive rate that was asked for.
        threshold: Distance τ below which somebody is reported.
        false_positive_rate: FPIR (= FAR): share of the searches for a rider who is not in the gallery that
            report somebody.
        detection_rate: DIR: share of the searches for a rider who is there that report the right one, first.
        miss_rate: FNIR: share of the searches for a rider who is there of which no report is right.
    """

    rate: float
    threshold: float
    false_positive_rate: float
    detection_rate: float
    miss_rate: float


@dataclass(frozen=True, slots=True)
class Searches:
    """What every search would find, whatever the threshold.

    Attributes:
        mate: (M,) least distance to an image of the same rider, for riders who are in the gallery.
        first: (M,) True where nobody else is nearer.
        stranger: (S,) least distance to anybody else, increasing: each search once more with the rider's own
            images taken out of the gallery, so that riders of all kinds play the stranger.
    """

    mate: FloatArray
    first: BoolArray
    stranger: FloatArray

    def at(self, rate: float) -> OperatingPoint:
        """The largest threshold at which the false-positive rate does not exceed `rate`."""
        threshold = threshold_at_rate(self.stranger, rate)
        near = self.mate < threshold
        count = max(len(self.mate), 1)
        return OperatingPoint(
            rate,
            threshold,
            float((self.stranger < threshold).sum() / max(len(self.stranger), 1)),
            float((near & self.first).sum() / count),
            1.0 - float(near.sum() / count),
        )


def search(comparison: Comparison) -> Searches:
    """Search the gallery for every query."""
    mates, firsts = [np.zeros(0)], [np.zeros(0, bool)]
    strangers = [np.zeros(0)]
    for block in comparison.blocks():
        mate = np.where(block.same & block.valid, block.distance, np.inf).min(axis=1)
        other = np.where(~block.same & block.valid, block.distance, np.inf).min(axis=1)
        known = np.isfinite(mate)
        mates.append(mate[known])
        firsts.append(mate[known] < other[known])
        strangers.append(other[np.isfinite(other)])
    return Searches(np.concatenate(mates), np.concatenate(firsts), np.sort(np.concatenate(strangers)))


def threshold_at_rate(distances: FloatArray, rate: float) -> float:
    """The largest threshold with no more than this share of the distances below it.

    Args:
        distances: (N,) increasing.
        rate: 0..1.
    """
    allowed = int(np.floor(rate * len(distances) + 1e-9))
    return float(distances[allowed]) if allowed < len(distances) else 2.0


@dataclass(frozen=True, slots=True)
class TargetRate:
    """Transfer-local protocol of Zheng, Gong and Xiang (2016): few wanted riders in a crowd.

    Attributes:
        rate: FTR: share of the images of others that are taken for a wanted rider.
        true_target_rate: TTR: share of the images of wanted riders that are taken for a wanted rider.
    """

    rate: float
    true_target_rate: float


def target_rates(
    found: EmbeddingSet, targets: int = 15, images: int = 2, draws: int = 20, seed: int = 0
) -> tuple[TargetRate, ...]:
    """Put a few images of a few riders on a list, and let all other images pass by.

    Args:
        found: Embeddings with their truth; which of them ask does not matter.
        targets: Wanted riders; at most half of those who have more than `images` images.
        images: Images of each on the list.
        draws: Lists drawn at random, over which is averaged.
        seed: Of the draw.

    Returns:
        One value for each of `RATES`; none where no rider has images enough.
    """
    names, counts = np.unique(found.identity[found.identity != DISTRACTOR], return_counts=True)
    names = names[counts > images]
    if len(names) < 2:
        return ()
    dice = np.random.default_rng(seed)
    wanted = min(targets, max(1, len(names) // 2))
    results = [_one_list(found, dice.choice(names, wanted, False), images, dice) for _ in range(draws)]
    means = np.mean(results, axis=0)
    return tuple(TargetRate(rate, float(mean)) for rate, mean in zip(RATES, means, strict=True))


def _one_list(
    found: EmbeddingSet, names: "np.typing.NDArray[np.str_]", images: int, dice: np.random.Generator
) -> list[float]:
    listed = np.zeros(len(found), bool)
    for name in names:
        listed[dice.choice(np.flatnonzero(found.identity == name), images, False)] = True
    nearest = np.full(len(found), np.inf)
    asked = EmbeddingSet(found.embedding, found.identity, found.camera, found.tracklet, ~listed)
    for block in Comparison(asked).blocks():
        nearest[block.queries] = block.distance.min(axis=1)
    is_target = np.isin(found.identity, names) & ~listed
    strangers = np.sort(nearest[~is_target & ~listed])
    return [float((nearest[is_target] < threshold_at_rate(strangers, rate)).mean()) for rate in RATES]
