"""Cargo bicycles, child seats, tandems, recumbents, e-scooters, mopeds: how they look, what they count as."""

import csv
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from simulation import Recording, create_world, load_scenario, simulate
from simulation.looks import draw_look
from simulation.motion import pose
from simulation.rides import mount
from simulation.settings import LookSettings, VehicleSettings
from simulation.streams import Purpose, stream
from simulation.world import CYCLISTS, FURNITURE, Actor, Kind, Visit, World

SHARES = {
    Kind.CARGO_BICYCLE: "cargo_share",
    Kind.CHILD_SEAT: "child_seat_share",
    Kind.TANDEM: "tandem_share",
    Kind.RECUMBENT: "recumbent_share",
}
TIMES = np.linspace(8.0, 12.0, 40)


def actor_of(kind: Kind, identity: int = 1) -> Actor:
    look = draw_look(LookSettings(), stream(identity, Purpose.RIDER))
    if kind not in SHARES:
        return Actor(identity, kind, look)
    vehicles = VehicleSettings.model_validate({SHARES[kind]: 1.0})
    scenario = load_scenario("calm").model_copy(update={"vehicles": vehicles})
    return mount(Actor(identity, Kind.CYCLIST, look), scenario, 1)


def world(seconds: float = 1800, cameras: int = 3, **traffic: float) -> World:
    settings = load_scenario("mixed_vehicles")
    settings = settings.model_copy(update={"traffic": settings.traffic.model_copy(update=traffic)})
    start = datetime(2024, 5, 14, 6, 0, tzinfo=UTC)
    return create_world(settings, cameras=cameras, duration_s=seconds, start=start, seed=5)


@pytest.mark.parametrize(
    ("kind", "length", "height"),
    [
        (Kind.CYCLIST, (1.5, 1.9), (1.6, 2.1)),
        (Kind.CARGO_BICYCLE, (1.9, 2.8), (1.6, 2.1)),
        (Kind.CHILD_SEAT, (1.5, 1.9), (1.6, 2.1)),
        (Kind.TANDEM, (2.3, 2.7), (1.6, 2.1)),
        (Kind.RECUMBENT, (1.7, 2.1), (1.1, 1.4)),
        (Kind.E_SCOOTER, (0.8, 1.2), (1.6, 2.1)),
        (Kind.MOPED, (1.5, 2.0), (1.4, 1.8)),
    ],
)
def test_vehicle_is_as_long_and_high_as_such_a_vehicle(
    kind: Kind, length: tuple[float, float], height: tuple[float, float]
) -> None:
    for identity in range(1, 6):
        nodes = pose(Visit(actor_of(kind, identity), 0, 10.0, 1, 0.5, 5.0), TIMES).nodes
        long, high = float(np.ptp(nodes[..., 0], axis=1).max()), float(nodes[..., 2].max())
        assert length[0] <= long <= length[1], f"{kind.value} {identity}: {long:.2f} m long"
        assert height[0] <= high <= height[1], f"{kind.value} {identity}: {high:.2f} m high"


@pytest.mark.parametrize("kind", [*CYCLISTS, Kind.E_SCOOTER, Kind.MOPED])
def test_legs_turn_on_cycles_and_nowhere_else(kind: Kind) -> None:
    nodes = pose(Visit(actor_of(kind), 0, 10.0, 1, 0.5, 5.0), np.asarray([10.0, 10.3])).nodes
    local = nodes - nodes[:, :1]
    moved = int((np.abs(local[0] - local[1]).max(axis=1) > 0.05).sum())
    assert moved >= 4 if kind in CYCLISTS else moved == 0, f"{moved} joints of a {kind.value} moved"


def test_a_tandem_carries_two_and_a_seat_a_child() -> None:
    assert len(actor_of(Kind.TANDEM).company) == 1
    assert len(actor_of(Kind.CHILD_SEAT).company) == 1
    assert {len(actor_of(Kind.CARGO_BICYCLE, number).company) for number in range(1, 20)} == {0, 1, 2}


