"""Which way riders of a link head at its two ends, learnt from its own matches.

Who rides from A to B leaves A's view on one side and enters B's on one. Strangers who come by in the same
minutes head any way. So two headings that belong together speak for one rider, and two that do not speak
against it. What they say, a likelihood ratio, becomes a distance by the curve of the model card, and moves
the threshold of that pair: nobody who looks alike enough is shut out by a heading; times have no part in it.
"""

import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flows.matching.lessons import History, Lessons
from flows.matching.links import CameraLink
from flows.matching.own_threshold import DAY_S
from flows.matching.usual import ANYTHING
from flows.values import Travelled

PERIOD_S = 60.0
"""What is learnt changes at full minutes."""
MOST = math.log(4.0)
"""Most that headings say for a pair: one of two at either end. Rarer ones would say more, of fewer riders."""
ASSUMED = 2.5
"""Matches that what is known beforehand is worth: ten, as of travel times, of the four pairs that two
headings at either end make. Nothing is said of who heads as nobody did before."""
MEMORY = 200
"""Matches of a link that teach, the last ones: so many say nearly all, and a camera that is turned is learnt
anew when as many riders were seen, not when a week is over."""

Key = TypeVar("Key", str, tuple[str, str])


@dataclass(slots=True)
class _Recent(Generic[Key]):
    """The last so many headings of one link or camera, in order of event time, and how many are which."""

    kept: deque[tuple[int, Key]] = field(default_factory=deque)
    numbers: Counter[Key] = field(default_factory=Counter)

    def add(self, day: int, headings: Key) -> None:
        self.kept.append((day, headings))
        self.numbers[headings] += 1
        if len(self.kept) > MEMORY:
            self._forget_one()

    def forget_before(self, day: int) -> None:
        while self.kept and self.kept[0][0] < day:
            self._forget_one()

    def share(self, headings: Key) -> float:
        return self.numbers[headings] / len(self.kept)

    def _forget_one(self) -> None:
        self.numbers[self.kept.popleft()[1]] -= 1


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
        self._links: defaultdict[tuple[str, str], _Recent[tuple[str, str]]] = defaultdict(_Recent)
        self._cameras: defaultdict[str, _Recent[str]] = defaultdict(_Recent)

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
        # In order of event time, however they were told: what is forgotten first must not depend on it.
        for one in sorted(matches, key=lambda one: (one.moment, one.arrival)):
            if one.distance < self._threshold:
                self._take_in(one, int(one.moment // DAY_S))
        oldest = self._lessons.oldest_day
        for of_link in self._links.values():
            of_link.forget_before(oldest)
        for of_camera in self._cameras.values():
            of_camera.forget_before(oldest)

    def allowance(self, link: CameraLink, headings: tuple[str, str]) -> float:
        """Distance by which the threshold of a pair moves, below 0 where headings speak against it.

        Args:
            link: The link both would use.
            headings: Directions of the earlier and of the later sighting.
        """
        cameras = link.from_camera, link.to_camera
        recent = self._links[cameras]
        matches = len(recent.kept)
        if not matches:
            return 0.0
        alone = math.prod(
            self._cameras[camera].share(heading) for camera, heading in zip(cameras, headings, strict=True)
        )
        # Matches with both headings, over those that strangers would have; beforehand as many.
        ratio = (recent.numbers[headings] + ASSUMED) / (matches * alone + ASSUMED)
        return self._width * min(math.log((1 - ANYTHING) * ratio + ANYTHING), MOST)

    def _take_in(self, one: Travelled, day: int) -> None:
        self._links[one.from_camera, one.to_camera].add(day, (one.from_direction, one.to_direction))
        self._cameras[one.from_camera].add(day, one.from_direction)
        self._cameras[one.to_camera].add(day, one.to_direction)
