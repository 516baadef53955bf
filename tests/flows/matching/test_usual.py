"""What is usual on a link is learnt from its matches, by event time alone."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching import (
    CameraLink,
    LinkNetwork,
    MatchingSettings,
    TravelTime,
    TravelWindow,
)
from flows.matching.lessons import DAYS
from flows.matching.usual import PERIOD_S, UsualTimes
from flows.values import Journey, Sighting, Travelled
from tests.flows.matching.site import Site
from tests.flows.matching.streets import match_all, routes, seen

THRESHOLD = 0.8
HOUR_S = 3600.0
DAY_S = 86_400.0
LINK = CameraLink("A", "B", TravelWindow(20, 200), TravelTime(60.0, 0.3))
STREET = LinkNetwork([LINK])
SETTINGS = MatchingSettings(travel_time_weight=0.1, commit_lag_s=400.0)


def made(number: int, moment: float, travel_s: float, distance: float = 0.1) -> Travelled:
    return Travelled(f"B{number}", "A", "B", moment, travel_s, distance, "in", "in")


def usual(*matches: Travelled, history: Sequence[Travelled] = (), link: CameraLink = LINK) -> UsualTimes:
    def stored(since: float, until: float) -> Iterable[Travelled]:
        return [one for one in history if since <= one.moment < until]

    times = UsualTimes([link], 400.0, stored)
    for one in matches:
        times.note(one)
    return times


def surprises(times: UsualTimes, now: float, *travel_s: float, link: CameraLink = LINK) -> list[float]:
    times.learn_until(now)
    found: list[float] = times.surprise(link, np.array(travel_s)).tolist()
    return found


def many(travel_s: float, moment: float = 100.0, count: int = 120) -> list[Travelled]:
    return [made(number, moment + number, travel_s) for number in range(count)]


def test_at_first_what_is_given_is_usual() -> None:
    sixty, ninety, slow = surprises(usual(), HOUR_S, 60.0, 90.0, 190.0)
    assert sixty < 0.02
    assert ninety == pytest.approx(0.5 * (math.log(1.5) / 0.3) ** 2, rel=0.25)
    assert ninety < slow < 6, "however unusual, it stays a matter of rank"


def test_where_nothing_is_given_every_time_is_as_usual() -> None:
    link = replace(LINK, travel_time=None)
    assert surprises(usual(link=link), HOUR_S, 25.0, 60.0, 190.0, link=link) == pytest.approx([0, 0, 0])


def test_what_was_ridden_becomes_usual() -> None:
    slow, given_s = surprises(usual(*many(120.0)), HOUR_S, 120.0, 60.0)
    assert slow < 0.1
    assert given_s > 2


def test_two_kinds_of_riders_are_both_usual() -> None:
    both = many(40.0) + [replace(one, arrival=f"{one.arrival}b", travel_s=130.0) for one in many(40.0)]
    fast, slow, between = surprises(usual(*both), HOUR_S, 40.0, 130.0, 75.0)
    assert max(fast, slow) < 0.3
    assert between > 1.5


def test_the_more_certain_half_of_the_matches_teaches() -> None:
    wrong = [replace(one, arrival=f"{one.arrival}w", distance=0.7) for one in many(150.0)]
    right, other = surprises(usual(*many(50.0), *wrong), HOUR_S, 50.0, 150.0)
    assert right < 0.1
    assert other > 2


def test_an_hour_has_its_own_times() -> None:
    morning = many(120.0, 8 * HOUR_S)
    noon = [replace(one, arrival=f"{one.arrival}n") for one in many(50.0, 12 * HOUR_S)]
    next_day = [
        surprises(usual(*morning, *noon), DAY_S + hour * HOUR_S + 600, 120.0, 50.0) for hour in (8, 12)
    ]
    (own, other), (other_too, own_too) = next_day
    assert max(own, own_too) < 0.2
    assert min(other, other_too) > 1


def test_what_is_a_week_old_is_forgotten() -> None:
    old = many(120.0)
    assert surprises(usual(*old), (DAYS - 1) * DAY_S, 120.0)[0] < 0.2
    times = usual(*old)
    times.learn_until(HOUR_S)
    fresh = surprises(usual(), (DAYS + 2) * DAY_S, 120.0, 60.0)
    assert surprises(times, (DAYS + 2) * DAY_S, 120.0, 60.0) == fresh


def test_a_decision_knows_what_lies_a_lag_before_its_quarter_of_an_hour() -> None:
    late = many(120.0, PERIOD_S)
    for now, known in ((2 * PERIOD_S + 399.9, False), (2 * PERIOD_S + 400.0, True)):
        assert (surprises(usual(*late), now, 120.0)[0] < 0.2) is known


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), stops=st.lists(st.floats(0, 2 * DAY_S), max_size=5))
def test_stored_and_own_matches_teach_alike_whatever_was_asked_before(seed: int, stops: list[float]) -> None:
    draw = Random(seed)
    matches = [
        made(number, round(draw.uniform(0, 2 * DAY_S), 6), round(draw.uniform(15, 210), 6), draw.random())
        for number in range(200)
    ]
    stored = [one for one in matches if draw.random() < 0.5]
    own = [one for one in matches if one not in stored or draw.random() < 0.2]
    asked = usual(*own, history=stored)
    for now in sorted(stops):
        asked.learn_until(now)
    end = 2 * DAY_S + 1000.0
    assert surprises(asked, end, 30.0, 60.0, 120.0) == surprises(usual(*matches), end, 30.0, 60.0, 120.0)


def site() -> Site:
    """A site that knows nothing yet."""
    return Site(STREET, SETTINGS, THRESHOLD)


def street_of_slow_riders(seed: int, start: float, count: int) -> list[Sighting]:
    """Riders of similar looks who take about twice the time that is given."""
    draw = Random(seed)
    riders = []
    for number in range(count):
        key, enter, look = f"{seed}-{number}", start + 6.0 * number, draw.uniform(0, 180)
        there = enter + draw.choice([110, 120, 125, 135])
        riders += [seen(f"A{key}", enter, look), seen(f"B{key}", there, look + draw.gauss(0, 12))]
    return riders


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 1000), stops=st.lists(st.floats(0, 1700), max_size=4))
def test_a_run_that_is_killed_learns_as_one_that_is_not(seed: int, stops: list[float]) -> None:
    riders = street_of_slow_riders(seed, 0.0, 260)
    assert routes(site().run(riders, stops)) == routes(site().run(riders))


def test_the_next_night_goes_on_with_what_was_learnt() -> None:
    first, second = street_of_slow_riders(1, 0.0, 200), street_of_slow_riders(2, DAY_S, 150)
    together = site().run([*first, *second])
    nights = site()
    last_night, this_night = nights.run(first), nights.run(second)
    assert routes([*last_night, *this_night]) == routes(together)
    assert routes(this_night) != routes(site().run(second)), "alone it would know nothing at first"


def right(journeys: Sequence[Journey]) -> int:
    pairs = [[one.sighting_id[1:] for one in journey.sightings] for journey in journeys]
    return sum(len(pair) == 2 and pair[0] == pair[1] for pair in pairs)


def test_learnt_times_make_more_links_right() -> None:
    riders = street_of_slow_riders(7, 0.0, 300)
    looks_alone = match_all(
        riders, STREET, THRESHOLD, SETTINGS.model_copy(update={"travel_time_weight": 0.0})
    )
    evening = DAY_S / 2
    later = [
        replace(one, enter_time=one.enter_time + evening, exit_time=one.exit_time + evening) for one in riders
    ]
    evenings = site()
    evenings.run(street_of_slow_riders(8, 0.0, 300))
    assert right(evenings.run(later)) > 1.15 * right(looks_alone[1])
