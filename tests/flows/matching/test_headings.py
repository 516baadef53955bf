"""Headings that belong together are learnt from a link's matches, and move the threshold of a pair."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
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
    TravelWindow,
)
from flows.matching.headings import MEMORY, MOST, PERIOD_S, UsualHeadings
from flows.matching.lessons import DAYS
from flows.matching.own_threshold import DAY_S
from flows.values import Journey, Sighting, Travelled
from tests.flows.matching.site import Site
from tests.flows.matching.streets import routes, seen
from tracking.match_curve import LogisticCurve

THRESHOLD, WIDTH, LAG_S = 0.8, 0.1, 400.0
LINK = CameraLink("A", "B", TravelWindow(20, 200))
BACK = CameraLink("B", "A", TravelWindow(20, 200))
TOWN = LinkNetwork([LINK, BACK])
CURVE = LogisticCurve(midpoint=0.9, steepness=1 / WIDTH)
SETTINGS = MatchingSettings(commit_lag_s=LAG_S, calibration=CURVE, learn_threshold=False)
THERE, HERE = ("right", "away"), ("towards", "left")
"""Headings of those who ride from A to B, and of those who ride from B to A."""


def made(
    number: int,
    headings: tuple[str, str] = THERE,
    moment: float = 0.0,
    distance: float = 0.1,
    link: CameraLink = LINK,
) -> Travelled:
    ends = link.from_camera, link.to_camera
    return Travelled(f"{number}{headings}", *ends, moment + number % 50, 60.0, distance, *headings)


def both_ways(count: int, **changes: float) -> list[Travelled]:
    """As many ride there as back."""
    there = [made(number, **changes) for number in range(count)]
    return there + [made(number, HERE, link=BACK, **changes) for number in range(count)]


def usual(matches: Iterable[Travelled], now: float = 3600.0) -> UsualHeadings:
    headings = UsualHeadings(THRESHOLD, WIDTH, LAG_S)
    for one in matches:
        headings.note(one)
    headings.learn_until(now)
    return headings


def test_at_first_no_heading_is_unusual() -> None:
    assert usual([]).allowance(LINK, THERE) == 0.0


def test_headings_that_belong_together_speak_for_a_pair_and_others_against_it() -> None:
    headings = usual(both_ways(500))
    # One of two headings at either end: four times as many as among strangers.
    assert headings.allowance(LINK, THERE) == pytest.approx(WIDTH * math.log(4), rel=0.06)
    for odd in (("right", "towards"), ("left", "away"), ("left", "towards")):
        assert -3 * WIDTH < headings.allowance(LINK, odd) < -2 * WIDTH, odd


def test_nothing_is_said_of_who_heads_as_nobody_did_before() -> None:
    headings = usual(both_ways(500))
    for new in (("unknown", "away"), ("right", "inbound"), ("outbound", "inbound")):
        assert headings.allowance(LINK, new) == pytest.approx(0)


def test_little_is_said_of_who_heads_as_hardly_anybody_did() -> None:
    rare = [made(number, ("unknown", "unknown")) for number in range(2)]
    headings = usual([*both_ways(90), *rare])
    assert 0 < headings.allowance(LINK, ("unknown", "unknown")) < WIDTH
    assert -WIDTH / 2 < headings.allowance(LINK, ("unknown", "away")) < 0


@given(there=st.integers(0, 300), back=st.integers(0, 300), odd=st.integers(0, 300))
def test_what_headings_say_is_bounded(there: int, back: int, odd: int) -> None:
    matches = [made(number) for number in range(there)]
    matches += [made(number, HERE, link=BACK) for number in range(back)]
    headings = usual([*matches, *(made(number, ("away", "left")) for number in range(odd))])
    for pair in (THERE, HERE, ("away", "left"), ("uncrossed", "uncrossed")):
        assert -3 * WIDTH <= headings.allowance(LINK, pair) <= headings.most + 1e-12
    assert headings.most == pytest.approx(WIDTH * MOST)


def test_few_matches_say_little() -> None:
    two, many = usual(both_ways(2)), usual(both_ways(200))
    assert 0 < two.allowance(LINK, THERE) < 0.4 * many.allowance(LINK, THERE)
    against = "left", "towards"
    assert 0 > two.allowance(LINK, against) > 0.2 * many.allowance(LINK, against)


def test_a_way_that_few_take_is_no_odd_one() -> None:
    turning = [made(number, ("towards", "away")) for number in range(20)]
    assert usual([*both_ways(200), *turning]).allowance(LINK, ("towards", "away")) > -WIDTH / 2


def test_where_all_head_one_way_a_heading_says_nothing() -> None:
    one_way = usual(made(number) for number in range(500))
    assert one_way.allowance(LINK, THERE) == pytest.approx(0, abs=0.06 * WIDTH)


def test_what_only_headings_allowed_teaches_nothing() -> None:
    assert usual(both_ways(200, distance=THRESHOLD)).allowance(LINK, THERE) == 0.0


def test_a_decision_knows_what_lies_a_lag_before_its_minute() -> None:
    late = both_ways(50, moment=PERIOD_S)
    for now, known in ((2 * PERIOD_S + LAG_S - 0.1, False), (2 * PERIOD_S + LAG_S, True)):
        assert (usual(late, now).allowance(LINK, THERE) > 0) is known


def test_a_camera_that_is_turned_is_learnt_anew_when_as_many_have_passed() -> None:
    """Seen from the other side of the street, who goes away comes towards."""
    there, here = (THERE[0], HERE[0]), (THERE[1], HERE[1])
    after = [made(number, there, 7200.0) for number in range(MEMORY)]
    after += [made(number, here, 7200.0, link=BACK) for number in range(MEMORY)]
    headings = usual([*both_ways(3 * MEMORY), *after], 4 * 3600.0)
    assert headings.allowance(LINK, there) > WIDTH
    assert headings.allowance(LINK, THERE) < -WIDTH


def test_the_last_matches_teach_in_whatever_order_they_were_told() -> None:
    before, after = both_ways(MEMORY), [made(number, ("left", "away"), 7200.0) for number in range(MEMORY)]
    one, other = usual([*before, *after], 4 * 3600.0), usual([*after, *before], 4 * 3600.0)
    for pair in (THERE, HERE, ("left", "away")):
        assert one.allowance(LINK, pair) == other.allowance(LINK, pair)


def test_a_quiet_link_keeps_what_a_busy_one_beside_it_rides_over() -> None:
    busy = CameraLink("A", "C", TravelWindow(20, 200))
    quiet = [made(number) for number in range(20)]
    loud = [made(number, ("towards", "left"), 600.0, link=busy) for number in range(3 * MEMORY)]
    assert usual([*quiet, *loud], 4 * 3600.0).allowance(LINK, THERE) == pytest.approx(WIDTH * MOST)


def test_what_is_a_week_old_teaches_nothing() -> None:
    old = usual(both_ways(200), DAY_S)
    assert old.allowance(LINK, THERE) > WIDTH
    old.learn_until((DAYS + 2) * DAY_S)
    assert old.allowance(LINK, THERE) == 0.0


def new_site(**changes: object) -> Site:
    """A site that knows nothing yet."""
    return Site(TOWN, SETTINGS.model_copy(update=changes), THRESHOLD)


def riders(seed: int, start: float, count: int) -> list[Sighting]:
    """Riders both ways, a third of whom one camera sees alone; some strangers look nearly alike."""
    dice, found = np.random.default_rng(seed), []
    for number in range(count):
        there, look = dice.random() < 0.5, dice.normal(size=6)
        name, headings = ("AB", THERE) if there else ("BA", HERE)
        enter = start + 12.0 * number
        for camera, heading, at in zip(name, headings, (enter, enter + dice.uniform(50, 80)), strict=True):
            view = look / np.linalg.norm(look) + dice.normal(size=6) * 0.18
            if dice.random() < 0.8:
                one = seen(f"{camera}{seed}-{number}", at)
                unit = (view / np.linalg.norm(view)).astype(np.float32)
                found.append(replace(one, direction=heading, embedding=unit))
    return found


def score(journeys: Sequence[Journey]) -> tuple[int, int]:
    """Links that are right, and those that are not."""
    pairs = [[one.sighting_id[1:] for one in journey.sightings] for journey in journeys]
    links = [one == other for pair in pairs for one, other in pairwise(pair)]
    return links.count(True), links.count(False)


def test_learnt_headings_make_more_links_right_and_fewer_wrong() -> None:
    right, wrong = score(new_site(learn_headings=False).run(riders(1, 0.0, 400)))
    more, fewer = score(taught().run(riders(1, DAY_S, 400)))
    assert more > 1.05 * right
    assert fewer < 0.8 * wrong


def heading(key: str, at: float, angle_deg: float, direction: str) -> Sighting:
    """A sighting of the next day, in 6 dimensions as those of `riders`."""
    one = seen(key, DAY_S + at, angle_deg)
    assert one.embedding is not None
    return replace(one, direction=direction, embedding=np.append(one.embedding, np.zeros(4, np.float32)))


def taught() -> Site:
    """A site after its first day."""
    site = new_site()
    site.run(riders(2, 0.0, 400))
    return site


def test_who_looks_alike_enough_is_linked_whatever_the_heading() -> None:
    alike = [heading("A1", 0, 0, "left"), heading("B1", 60, 25, "away")]
    assert routes(taught().run(alike)) == ["A1>B1"]
    hardly = [heading("A1", 0, 0, "left"), heading("B1", 60, 42, "away")]
    assert routes(taught().run(hardly)) == ["A1", "B1"]
    assert routes(new_site().run(hardly)) == ["A1>B1"], "before anything was learnt"


def test_a_threshold_that_is_given_is_kept() -> None:
    assert any(one.distance >= THRESHOLD for one in taught().matches)
    site = new_site(threshold=THRESHOLD)
    site.run(riders(2, 0.0, 400))
    assert all(one.distance < THRESHOLD for one in site.matches)


def test_the_probability_of_a_match_knows_the_headings() -> None:
    site = taught()
    site.run([heading("A1", 0, 0, "right"), heading("B1", 60, 45, "away")])
    match = site.matches[-1]
    assert match.probability is not None
    odds = math.log(match.probability / (1 - match.probability))
    by_looks = (CURVE.midpoint - match.distance) / WIDTH
    # A little less than the whole: some of the links that taught are wrong.
    assert by_looks + 0.7 * math.log(4) < odds < by_looks + math.log(4)


class Asking:
    """Takes down the limit of each pair."""

    def __init__(self) -> None:
        self.limits: dict[tuple[str, str], float] = {}

    def compared(self, pairs: Comparisons) -> None:
        ends = zip(pairs.departures, pairs.arrivals, strict=True)
        self.limits |= dict(zip(ends, pairs.limits.tolist(), strict=True))

    def outpaced(self, lost: Outpaced) -> None:
        """Nobody is here."""


def test_whoever_asks_is_told_the_limit_of_each_pair() -> None:
    told = Asking()
    matcher = EventTimeMatcher(TOWN, SETTINGS, THRESHOLD, told, taught().history)
    three = ("A1", 0, 0, "right"), ("A2", 5, 40, "left"), ("B1", 60, 0, "away")
    matcher.add(heading(*one) for one in three)
    matcher.finish()
    assert THRESHOLD + 0.7 * WIDTH * math.log(4) < told.limits["A1", "B1"] < THRESHOLD + WIDTH * math.log(4)
    assert told.limits["A2", "B1"] < THRESHOLD - WIDTH


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), stops=st.lists(st.floats(0, 2500), max_size=5))
def test_a_run_that_is_killed_learns_as_one_that_is_not(seed: int, stops: list[float]) -> None:
    street = riders(seed, 0.0, 180)
    assert routes(new_site().run(street, stops)) == routes(new_site().run(street))


def test_the_next_night_goes_on_with_what_was_learnt() -> None:
    first, second = riders(1, 0.0, 200), riders(2, DAY_S, 150)
    together = new_site().run([*first, *second])
    nights = new_site()
    last_night, this_night = nights.run(first), nights.run(second)
    assert routes([*last_night, *this_night]) == routes(together)
    assert routes(this_night) != routes(new_site().run(second)), "alone it would know nothing at first"
