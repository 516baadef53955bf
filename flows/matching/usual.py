"""What is usual on a link: its travel times, learnt from its own confident matches and kept by the hour."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from flows.matching.lessons import History, Lessons
from flows.matching.links import CameraLink
from flows.matching.own_threshold import DAY_S
from flows.values import Travelled
from tracking.arrays import FloatArray, IntArray

PERIOD_S = 900.0
"""What is learnt changes at full quarters of an hour. Of each, the half of a link's matches that look most
alike teaches: looks do not know the time, so that no time is preferred."""
BIN = 0.05
"""Width of a class of travel times, in the natural logarithm: 5 %."""
BLUR = 1.5
"""Standard deviation, in classes, by which what was seen is smoothed."""
ASSUMED = 10.0
"""Number of matches that what is known beforehand, of a link or of its other hours, is worth."""
ANYTHING = 0.05
"""Share of the riders who may take any time that the window allows."""

_HOUR_S = 3600.0
_HOURS = 24
_REACH = math.ceil(4 * BLUR)
_KERNEL = np.exp(-0.5 * (np.arange(-_REACH, _REACH + 1) / BLUR) ** 2)


@dataclass(slots=True)
class _Learnt:
    """What was learnt of one link: day since the epoch → (24, B) matches by hour of the day and class."""

    first: int
    classes: int
    days: dict[int, IntArray] = field(default_factory=dict)

    @classmethod
    def of(cls, link: CameraLink) -> "_Learnt":
        first = _class_of(max(link.window.earliest_s, 1.0))
        return cls(first, max(_class_of(max(link.window.latest_s, 1.0)) - first, 0) + 1)

    def add(self, moment: float, travel_s: float) -> None:
        day, hour = int(moment // DAY_S), int(moment % DAY_S // _HOUR_S)
        counts = self.days.get(day)
        if counts is None:
            counts = self.days[day] = np.zeros((_HOURS, self.classes), np.int32)
        counts[hour, min(max(_class_of(travel_s) - self.first, 0), self.classes - 1)] += 1

    def likelihood(self, link: CameraLink, hour: int) -> FloatArray:
        """(B,) probability of each class in an hour; it leans on other hours, and these on what is given."""
        known = self._given(link)
        if self.days:
            counts = np.sum(list(self.days.values()), axis=0)
            for seen in (counts.sum(axis=0), counts[[hour - 1, hour, (hour + 1) % _HOURS]].sum(axis=0)):
                known = (seen + ASSUMED * known) / (seen.sum() + ASSUMED)
        blurred = _blurred(known) / _blurred(np.ones(self.classes))
        found: FloatArray = (1 - ANYTHING) * blurred / blurred.sum() + ANYTHING / self.classes
        return found

    def _given(self, link: CameraLink) -> FloatArray:
        if link.travel_time is None:
            return np.full(self.classes, 1.0 / self.classes)
        middles = np.exp((self.first + np.arange(self.classes) + 0.5) * BIN)
        given = np.exp(-np.minimum(link.travel_time.surprise(middles), 500.0))
        shares: FloatArray = given / given.sum()
        return shares


class UsualTimes:
    """The travel times that are usual on each link, as far as a moment of event time may know them.

    Args:
        links: Of the site.
        lag_s: Event time by which a match is decided after its later sighting entered.
        history: Tells the matches that are stored; None where there are none.
    """

    def __init__(self, links: Iterable[CameraLink], lag_s: float, history: History | None = None) -> None:
        self._links = {(link.from_camera, link.to_camera): link for link in links}
        self._lessons = Lessons(lag_s, PERIOD_S, history)
        self._learnt: dict[tuple[str, str], _Learnt] = {}
        self._surprises: dict[tuple[str, str], FloatArray] = {}
        self._hour = -1

    def note(self, match: Travelled) -> None:
        """Take down a match that was decided."""
        self._lessons.note(match)

    def surprise(self, link: CameraLink, travel_s: FloatArray) -> FloatArray:
        """How unusual travel times are: 0 for the most usual, bounded for the least.

        Args:
            link: Over which.
            travel_s: (N,) seconds.

        Returns:
            (N,) negative log-likelihood, relative to the most usual time.
        """
        ends = link.from_camera, link.to_camera
        learnt = self._learnt.get(ends) or _Learnt.of(link)
        table = self._surprises.get(ends)
        if table is None:
            likelihood = learnt.likelihood(link, self._hour)
            table = self._surprises[ends] = np.log(likelihood.max() / likelihood)
        places = np.log(np.maximum(travel_s, 1e-3)) / BIN - learnt.first - 0.5
        found: FloatArray = np.interp(places, np.arange(len(table)), table)
        return found

    def learn_until(self, now: float) -> None:
        """Take in what a decision may know.

        Args:
            now: Moment of the decision; never before an earlier one.
        """
        hour = int(now % DAY_S // _HOUR_S)
        if hour != self._hour:
            self._hour = hour
            self._surprises.clear()
        matches = self._lessons.until(now)
        if matches is None:
            return
        self._surprises.clear()
        self._add(matches)
        oldest = self._lessons.oldest_day
        for learnt in self._learnt.values():
            learnt.days = {day: some for day, some in learnt.days.items() if day >= oldest}

    def _add(self, matches: Iterable[Travelled]) -> None:
        """Learn from the more certain half of each link's matches in each quarter of an hour."""
        together: dict[tuple[str, str, float], list[Travelled]] = {}
        for one in matches:
            together.setdefault((one.from_camera, one.to_camera, one.moment // PERIOD_S), []).append(one)
        for (start, end, _), some in together.items():
            link = self._links.get((start, end))
            if link is None:
                continue
            learnt = self._learnt.setdefault((start, end), _Learnt.of(link))
            some.sort(key=lambda one: (one.distance, one.arrival))
            for one in some[: (len(some) + 1) // 2]:
                if link.window.earliest_s <= one.travel_s <= link.window.latest_s:
                    learnt.add(one.moment, one.travel_s)


def _blurred(values: FloatArray) -> FloatArray:
    return np.convolve(values, _KERNEL, "full")[_REACH:-_REACH]


def _class_of(travel_s: float) -> int:
    # A database keeps whole microseconds, and what it gives back must fall into the same class.
    return math.floor(math.log(max(round(travel_s * 1e6), 1) / 1e6) / BIN)
