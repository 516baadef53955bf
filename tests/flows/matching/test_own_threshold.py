"""A site learns from its own sightings where one rider ends and strangers begin."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching import EventTimeMatcher, MatchingSettings, link_quality
from flows.matching.own_threshold import OwnThreshold, added
from flows.matching.two_humps import TwoHumps, class_of, own_threshold
from flows.values import DISTANCE_CLASSES, DistanceCounts
from tests.flows.matching.streets import DAY_S, street, two_days

STREET = street(("AB", 30, 120))


def drawn(seed: int, riders: int, strangers: int, same: float, apart: float) -> DistanceCounts:
    """Pairs of a site whose riders look like themselves, and strangers like strangers."""
    dice = np.random.default_rng(seed)

    def counts(distances: np.ndarray) -> np.ndarray:
        return np.bincount(class_of(np.clip(distances, 0, 2)), minlength=DISTANCE_CLASSES)

    one = np.square(dice.normal(math.sqrt(same), 0.08, riders))
    others, soon = dice.normal(apart, 0.14, strangers), dice.normal(apart, 0.14, strangers // 6)
    return DistanceCounts(counts(np.concatenate([one, others])), counts(soon), 2 * riders)


def f1(counts: DistanceCounts, threshold: float, same: float, apart: float) -> float:
    """Of pairs below a threshold, drawn anew from the same street."""
    dice = np.random.default_rng(99)
    riders = counts.arrivals / 2
    right = riders * (np.square(dice.normal(math.sqrt(same), 0.08, 200_000)) < threshold).mean()
    wrong = (counts.possible.sum() - riders) * (dice.normal(apart, 0.14, 200_000) < threshold).mean()
    wrong *= (1 - right / counts.arrivals) ** 2  # A stranger wins where neither has found its own rider.
    return 2 * right / (right + wrong + riders)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    riders=st.integers(300, 2000),
    crowd=st.integers(5, 40),
    same=st.floats(0.2, 0.5),
    gap=st.floats(0.45, 0.7),
)
def test_of_many_pairs_it_tells_how_many_are_one_rider(seed, riders, crowd, same, gap):
    counts = drawn(seed, riders, crowd * riders, same, same + gap)
    found = TwoHumps.fitted(counts)
    assert found is not None
    assert found.riders == pytest.approx(riders, rel=0.15)
    assert found.mean**2 == pytest.approx(same, abs=0.04)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32 - 1), same=st.floats(0.2, 0.5), given_=st.floats(0.3, 0.9))
def test_it_is_hardly_ever_worse_than_the_given_one(seed, same, given_):
    counts = drawn(seed, 400, 8000, same, same + 0.5)
    chosen = own_threshold(counts, given_)
    assert f1(counts, chosen, same, same + 0.5) >= f1(counts, given_, same, same + 0.5) - 0.03


def test_a_card_that_does_not_fit_is_left_and_one_that_fits_is_kept():
    counts = drawn(1, 500, 10_000, 0.35, 0.95)
    assert own_threshold(counts, 0.9) == pytest.approx(own_threshold(counts, 0.3), abs=0.03)
    best = own_threshold(counts, 0.9)
    assert own_threshold(counts, best) == best


def test_few_pairs_say_nothing():
    assert own_threshold(DistanceCounts.none(), 0.5) == 0.5
    assert own_threshold(drawn(1, 3, 60, 0.3, 0.9), 0.5) == 0.5


def test_strangers_alone_say_nothing():
    counts = drawn(2, 500, 10_000, 0.35, 0.95)
    alone = replace(counts, possible=6 * counts.impossible)
    assert own_threshold(alone, 0.5) == 0.5


def right_of(matches, day: int) -> tuple[int, int]:
    some = [one for one in matches if one.from_sighting[1] == str(day)]
    return sum(one.from_sighting[1:] == one.to_sighting[1:] for one in some), len(some)


def test_the_second_day_is_matched_by_what_the_first_has_shown():
    sightings, far_off = two_days(3), 1.4
    fixed = EventTimeMatcher(STREET, MatchingSettings(learn_threshold=False), far_off)
    learning = EventTimeMatcher(STREET, MatchingSettings(), far_off)
    for one in (fixed, learning):
        one.add(sightings)
    plain, learnt = fixed.finish().matches, learning.finish().matches
    assert right_of(plain, 0) == right_of(learnt, 0), "nothing is known of the first day"
    assert learning.threshold < 1.0
    assert fixed.threshold == far_off
    (right, claimed), (before, claimed_before) = right_of(learnt, 1), right_of(plain, 1)
    assert right / claimed > before / claimed_before
    assert right >= 0.97 * before


def test_it_tells_how_good_links_are_without_labels():
    sightings = two_days(5)
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 1.1)
    matcher.add(sightings)
    outcome = matcher.finish()
    found = link_quality(outcome.distances, 1.1, learns=False)
    ids = {one.sighting_id for one in sightings}
    twice = sum(f"B{one[1:]}" in ids for one in ids if one[0] == "A")
    right, claimed = (
        sum(each) for each in zip(*(right_of(outcome.matches, day) for day in (0, 1)), strict=True)
    )
    assert found is not None
    assert not found.learnt
    assert found.precision == pytest.approx(right / claimed, abs=0.05)
    assert found.recall == pytest.approx(right / twice, abs=0.05)
    assert link_quality({}, 1.1, learns=True) is None


def test_a_threshold_that_the_site_gives_is_kept():
    sightings = two_days(3, riders=150)
    matcher = EventTimeMatcher(STREET, MatchingSettings(threshold=1.4), 1.4)
    matcher.add(sightings)
    assert not matcher.finish().distances
    assert matcher.threshold == 1.4


def test_what_is_stored_of_other_nights_counts_like_what_was_seen_in_one():
    sightings = two_days(4)
    nights = [[s for s in sightings if (s.enter_time >= DAY_S) == late] for late in (False, True)]
    whole = EventTimeMatcher(STREET, MatchingSettings(), 1.4)
    whole.add(sightings)
    together = whole.finish()
    stored: dict[int, DistanceCounts] = {}
    matches = []
    for night in nights:
        known = dict(stored), {}
        matcher = EventTimeMatcher(STREET, MatchingSettings(), 1.4, distances=lambda _, known=known: known)
        matcher.add(night)
        outcome = matcher.finish()
        stored = added([stored, outcome.distances])
        matches += outcome.matches
    assert stored == together.distances
    assert sorted(map(str, matches)) == sorted(map(str, together.matches))


def test_another_encoder_is_not_compared_with():
    counts = drawn(1, 500, 10_000, 0.35, 0.95)
    own = OwnThreshold(0.9, 60.0, lambda model: ({0: counts} if model == "new" else {}, {}))
    other = OwnThreshold(0.9, 60.0, lambda model: ({0: counts} if model == "new" else {}, {}))
    assert own.at(DAY_S + 61, "new") < 0.9
    assert other.at(DAY_S + 61, "old") == 0.9


def test_a_day_counts_when_it_is_over_and_all_of_it_is_decided_and_is_forgotten_after_four_weeks():
    counts = drawn(1, 500, 10_000, 0.35, 0.95)
    own = OwnThreshold(0.9, 60.0, lambda _: ({0: counts}, {}))
    assert own.at(DAY_S + 59, "new") == 0.9
    assert own.at(DAY_S + 60, "new") < 0.9
    assert own.at(29 * DAY_S + 59, "new") < 0.9
    assert own.at(29 * DAY_S + 60, "new") == 0.9
