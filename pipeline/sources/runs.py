"""Stretches of time that share a fault, once they have lasted long enough to be believed."""

from math import inf

from pipeline.sources.report import ReasonedInterval, Unseen


class RunLog:
    """Joins adjoining spans with one fault to runs.

    Args:
        reason: The fault.
        least_s: Seconds that a run has to last.

    Attributes:
        undecided_since: Everything before this moment is decided.
        any_added: Whether there was a span at all.
    """

    def __init__(self, reason: Unseen, least_s: float) -> None:
        self._reason = reason
        self._least_s = least_s
        self._found: list[ReasonedInterval] = []
        self._since: float | None = None
        self._until = -inf
        self.undecided_since = inf
        self.any_added = False

    def begin(self, time: float) -> None:
        """Footage begins, or goes on: nothing behind this moment is decided yet."""
        self.undecided_since = min(self.undecided_since, time)

    def add(self, start: float, end: float, faulty: bool) -> None:
        """Note the next span; it begins where the one before ended, or later."""
        self.any_added = True
        if not faulty:
            self._since = None
            self.undecided_since = end
            return
        if self._since is None or start > self._until:
            self._since = start
        self._until = end
        if end - self._since >= self._least_s:
            self._keep(self._since, end)
            self.undecided_since = end
        else:
            self.undecided_since = self._since

    def end(self, time: float) -> None:
        """The footage stops: a run that was long enough reaches to that moment."""
        if self._since is not None and self._found and self._found[-1].end == self._until:
            self._keep(self._since, time)
        self._since = None
        self.undecided_since = inf

    def found(self) -> tuple[ReasonedInterval, ...]:
        """The runs that lasted long enough, in order."""
        return tuple(self._found)

    def _keep(self, start: float, end: float) -> None:
        if self._found and self._found[-1].start == start:
            self._found[-1] = ReasonedInterval(start, end, self._reason)
        else:
            self._found.append(ReasonedInterval(start, end, self._reason))
