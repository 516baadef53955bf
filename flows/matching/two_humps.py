"""How alike one rider looks at two cameras of a site, and how alike strangers do: learnt without labels.

Among the pairs of sightings whose travel time fits a link most are strangers, and a few are one rider seen
twice: their distances lie in two humps. Pairs that followed each other sooner than anybody rides are
strangers only, seen by the same cameras in the same light. Together they tell how many pairs are one rider,
how far these are apart, and which threshold finds them best.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from flows.values import DISTANCE_CLASSES, DistanceCounts
from tracking.arrays import FloatArray, IntArray

WIDTH = 2.0 / DISTANCE_CLASSES
"""Of a class of distances."""
_EDGES: FloatArray = np.arange(DISTANCE_CLASSES + 1) * WIDTH
_MIDDLES: FloatArray = _EDGES[:-1] + WIDTH / 2
_ROOT_EDGES: FloatArray = np.sqrt(_EDGES)
_ROOTS: FloatArray = np.sqrt(_MIDDLES)
_NARROWEST = WIDTH
_ROUNDS = 200
_ROUNDS_AGAIN = 40
"""Of expectation and maximisation: from a guess, and from what is nearly right."""
_TRIALS = 20
"""The counts are drawn anew so often; each trial may say that another threshold is better."""
_BEGINNINGS = (0.25, 0.4, 0.55, 0.7)
"""Where the hump of one rider may lie, in parts of the distance of strangers, before anything is known."""
_STILL = 1e-5
"""Less than this is no change from round to round."""
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class TwoHumps:
    """Distances as a mixture of normal distributions; one rider's over the square root of the distance.

    Few pairs of one rider are much farther apart than most; a root makes their hump even. Without it
    thresholds came out lower than the best on simulated and photographed riders, with a logarithm higher.

    Attributes:
        pairs: Possible pairs that were compared.
        arrivals: Sightings with at least one possible predecessor.
        share: Of the possible pairs, those that are one rider.
        mean: Of the square root of one rider's distances.
        spread: Its standard deviation.
        weights: (2,) of the two parts that describe strangers; they add up to 1.
        means: (2,) theirs.
        spreads: (2,) theirs.
    """

    pairs: float
    arrivals: float
    share: float
    mean: float
    spread: float
    weights: FloatArray
    means: FloatArray
    spreads: FloatArray

    @classmethod
    def fitted(cls, counts: DistanceCounts) -> "TwoHumps | None":
        """Fit the mixture by expectation and maximisation, from several beginnings; the likeliest is taken.

        Args:
            counts: Pairs of a site.

        Returns:
            None where there is too little to tell two humps apart.
        """
        if not counts.possible.any() or counts.impossible.sum() < DISTANCE_CLASSES:
            return None
        mean, spread = _moments(counts.impossible)
        found = []
        for part in _BEGINNINGS:
            guess = cls(
                pairs=float(counts.possible.sum()),
                arrivals=float(counts.arrivals),
                share=min(0.5, counts.arrivals / counts.possible.sum() / 2),
                mean=float(np.sqrt(part * mean)),
                spread=0.15 * float(np.sqrt(part * mean)),
                weights=np.full(2, 0.5),
                means=np.array([mean - spread, mean]),
                spreads=np.full(2, spread / 1.5),
            )
            found.append(guess.refined(counts.possible, counts.impossible, _ROUNDS))
        return max(found, key=lambda one: one.likelihood(counts))

    def likelihood(self, counts: DistanceCounts) -> float:
        """Logarithm of the probability of counts, but for a constant."""
        same, strangers = self._same(), self._parts().sum(axis=0)
        joint = self.share * same + (1 - self.share) * strangers
        return float((counts.possible * np.log(joint) + counts.impossible * np.log(strangers)).sum())

    def refined(self, possible: IntArray, impossible: IntArray, rounds: int) -> "TwoHumps":
        """Come nearer to counts, round by round."""
        found = self
        for _ in range(rounds):
            same, parts = found._same(), found._parts()
            strangers = parts.sum(axis=0)
            joint = found.share * same + (1 - found.share) * strangers
            one = possible * (found.share * same / joint)
            others = parts / strangers * (possible - one + impossible)
            totals = others.sum(axis=1)
            mean, spread = _moments(one, _ROOTS)
            moments = np.array([_moments(part) for part in others])
            before = found
            found = replace(
                found,
                share=float(one.sum() / max(possible.sum(), 1)),
                mean=mean,
                spread=spread,
                weights=totals / totals.sum(),
                means=moments[:, 0],
                spreads=moments[:, 1],
            )
            if max(abs(found.share - before.share), abs(found.mean - before.mean)) < _STILL:
                break
        return found

    @property
    def riders(self) -> float:
        """Pairs that are one rider, as many as there should be."""
        return self.share * self.pairs

    def expected(self) -> tuple[FloatArray, FloatArray]:
        """Right links and wrong ones to expect, for the upper bound of each class as threshold.

        A stranger wins where neither of both has found its own rider.

        Returns:
            Two (DISTANCE_CLASSES,) arrays.
        """
        right = self.riders * np.cumsum(self._same())
        free = 1 - np.minimum(right / max(self.arrivals, 1.0), 1.0)
        wrong: FloatArray = (1 - self.share) * self.pairs * np.cumsum(self._parts().sum(axis=0)) * free**2
        return right, wrong

    def f1(self) -> FloatArray:
        """(DISTANCE_CLASSES,) F1 to expect of the links, for the upper bound of each class as threshold."""
        right, wrong = self.expected()
        f1: FloatArray = 2 * right / np.maximum(right + wrong + self.riders, _TINY)
        return f1

    def at(self, threshold: float) -> tuple[float, float]:
        """Precision and recall to expect of the links with a threshold."""
        right, wrong = (float(one[_place(threshold)]) for one in self.expected())
        return right / max(right + wrong, _TINY), right / max(self.riders, _TINY)

    def best_threshold(self) -> float:
        """The threshold that finds one rider's pairs best."""
        return float(_EDGES[1:][int(np.argmax(self.f1()))])

    def _same(self) -> FloatArray:
        same: FloatArray = _classes(np.array([self.mean]), np.array([self.spread]), _ROOT_EDGES)[0]
        return same

    def _parts(self) -> FloatArray:
        parts: FloatArray = self.weights[:, None] * _classes(self.means, self.spreads)
        return parts


