"""How many cyclists there were, by the probabilities of the passages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from tracking.arrays import FloatArray

_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """Number of cyclists among passages each of which was one with a probability of its own.

    Taken for granted is that passages are right or wrong independently (a Poisson binomial distribution, by
    convolution). Errors come in bursts, of low sun or a group: then the interval is too narrow. Riders of
    whom there is no passage are not in it.

    Attributes:
        mean: Expected number.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    mean: float
    low: int
    high: int

    @classmethod
    def of(cls, probabilities: Iterable[float]) -> Self:
        """Of passages with these probabilities.

        Args:
            probabilities: Each 0 to 1, counted or not.
        """
        shares = [float(one) for one in probabilities]
        chances: FloatArray = np.ones(1)
        for share in shares:
            chances = np.convolve(chances, [1 - share, share])
        below = np.cumsum(chances)
        tail = (1 - _LEVEL) / 2
        low, high = (int(np.searchsorted(below, level)) for level in (tail, 1 - tail))
        return cls(sum(shares), low, min(high, len(shares)))