def test_shares_of_vehicles_are_as_asked_and_the_same_at_every_camera() -> None:
    kinds: dict[int, set[Actor]] = {}
    for visit in world().visits:
        if visit.actor.kind in CYCLISTS:
            kinds.setdefault(visit.actor.identity, set()).add(visit.actor)
    assert all(len(seen) == 1 for seen in kinds.values()), "a rider changed the vehicle on the way"
    found = Counter(actor.kind for seen in kinds.values() for actor in seen)
    shares = load_scenario("mixed_vehicles").vehicles
    for kind, name in SHARES.items():
        share, wanted = found[kind] / found.total(), getattr(shares, name)
        assert abs(share - wanted) < 0.06, f"{kind.value}: {share:.2f} instead of {wanted}"


def test_more_shares_than_riders_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"add up to 1\.1"):
        VehicleSettings.model_validate({"cargo_share": 0.6, "tandem_share": 0.5})


def test_vehicles_change_nothing_else_of_a_world() -> None:
    """Same seed, same ways: what riders ride, and e-scooters and mopeds, come from streams of their own."""
    mixed = load_scenario("mixed_vehicles")
    together = mixed.demand.model_copy(update={"group_share": 0.4})
    mixed = mixed.model_copy(update={"demand": together})
    none = mixed.traffic.model_copy(update={"e_scooters_per_hour": 0.0, "mopeds_per_hour": 0.0})
    plain = mixed.model_copy(update={"vehicles": VehicleSettings.model_validate({}), "traffic": none})
    start = datetime(2024, 5, 14, 6, 0, tzinfo=UTC)
    one, other = (
        create_world(each, cameras=2, duration_s=600, start=start, seed=5) for each in (mixed, plain)
    )
    added = (Kind.E_SCOOTER, Kind.MOPED)
    assert sum(visit.actor.kind in added for visit in one.visits) > 20

    def ways(made: World) -> list[tuple[object, ...]]:
        return sorted(
            (v.camera, v.time_s, v.heading, v.lateral_m, v.speed_ms, v.along_m)
            for v in made.visits
            if v.actor.kind not in added
        )

    assert ways(one) == ways(other)


def test_truth_counts_each_cycle_once_and_no_motor(tmp_path: Path) -> None:
    made = world(seconds=90, cameras=1)
    detections = made.scenario.adapted(detections_only=True)
    recording = Recording(
        World(detections, made.seed, made.start, 90, made.network, made.visits), (160, 96), 5
    )
    simulate(tmp_path, recording)
    with (tmp_path / "truth" / "classes.csv").open() as file:
        classes = {row["identity"]: (row["class"], int(row["mot_class"])) for row in csv.DictReader(file)}
    with (tmp_path / "truth" / "passages.csv").open() as file:
        passages = Counter(row["rider"] for row in csv.DictReader(file))
    lines = (tmp_path / "truth" / "boxes_A.txt").read_text().splitlines()
    seen = {classes[line.split(",")[1]][0] for line in lines}
    assert seen >= {kind.value for kind in (*CYCLISTS, Kind.E_SCOOTER, Kind.MOPED)}, seen
    assert set(passages.values()) == {1}
    counted = {classes[rider][0] for rider in passages}
    assert counted == {kind.value for kind in CYCLISTS}
    riders = {name for name, number in classes.values() if number == 2}
    assert riders == counted, "what the boxes call a rider is not what the passages count"
    assert not riders & {kind.value for kind in FURNITURE}


def test_worlds_of_before_stay_as_they_were() -> None:
    """Trainings, tables and the sample of `make run` are made of them; the number is from before kinds."""
    start = datetime(2024, 5, 14, 8, 0, tzinfo=UTC)
    made = create_world(load_scenario("rush_hour"), cameras=2, duration_s=120, start=start, seed=7)
    ways = [
        (v.actor.identity, v.actor.kind.value, v.camera, round(v.time_s, 3), round(v.lateral_m, 3), v.heading)
        for v in made.visits
    ]
    looks = [
        (v.actor.look.bicycle_kind, v.actor.look.bag_kind, round(v.actor.look.frame[0])) for v in made.visits
    ]
    assert zlib.crc32(repr((ways, looks)).encode()) == 1962823292
