"""Whole scenes through association, tracker and judge."""

import pytest

from tests.tracking.riders.scenes import (
    Actor,
    Path,
    cyclists,
    judged,
    pedestrian,
    pusher,
    rider,
    thing,
    together,
    told,
)
from tracking.riders import Reason, RiderSettings
from tracking.values import ObjectClass

RACK = together(*(thing(Path(x=x, end=12), (ObjectClass.BICYCLE, 0.5)) for x in range(150, 700, 55)))
WALK, RIDE = 0.75, 2.5


@pytest.mark.parametrize(
    ("name", "scene", "expected"),
    [
        ("a rider", [rider(Path(speed=RIDE))], 1),
        ("a rider to the left", [rider(Path(x=1200, speed=-RIDE))], 1),
        ("a slow rider", [rider(Path(speed=WALK))], 1),
        ("a rider whose bicycle shows now and then", [rider(Path(speed=RIDE), bicycle_every=8)], 1),
        ("a rider whose person shows now and then", [rider(Path(speed=RIDE), person_every=5)], 1),
        ("a rider of whom only the bicycle is seen", [rider(Path(speed=RIDE), person_every=0)], 1),
        ("a cyclist in one box", [thing(Path(speed=RIDE), (ObjectClass.CYCLIST, 0.6), tall=1.0)], 1),
        ("something upright that moves", [thing(Path(speed=RIDE), (ObjectClass.MOVING, 0.5), tall=1.0)], 1),
        ("a pedestrian", [pedestrian(Path(speed=WALK))], 0),
        ("a runner or skateboarder", [pedestrian(Path(speed=1.7))], 0),
        ("a parked bicycle", [thing(Path(end=12), (ObjectClass.BICYCLE, 0.6))], 0),
        ("a rider who stands astride", [rider(Path(end=12))], 0),
        ("a pushed bicycle", [pusher(Path(speed=WALK, end=10))], 0),
        ("a bicycle rolling at walking pace with nobody on it", [rider(Path(speed=0.6), person_every=0)], 0),
        ("a pedestrian along a rack of bicycles", [pedestrian(Path(speed=WALK, end=11)), RACK], 0),
        ("a rider along a rack of bicycles", [rider(Path(speed=RIDE, end=5)), RACK], 1),
        ("two riders abreast", [rider(Path(speed=RIDE)), rider(Path(speed=RIDE, x=110, y=345))], 2),
        ("riders who meet", [rider(Path(speed=RIDE)), rider(Path(x=1000, y=310, speed=-RIDE))], 2),
        ("three riders in a line", [rider(Path(speed=RIDE, start=s, end=s + 5)) for s in (0, 1.0, 2.0)], 3),
        ("a rider behind a van", [rider(Path(speed=RIDE, end=8, hidden=(2.0, 4.2)))], 1),
        (
            "a rider who stops and goes on",
            [rider(Path(speed=0, end=4)), rider(Path(speed=1.8, start=4.1))],
            1,
        ),
        (
            "a rider who overtakes a pedestrian",
            [pedestrian(Path(x=300, speed=WALK, end=11)), rider(Path(speed=1.6, y=305, end=8))],
            1,
        ),
    ],
)
def test_scene_has_its_number_of_cyclists(name: str, scene: list[Actor], expected: int) -> None:
    passages = judged(*scene)
    assert cyclists(passages) == expected, f"{name}:\n{told(passages)}"


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        ([pedestrian(Path(speed=WALK))], Reason.NO_BICYCLE),
        ([pedestrian(Path(speed=1.7))], Reason.NO_BICYCLE),
        ([rider(Path(end=12))], Reason.DID_NOT_MOVE),
        ([thing(Path(end=12), (ObjectClass.BICYCLE, 0.6))], Reason.DID_NOT_MOVE),
        ([pusher(Path(speed=WALK, end=10))], Reason.PUSHED),
        ([rider(Path(speed=0.6), person_every=0)], Reason.NO_RIDER),
    ],
)
def test_what_is_no_cyclist_is_told_why(scene: list[Actor], reason: Reason) -> None:
    passages = judged(*scene)
    assert [passage.verdict.reason for passage in passages] == [reason], told(passages)