def own_threshold(counts: DistanceCounts, threshold: float) -> float:
    """The threshold that a site's own pairs speak for; the given one where they do not speak clearly.

    Args:
        counts: Pairs of the site.
        threshold: The one that is used without them, of a model card say.

    Returns:
        Another threshold only where the counts, drawn anew as chance would have drawn them, say that it is
        better in all but one of twenty trials.
    """
    found = TwoHumps.fitted(counts)
    if found is None:
        return threshold
    best = found.best_threshold()
    chosen, given = _place(best), _place(threshold)
    dice, better = np.random.default_rng(0), 0
    for _ in range(_TRIALS):
        drawn = found.refined(dice.poisson(counts.possible), dice.poisson(counts.impossible), _ROUNDS_AGAIN)
        f1 = drawn.f1()
        better += bool(f1[chosen] > f1[given])
    return best if better >= _TRIALS - 1 else threshold


def class_of(distances: FloatArray) -> IntArray:
    """The class of each distance."""
    found: IntArray = np.minimum((distances / WIDTH).astype(np.int64), DISTANCE_CLASSES - 1)
    return found


def _place(threshold: float) -> int:
    """The class whose upper bound a threshold is."""
    return min(max(round(threshold / WIDTH) - 1, 0), DISTANCE_CLASSES - 1)


def _classes(means: FloatArray, spreads: FloatArray, edges: FloatArray = _EDGES) -> FloatArray:
    """(K, DISTANCE_CLASSES) share of each normal distribution in each class; 1 in all classes together."""
    below = ndtr((edges[None, :] - means[:, None]) / spreads[:, None])
    shares = np.maximum(np.diff(below, axis=1), _TINY)
    found: FloatArray = shares / shares.sum(axis=1, keepdims=True)
    return found


def _moments(counts: FloatArray | IntArray, values: FloatArray = _MIDDLES) -> tuple[float, float]:
    """Mean and standard deviation of what the classes stand for."""
    total = max(float(counts.sum()), _TINY)
    mean = float((counts * values).sum() / total)
    return mean, max(float(np.sqrt((counts * (values - mean) ** 2).sum() / total)), _NARROWEST)
