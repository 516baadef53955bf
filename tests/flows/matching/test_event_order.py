"""Matches and journeys follow from event times alone, whatever the order and rhythm of the work."""

import math
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching import EventTimeMatcher, MatchingSettings
from flows.matching.assignment import ASSIGNMENTS
from flows.values import DistanceCounts, Journey, Match, Sighting
from tests.flows.matching.streets import match_all, routes, seen, street

THRESHOLD = 0.8
NETWORK = street(("AB", 0, 12), ("BA", 3, 6), ("BC", 2, 9), ("AC", 5, 15), ("CA", 0, 4))


def crowd(seed: int, count: int, span_s: int) -> list[Sighting]:
    """Riders of similar looks, on a clock of half seconds so that many enter at the same moment."""
    draw = Random(seed)
    return [
        seen(
            f"{draw.choice('ABC')}{n:02d}",
            draw.randrange(2 * span_s) / 2,
            draw.choice([None, 0, 5, 20, 21, *range(60)]),
            draw.randrange(6),
        )
        for n in range(count)
    ]


crowds = st.builds(crowd, st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([20, 60, 120]))
small_crowds = st.builds(crowd, st.integers(0, 2**32 - 1), st.integers(2, 9), st.just(15))
variants = st.builds(
    MatchingSettings,
    method=st.sampled_from(list(ASSIGNMENTS)),
    commit_lag_s=st.sampled_from([None, 15.0, 16.5, 22.0, 1000.0]),
)


class Store:
    """What a database keeps of a run: sightings, gallery, matches, journeys, watermark."""

    def __init__(self, variant: MatchingSettings) -> None:
        self.variant = variant
        self.sightings: dict[str, Sighting] = {}
        self.matches: list[Match] = []
        self.journeys: list[Journey] = []
        self.watermark = float("-inf")
        self.distances: dict[int, DistanceCounts] = {}
        self.matcher = EventTimeMatcher(NETWORK, variant, THRESHOLD)

    def work(self, sightings: list[Sighting], watermark: float) -> None:
        self.sightings |= {s.sighting_id: s for s in sightings}
        self.matcher.add(sightings)
        outcome = self.matcher.advance(watermark)
        self.matches += outcome.matches
        self.journeys += outcome.journeys
        self.distances |= outcome.distances
        self.watermark = watermark
        needed = self.matcher.oldest_needed_time
        for key, sighting in self.sightings.items():
            if sighting.exit_time < needed:
                self.sightings[key] = replace(sighting, embedding=None)

    def crash(self) -> None:
        done = {s.sighting_id for journey in self.journeys for s in journey.sightings}
        self.matcher = EventTimeMatcher.restore(
            NETWORK,
            self.variant,
            THRESHOLD,
            sightings=[s for key, s in self.sightings.items() if key not in done],
            matches=[m for m in self.matches if m.from_sighting not in done],
            watermark=self.watermark,
            distances=lambda _: ({}, dict(self.distances)),
        )


@settings(max_examples=300, deadline=None)
@given(sightings=crowds, variant=variants, seed=st.integers(0, 2**32 - 1))
def test_any_arrival_order_any_watermarks_and_any_crashes_give_the_same(sightings, variant, seed):
    matches, journeys = match_all(sightings, NETWORK, THRESHOLD, variant)
    whole = Store(variant)
    whole.work(sightings, math.inf)
    draw = Random(seed)
    waiting = draw.sample(sightings, len(sightings))
    store = Store(variant)
    crashes = draw.choice([0.0, 0.3, 1.0])
    for watermark in [*sorted(draw.choices(range(150), k=draw.randrange(1, 40))), math.inf]:
        early = draw.randrange(10)
        now = [s for n, s in enumerate(waiting) if s.enter_time < watermark or n < early]
        waiting = [s for s in waiting if s not in now]
        store.work(now, watermark)
        if draw.random() < crashes:
            store.crash()
    assert sorted(store.matches, key=str) == sorted(matches, key=str)
    assert sorted(store.journeys, key=str) == sorted(journeys, key=str)
    assert store.distances == whole.distances


@given(sightings=crowds, variant=variants)
def test_every_sighting_is_in_one_journey_that_keeps_to_the_links(sightings, variant):
    matches, journeys = match_all(sightings, NETWORK, THRESHOLD, variant)
    windows = {(x.from_camera, x.to_camera): x.window for x in NETWORK.links}
    together = [s.sighting_id for journey in journeys for s in journey.sightings]
    assert sorted(together) == sorted(s.sighting_id for s in sightings)
    assert len(matches) == len(sightings) - len(journeys)
    for journey in journeys:
        order = [(s.enter_time, s.sighting_id) for s in journey.sightings]
        assert order == sorted(order), "time runs forward along a journey"
        legs = zip(pairwise(journey.sightings), journey.matches, strict=True)
        for (before, after), match in legs:
            window = windows[before.camera, after.camera]
            assert (match.from_sighting, match.to_sighting) == (before.sighting_id, after.sighting_id)
            assert match.travel_s == after.enter_time - before.enter_time
            assert window.earliest_s <= match.travel_s <= window.latest_s
            assert match.distance < THRESHOLD


def admissible(sightings: list[Sighting]) -> dict[tuple[str, str], float]:
    windows = {(x.from_camera, x.to_camera): x.window for x in NETWORK.links}
    distances = {}
    for one, other in combinations(sorted(sightings, key=lambda s: (s.enter_time, s.sighting_id)), 2):
        window = windows.get((one.camera, other.camera))
        travel = other.enter_time - one.enter_time
        if window is None or not window.earliest_s <= travel <= window.latest_s:
            continue
        matches, _ = match_all([one, other], NETWORK, THRESHOLD)
        if matches:
            distances[one.sighting_id, other.sighting_id] = matches[0].distance
    return distances


def best_gain(distances: dict[tuple[str, str], float]) -> float:
    if not distances:
        return 0.0
    (pair, distance), *rest = distances.items()
    without = best_gain(dict(rest))
    compatible = {p: d for p, d in rest if p[0] != pair[0] and p[1] != pair[1]}
    return max(without, THRESHOLD - distance + best_gain(compatible))


@settings(deadline=None)
@given(sightings=small_crowds)
def test_journeys_are_the_best_of_all_path_covers(sightings):
    matches, journeys = match_all(sightings, NETWORK, THRESHOLD, MatchingSettings(commit_lag_s=1000.0))
    gain = sum(THRESHOLD - match.distance for match in matches)
    assert gain == pytest.approx(best_gain(admissible(sightings)), abs=1e-9), routes(journeys)


@given(sightings=crowds, lag=st.sampled_from([15.0, 20.0, 1000.0]))
def test_the_threshold_method_does_not_depend_on_the_commit_lag(sightings, lag):
    plain = MatchingSettings(method="threshold", commit_lag_s=lag)
    patient = MatchingSettings(method="threshold")
    found = routes(match_all(sightings, NETWORK, THRESHOLD, plain)[1])
    assert found == routes(match_all(sightings, NETWORK, THRESHOLD, patient)[1])
