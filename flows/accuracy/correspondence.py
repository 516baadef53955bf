"""Which sighting shows which true passage: same camera, same time, one to one.

Two riders abreast have the same times, and a sighting has no box to tell them apart. Where the overlap in
time hardly differs, the pair that agrees with the rest of the journey is preferred, so that nobody is called
wrong for what cannot be known.
"""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.pairing import choose_pairs
from flows.accuracy.passages import Passages
from tracking.arrays import BoolArray, FloatArray, IntArray

TOLERANCE_S = 1.0
"""Largest gap between a sighting and the passage it may show, seconds."""
OTHER_WAY = 0.5
"""Worth of a pair that heads another way than the truth, as a share of its worth."""
BENEFIT_OF_DOUBT = 0.25
"""Overlap that agreement with the rest of the journey may outweigh."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The passages that sightings show.

    Attributes:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
        partner: (N,) for each sighting the position of its true passage; -1 for none.
    """

    truth: Passages
    estimate: Passages
    partner: IntArray

    @property
    def matched(self) -> int:
        """Sightings that show a true passage."""
        return int((self.partner >= 0).sum())

    def partner_of_truth(self) -> IntArray:
        """(T,) for each true passage the position of its sighting; -1 for none."""
        back = np.full(len(self.truth), -1, np.int64)
        shown = np.flatnonzero(self.partner >= 0)
        back[self.partner[shown]] = shown
        return back

    def without_missed(self, excused: BoolArray) -> "Correspondence":
        """The same, less the excused passages that no sighting shows.

        Args:
            excused: (T,) true passages that need not be seen.
        """
        kept = ~excused | (self.partner_of_truth() >= 0)
        place = np.cumsum(kept) - 1
        partner, shown = self.partner.copy(), self.partner >= 0
        partner[shown] = place[self.partner[shown]]
        return Correspondence(self.truth.keep(kept), self.estimate, partner)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of a sighting and a true passage that lie near in time; E of them.

    Attributes:
        sighting: (E,) position of the sighting.
        passage: (E,) position of the passage.
        worth: (E,) share of time they have in common, above 0.
    """

    sighting: IntArray
    passage: IntArray
    worth: FloatArray


def match_passages(truth: Passages, estimate: Passages, tolerance_s: float = TOLERANCE_S) -> Correspondence:
    """Match sightings to true passages.

    The worth of a pair is the share of time both have in common (intersection over union of the two stays,
    each widened by half the tolerance at either end); the pairs of largest total worth are taken.

    Args:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
        tolerance_s: Largest gap between the two, seconds; wrong clocks need more.
    """
    found = candidates_in_time(truth, estimate, tolerance_s)
    agreeing = _agreement(truth, estimate, found)
    partner = np.full(len(estimate), -1, np.int64)
    for camera in range(len(truth.cameras)):
        here = np.flatnonzero(estimate.camera[found.sighting] == camera)
        worth = found.worth[here] + BENEFIT_OF_DOUBT * agreeing[here]
        taken = here[choose_pairs(found.sighting[here], found.passage[here], worth)]
        partner[found.sighting[taken]] = found.passage[taken]
    return Correspondence(truth, estimate, partner)


def candidates_in_time(truth: Passages, estimate: Passages, tolerance_s: float) -> Candidates:
    """Find the pairs at the same camera that may show the same rider, by time alone.

    Args:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
        tolerance_s: Largest gap between the two, seconds.
    """
    sightings, passages = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for camera in range(len(truth.cameras)):
        own = np.flatnonzero(estimate.camera == camera)
        there = np.flatnonzero(truth.camera == camera)
        there = there[np.argsort(truth.enter[there], kind="stable")]
        longest = (truth.exit[there] - truth.enter[there]).max(initial=0.0)
        enters = truth.enter[there]
        low = np.searchsorted(enters, estimate.enter[own] - tolerance_s - longest, side="left")
        high = np.searchsorted(enters, estimate.exit[own] + tolerance_s, side="right")
        count = high - low
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        sightings.append(np.repeat(own, count))
        passages.append(there[np.repeat(low, count) + offset])
    return _weigh(truth, estimate, np.concatenate(sightings), np.concatenate(passages), tolerance_s)


def _weigh(
    truth: Passages, estimate: Passages, sighting: IntArray, passage: IntArray, tolerance_s: float
) -> Candidates:
    first, last = estimate.enter[sighting], estimate.exit[sighting]
    begin, end = truth.enter[passage], truth.exit[passage]
    common = np.minimum(last, end) - np.maximum(first, begin) + tolerance_s
    either = np.maximum(last, end) - np.minimum(first, begin) + tolerance_s
    worth = np.where(common > 0, common / np.maximum(either, 1e-9), 0.0)
    worth = np.where(_other_way(truth, estimate, sighting, passage), OTHER_WAY * worth, worth)
    near = worth > 0
    return Candidates(sighting[near], passage[near], worth[near])


def _other_way(truth: Passages, estimate: Passages, sighting: IntArray, passage: IntArray) -> BoolArray:
    """Mark the pairs that head different ways, as far as both speak the same words, (E,)."""
    words = {word: number for number, word in enumerate(dict.fromkeys(truth.direction))}
    true_way = np.array([words[word] for word in truth.direction], np.int64)
    way = np.array([words.get(word, -1) for word in estimate.direction], np.int64)
    way[np.array(estimate.direction, dtype=object) == "unknown"] = -1
    marked: BoolArray = (way[sighting] >= 0) & (way[sighting] != true_way[passage])
    return marked


def _agreement(truth: Passages, estimate: Passages, found: Candidates) -> FloatArray:
    """1 for the pairs of those journeys that belong together as wholes, else 0, (E,)."""
    width = int(truth.journey.max(initial=0)) + 1
    key = estimate.journey[found.sighting] * width + truth.journey[found.passage]
    pairs, which = np.unique(key, return_inverse=True)
    shared = np.bincount(which, found.worth, len(pairs)).astype(np.float64)
    together = np.zeros(len(pairs))
    together[choose_pairs(pairs // width, pairs % width, shared)] = 1.0
    return together[which]
