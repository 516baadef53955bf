"""Drawing identities without replacement, round after round."""

from dataclasses import dataclass, field

import numpy as np

from tracking.arrays import IntArray


@dataclass(slots=True)
class Rounds:
    """Deals members in random order; when all have been dealt, they are shuffled anew.

    Everybody is dealt once per round, so at any moment two members differ by at most one appearance.

    Attributes:
        members: How many there are.
        rng: Random numbers of the shuffles.
    """

    members: int
    rng: np.random.Generator
    _left: IntArray = field(default_factory=lambda: np.zeros(0, np.int64), init=False)

    def deal(self, count: int) -> IntArray:
        """Deal different members.

        Args:
            count: At most `members`.

        Returns:
            (count,) numbers below `members`, all different.
        """
        first, self._left = self._left[:count], self._left[count:]
        missing = count - len(first)
        if missing == 0:
            return first
        fresh = self.rng.permutation(self.members)
        # Those already in this hand wait for a later one of the new round.
        chosen = fresh[~np.isin(fresh, first)][:missing]
        self._left = fresh[~np.isin(fresh, chosen)]
        return np.concatenate([first, chosen])