def test_motor_scooter_is_not_a_cyclist_although_it_is_taken_for_a_bicycle_now_and_then() -> None:
    scooter = thing(Path(speed=3), (ObjectClass.MOTORCYCLE, 0.6), (ObjectClass.BICYCLE, 0.12))
    passages = judged(together(scooter, rider(Path(speed=3), bicycle_every=0)))
    assert [passage.verdict.reason for passage in passages] == [Reason.MOTOR_VEHICLE], told(passages)


@pytest.mark.parametrize(("speed", "counted"), [(7.0, 1), (10.0, 0)])
def test_nobody_rides_as_fast_as_a_car(speed: float, counted: int) -> None:
    whole = thing(Path(speed=speed), (ObjectClass.CYCLIST, 0.6), width=1.4, tall=1.0)
    passages = judged(whole, fps=25.0)
    assert cyclists(passages) == counted, told(passages)
    if not counted:
        assert [passage.verdict.reason for passage in passages] == [Reason.MOTOR_VEHICLE], told(passages)


def test_bicycle_that_is_taken_for_a_motorcycle_now_and_then_is_a_cyclist() -> None:
    wheels = thing(Path(speed=RIDE), (ObjectClass.MOTORCYCLE, 0.3), (ObjectClass.BICYCLE, 0.3))
    passages = judged(together(wheels, rider(Path(speed=RIDE), bicycle_every=0)))
    assert cyclists(passages) == 1, told(passages)


def test_person_in_roi_counts_who_passes_but_not_who_stands_or_sits_in_a_car() -> None:
    settings = RiderSettings(policy="person_in_roi")
    car = thing(Path(y=310, speed=RIDE), (ObjectClass.CAR, 0.8), width=4.0, tall=1.5)
    occupant = thing(Path(y=290, speed=RIDE), (ObjectClass.PERSON, 0.4), width=0.4, tall=0.7)
    for expected, scene in (
        (1, [pedestrian(Path(speed=WALK))]),
        (1, [rider(Path(speed=RIDE), bicycle_every=0)]),
        (0, [pedestrian(Path(end=12))]),
        (0, [car, occupant]),
    ):
        passages = judged(*scene, settings=settings)
        assert cyclists(passages) == expected, told(passages)


def test_rider_lost_behind_a_van_is_one_tracklet_over_both_pieces() -> None:
    passages = judged(rider(Path(speed=RIDE, end=8, hidden=(2.0, 4.2))))
    (counted,) = [passage for passage in passages if passage.verdict.is_cyclist]
    assert len(counted.members) == 2, told(passages)
    assert counted.tracklet.times[0] == pytest.approx(0.0, abs=0.2)
    assert counted.tracklet.times[-1] == pytest.approx(8.0, abs=0.2)


def test_far_coming_straight_on_counts_by_its_growth() -> None:
    def approaching(time: float) -> list[tuple[float, float, float, float, float, int]]:
        height = 60 * 2.6 ** (time / 4)
        if time > 4:
            return []
        return [
            (400 - 0.2 * height, 200, 400 + 0.2 * height, 200 + 0.8 * height, 0.6, ObjectClass.PERSON),
            (
                400 - 0.15 * height,
                200 + 0.4 * height,
                400 + 0.15 * height,
                200 + height,
                0.5,
                ObjectClass.BICYCLE,
            ),
        ]

    passages = judged(approaching)
    assert cyclists(passages) == 1, told(passages)


def test_decisions_do_not_depend_on_frame_rate() -> None:
    for fps in (5.0, 10.0, 25.0):
        passages = judged(rider(Path(speed=RIDE)), pedestrian(Path(x=900, y=200, speed=WALK)), fps=fps)
        assert cyclists(passages) == 1, f"{fps} frames per second:\n{told(passages)}"
