import itertools
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from simulation import Scenario, create_world, load_scenario
from simulation.network import build_network
from simulation.streams import Purpose, stream
from simulation.world import Kind, Visit, World

START = datetime(2024, 5, 14, 6, 0, tzinfo=UTC)


def world(scenario: str = "calm", seed: int = 5, cameras: int = 5, **changes: object) -> World:
    settings: Scenario = load_scenario(scenario)
    groups = {name: getattr(settings, name).model_copy(update=value) for name, value in changes.items()}
    settings = settings.model_copy(update=groups)
    return create_world(settings, cameras=cameras, duration_s=3600, start=START, seed=seed)


def rides(made: World) -> dict[int, list[Visit]]:
    found = defaultdict(list)
    for visit in sorted(made.visits, key=lambda v: v.time_s):
        if visit.actor.kind is Kind.CYCLIST:
            found[visit.actor.identity].append(visit)
    return dict(found)


def test_same_seed_same_world_and_another_seed_another() -> None:
    assert world(seed=1).visits == world(seed=1).visits
    assert world(seed=1).visits != world(seed=2).visits


def test_on_another_day_others_ride_in_the_same_streets() -> None:
    def on(day: int) -> World:
        return create_world(load_scenario("groups"), cameras=3, duration_s=1800, start=START, seed=5, day=day)

    first, second, third = on(0), on(1), on(2)
    for other in (second, third):
        assert first.network.names == other.network.names
        lengths = [[street.distance_m for street in made.network.streets] for made in (first, other)]
        assert lengths[0] == lengths[1]
    assert first.seed == second.seed, "of which the cameras hang, and what they see when nobody passes"
    everybody = [set(rides(made)) for made in (first, second, third)]
    assert all(everybody)
    assert not everybody[0] & everybody[1]
    assert not everybody[1] & everybody[2]
    times = [[visits[0].time_s for visits in rides(made).values()] for made in (first, second, third)]
    assert times[0] != times[1] != times[2]
    assert on(1).visits == second.visits


def test_more_traffic_leaves_the_riders_as_they_were() -> None:
    calm, busy = world(), world(traffic={"cars_per_hour": 500.0, "furniture": 4})
    assert rides(calm) == rides(busy)


def test_demand_is_the_number_of_riders_per_hour() -> None:
    made = world(demand={"riders_per_hour": 900.0})
    entered = sum(visits[0].time_s >= 0 for visits in rides(made).values())
    assert 800 < entered < 1000, f"{entered} riders entered in an hour of 900"


@pytest.mark.parametrize("share", [0.0, 0.25, 0.6])
def test_share_of_riders_seen_once_is_as_asked(share: float) -> None:
    made = world(demand={"riders_per_hour": 1500.0, "seen_once_share": share, "leave_share": 0.0})
    once = Counter(len(visits) == 1 for visits in rides(made).values())
    assert abs(once[True] / once.total() - share) < 0.04, f"{once}"


def test_some_riders_pass_every_camera_of_the_main_street() -> None:
    names = Counter(len(visits) for visits in rides(world(demand={"riders_per_hour": 900.0})).values())
    assert names[4] > 0, f"cameras per rider: {names}"


def test_nobody_is_faster_than_a_bicycle() -> None:
    made = world(demand={"riders_per_hour": 600.0, "group_share": 0.0})
    network = made.network
    shortest = {frozenset(s.cameras): s.distance_m for s in reversed(network.streets)}
    for visits in rides(made).values():
        for a, b in itertools.pairwise(visits):
            speed = 3.6 * shortest[frozenset((a.camera, b.camera))] / (b.time_s - a.time_s)
            assert 0 < speed <= 36.01, f"rider {a.actor.identity} rode {speed:.1f} km/h"


def test_riders_leave_a_camera_at_the_other_end_of_its_street() -> None:
    made = world(demand={"riders_per_hour": 600.0, "turn_back_share": 0.0})
    for visits in rides(made).values():
        for a, b in itertools.pairwise(visits):
            out = (a.heading + 1) // 2
            arrivals = {(camera, end) for _, camera, end in made.network.onward(a.camera, out)}
            assert (b.camera, (1 - b.heading) // 2) in arrivals


def test_who_turns_back_begins_a_new_journey_at_the_same_camera() -> None:
    made = world(demand={"riders_per_hour": 600.0, "turn_back_share": 0.5, "leave_share": 0.1})
    turned = 0
    for visits in rides(made).values():
        for a, b in itertools.pairwise(visits):
            assert (a.camera == b.camera) == (a.journey != b.journey)
            turned += a.camera == b.camera
    assert turned > 50


def test_groups_ride_together() -> None:
    made = world("groups")
    times = sorted(visits[0].time_s for visits in rides(made).values())
    close = sum(b - a < 1.5 for a, b in itertools.pairwise(times)) / len(times)
    assert close > 0.4, f"only {close:.0%} have company"


def test_daily_curve_has_a_morning_peak() -> None:
    settings = load_scenario("city_day")
    quiet = settings.demand.model_copy(update={"riders_per_hour": 150.0})
    settings = settings.model_copy(update={"demand": quiet})
    made = create_world(settings, cameras=3, duration_s=86400, start=START.replace(hour=0), seed=1)
    hours = Counter(int(visits[0].time_s // 3600) for visits in rides(made).values())
    assert hours[8] > 10 * max(hours[3], 1), f"{hours[3]} riders at 3, {hours[8]} at 8"


@pytest.mark.parametrize("cameras", [1, 2, 3, 5, 12, 20])
def test_every_camera_is_joined_to_the_network(cameras: int) -> None:
    network = build_network(cameras, stream(1, Purpose.NETWORK))
    assert len(set(network.names)) == cameras == len(network.locations)
    reached = {0}
    for _ in range(cameras):
        reached |= {c for s in network.streets if reached & set(s.cameras) for c in s.cameras}
    assert reached == set(range(cameras))
    assert all(60 < street.distance_m < 900 for street in network.streets)
