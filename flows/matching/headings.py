"""Which way riders of a link head at its two ends, learnt from its own matches.

Who rides from A to B leaves A's view on one side and enters B's on one. Strangers who come by in the same
minutes head any way. So two headings that belong together speak for one rider, and two that do not speak
against it. What they say, a likelihood ratio, becomes a distance by the curve of the model card, and moves
the threshold of that pair: nobody who looks alike enough is shut out by a heading; times have no part in it.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.matching.lessons import History, Lessons
from flows.matching.links import CameraLink
from flows.matching.own_threshold import DAY_S
from flows.matching.usual import ANYTHING, ASSUMED
from flows.values import Travelled

PERIOD_S = 60.0
"""What is learnt changes at full minutes."""
MOST = math.log(4.0)
"""Most that headings say for a pair: one of two at either end. Rarer ones would say more, of fewer riders."""


@dataclass(slots=True)
class _Day:
    """Matches of one day: by link and headings at its ends, and by camera and heading."""

    pairs: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, one: Travelled) -> None:
        self.pairs[one.from_camera, one.to_camera, one.from_direction, one.to_direction] += 1
        self.ends[one.from_camera, one.from_direction] += 1
        self.ends[one.to_camera, one.to_direction] += 1


class UsualHeadings:
    """How far the threshold of a pair moves for the way both head.

    Args:
        threshold: Matches nearer than it teach: those that looks alone would have made.
        width: Distance that changes the odds of a match by the factor e; 0 where no curve tells.
        lag_s: Event time by which a match is decided after its later sighting entered.
        history: Tells the matches that are stored; None where there are none.
    """

    def __init__(self, threshold: float, width: float, lag_s: float, history: History | None = None) -> None:
        self._threshold = threshold
        self._width = width
        self._lessons = Lessons(lag_s, PERIOD_S, history)
        self._days: dict[int, _Day] = {}
        self._all = _Day()
        self._links: Counter[tuple[str, str]] = Counter()
        self._cameras: Counter[str] = Counter()

    @property
    def most(self) -> float:
        """The largest distance by which a threshold grows."""
        return self._width * MOST

    def note(self, match: Travelled) -> None:
        """Take down a match that was decided."""
        self._lessons.note(match)

    def learn_until(self, now: float) -> None:
        """Take in what a decision may know.

        Args:
            now: Moment of the decision; never before an earlier one.
        """
        matches = self._lessons.until(now)
        if matches is None:
            return
        for one in matches:
            if one.distance < self._threshold:
                self._days.setdefault(int(one.moment // DAY_S), _Day()).add(one)
        oldest = self._lessons.oldest_day
        self._days = {day: some for day, some in self._days.items() if day >= oldest}
        self._sum_up(self._days.values())

    def allowance(self, link: CameraLink, headings: tuple[str, str]) -> float:
        """Distance by which the threshold of a pair moves, below 0 where headings speak against it.

        Args:
            link: The link both would use.
            headings: Directions of the earlier and of the later sighting.
        """
        cameras = link.from_camera, link.to_camera
        matches = self._links[cameras]
        if not matches:
            return 0.0
        together = self._all.pairs[*cameras, *headings]
        alone = math.prod(
            self._all.ends[camera, heading] / self._cameras[camera]
            for camera, heading in zip(cameras, headings, strict=True)
        )
        # Shares of a link's riders and of strangers, divided by each other; beforehand both are alike.
        ratio = ((together / alone if together else 0.0) + ASSUMED) / (matches + ASSUMED)
        return self._width * min(math.log((1 - ANYTHING) * ratio + ANYTHING), MOST)

    def _sum_up(self, days: Iterable[_Day]) -> None:
        self._all = _Day()
        for day in days:
            self._all.pairs.update(day.pairs)
            self._all.ends.update(day.ends)
        self._links, self._cameras = Counter(), Counter()
        for (start, end, _, _), number in self._all.pairs.items():
            self._links[start, end] += number
        for (camera, _), number in self._all.ends.items():
            self._cameras[camera] += number
