"""Whoever asks is told of every comparison, and changes nothing by asking."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching import (
    CameraLink,
    Comparisons,
    EventTimeMatcher,
    LinkNetwork,
    MatchingSettings,
    Outpaced,
    TravelTime,
    TravelWindow,
)
from flows.values import Sighting
from tests.flows.matching.streets import seen, street
from tests.flows.matching.test_event_order import NETWORK, THRESHOLD, Store, crowds

Pair = tuple[str, str]


class Told:
    """Takes down every pair with its distance, and who was left alone by a travel time."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Pair, float]] = []
        self.lost: list[Outpaced] = []

    def compared(self, pairs: Comparisons) -> None:
        ends = zip(pairs.departures, pairs.arrivals, strict=True)
        self.pairs += zip(ends, pairs.distances.tolist(), strict=True)

    def outpaced(self, lost: Outpaced) -> None:
        self.lost.append(lost)


def pairs_in_time(sightings: list[Sighting]) -> set[Pair]:
    """By the definition, one pair at a time."""
    windows = {(link.from_camera, link.to_camera): link.window for link in NETWORK.links}
    found = set()
    for one in sightings:
        for other in sightings:
            window = windows.get((one.camera, other.camera))
            travel_s = other.enter_time - one.enter_time
            ordered = (one.enter_time, one.sighting_id) < (other.enter_time, other.sighting_id)
            looked = one.embedding is not None and other.embedding is not None
            if window and looked and ordered and window.earliest_s <= travel_s <= window.latest_s:
                found.add((one.sighting_id, other.sighting_id))
    return found


@settings(max_examples=100, deadline=None)
@given(sightings=crowds, seed=st.integers(0, 2**32 - 1))
def test_every_pair_in_time_is_told_once_and_the_outcome_stays(sightings, seed):
    told, draw = Told(), Random(seed)
    plain = EventTimeMatcher(NETWORK, MatchingSettings(), THRESHOLD)
    asked = EventTimeMatcher(NETWORK, MatchingSettings(), THRESHOLD, told)
    for matcher in (plain, asked):
        matcher.add(sightings)
    marks = [*sorted(draw.choices(range(150), k=draw.randrange(1, 20))), math.inf]
    matches = []
    for mark in marks:
        outcome = asked.advance(mark)
        assert outcome == plain.advance(mark)
        matches += outcome.matches
    assert len(told.pairs) == len(dict(told.pairs))
    assert {pair for pair, _ in told.pairs} == pairs_in_time(sightings)
    for match in matches:
        assert dict(told.pairs)[match.from_sighting, match.to_sighting] == match.distance


@settings(max_examples=100, deadline=None)
@given(sightings=crowds, mark=st.integers(0, 150))
def test_a_restart_tells_the_same_values_again(sightings, mark):
    whole, first, second = Told(), Told(), Told()
    for told in (whole, first):
        matcher = EventTimeMatcher(NETWORK, MatchingSettings(), THRESHOLD, told)
        matcher.add(sightings)
        matcher.advance(math.inf if told is whole else mark)
    store = Store(MatchingSettings())
    store.work(sightings, mark)
    done = {one.sighting_id for journey in store.journeys for one in journey.sightings}
    EventTimeMatcher.restore(
        NETWORK,
        MatchingSettings(),
        THRESHOLD,
        sightings=[one for key, one in store.sightings.items() if key not in done],
        matches=[one for one in store.matches if one.from_sighting not in done],
        watermark=mark,
        observe=second,
    ).finish()
    together = {*first.pairs, *second.pairs}
    assert together == set(whole.pairs), "what was told before and after is what is told without a stop"


USUAL = LinkNetwork([CameraLink("A", "B", TravelWindow(5, 100), TravelTime(20.0, 0.3))])


@pytest.mark.parametrize(
    ("sightings", "alone", "partner"),
    [
        ([seen("A1", 0.0, 10), seen("A2", 62.0, 15), seen("B", 80.0, 0)], "A1", "B"),
        ([seen("A", 0.0, 0), seen("B1", 20.0, 15), seen("B2", 80.0, 10)], "B2", "A"),
    ],
)
def test_who_is_left_alone_by_a_travel_time_is_told(sightings, alone, partner) -> None:
    told = Told()
    matcher = EventTimeMatcher(USUAL, MatchingSettings(travel_time_weight=0.1), 0.8, told)
    matcher.add(sightings)
    (match,) = matcher.finish().matches
    (lost,) = told.lost
    assert alone not in (match.from_sighting, match.to_sighting)
    assert (lost.sighting, lost.partner, lost.camera, lost.later) == (
        alone,
        partner,
        partner[0],
        partner == "B",
    )
    nearest = min(told.pairs, key=lambda pair: pair[1])
    assert set(nearest[0]) == {alone, partner}, "by looks alone it would have been the other"
    assert match.distance <= lost.rival_cost < lost.cost
    assert nearest[1] < lost.cost < 0.8


def test_who_is_left_alone_by_looks_is_not_told() -> None:
    told = Told()
    matcher = EventTimeMatcher(USUAL, MatchingSettings(travel_time_weight=0.1), 0.8, told)
    matcher.add([seen("A1", 0.0, 40), seen("A2", 62.0, 5), seen("B", 80.0, 0)])
    assert [one.from_sighting for one in matcher.finish().matches] == ["A2"]
    assert told.lost == []


def test_who_is_out_of_time_is_not_told() -> None:
    told = Told()
    matcher = EventTimeMatcher(street(("AB", 20, 60)), MatchingSettings(), 0.8, told)
    matcher.add([seen("A", 0.0), seen("B1", 19.0), seen("B2", 61.0)])
    matcher.finish()
    assert told.pairs == []
