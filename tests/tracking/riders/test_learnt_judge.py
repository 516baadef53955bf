"""The judge that was learnt: a probability that every measurement can only push one way."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.riders.scenes import Actor, cyclists, judged, pedestrian, rider, thing, told
from tests.tracking.riders.scenes import Path as Way
from tracking.errors import WeightsError
from tracking.riders import Glance, LearntJudge, Measurements, Reason, RiderSettings, Verdict, read_judge
from tracking.riders.classifier import Kind
from tracking.riders.expected import ExpectedCount
from tracking.riders.learnt import PACKAGED, opinion_of
from tracking.riders.motion import Motion
from tracking.values import ObjectClass

LIMITS = RiderSettings.model_validate({"judge": {"by": "limits"}})
LEARNT = RiderSettings.model_validate({"judge": {"by": "learnt"}})
JUDGE = read_judge(PACKAGED)
CYCLIST, PEDESTRIAN = ObjectClass.CYCLIST, ObjectClass.PEDESTRIAN


def measured(clear: float, speed: float, aspect: float, displacement: float) -> Measurements:
    motion = Motion(displacement, 1.0, speed)
    return Measurements(3.0, motion, clear, clear, 0.2, 0.0, 0.0, 0.0, float("inf"), 1.0, 0.0, aspect)


def whole(score: float, speed: float, width: float, on_foot: float = 0.0, end: float = 6.0) -> Actor:
    """Somebody whom a detector of whole cyclists sees, with a score as a pedestrian beside it."""
    kinds = [(CYCLIST, score), *([(PEDESTRIAN, on_foot)] if on_foot else [])]
    return thing(Way(speed=speed, end=end), *kinds, width=width, tall=1.0)


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=2).map(sorted),
    st.lists(st.floats(0.01, 8), min_size=2, max_size=2).map(sorted),
    st.lists(st.floats(0.1, 3), min_size=2, max_size=2).map(sorted),
    st.lists(st.floats(0.1, 40), min_size=2, max_size=2).map(sorted),
    st.none() | st.lists(st.floats(-6, 6), min_size=2, max_size=2).map(sorted),
    st.lists(st.floats(-6, 6), min_size=2, max_size=2).map(sorted),
)
def test_more_evidence_never_makes_a_cyclist_less_likely(
    clear: list[float],
    speed: list[float],
    aspect: list[float],
    way: list[float],
    odds: list[float] | None,
    not_motor: list[float],
) -> None:
    looks = [None if odds is None else Glance(odds[number], "other", not_motor[number]) for number in (0, 1)]
    less = opinion_of(measured(clear[0], speed[0], aspect[0], way[0]), JUDGE, looks[0])
    more = opinion_of(measured(clear[1], speed[1], aspect[1], way[1]), JUDGE, looks[1])
    assert more.probability >= less.probability


@pytest.mark.parametrize(
    ("odds", "otherwise", "reason"),
    [
        (3.0, "other", Reason.CYCLIST),
        (-6.0, "motor", Reason.MOTOR_VEHICLE),
        (-6.0, "on_foot", Reason.NO_BICYCLE),
        (-6.0, "other", Reason.NO_BICYCLE),
    ],
)
def test_what_the_crops_show_decides_where_the_boxes_leave_doubt(
    odds: float, otherwise: Kind, reason: Reason
) -> None:
    verdict = look_alike(Glance(odds, otherwise, odds if otherwise == "motor" else 6.0))
    assert verdict.reason is reason, verdict


def test_without_crops_the_boxes_alone_decide() -> None:
    found = measured(0.36, 1.4, 0.6, 4.0)
    assert opinion_of(found, JUDGE) == opinion_of(found, JUDGE, None)
    assert (
        opinion_of(found, JUDGE).probability
        != opinion_of(found, JUDGE, Glance(0.0, "other", 6.0)).probability
    )


def test_a_track_that_shows_a_walker_for_most_of_its_way_is_judged_by_its_clearest_quarter() -> None:
    faint, clear = whole(0.12, 1.3, 0.6, on_foot=0.5), whole(0.6, 1.3, 0.6, on_foot=0.5)
    (walked,) = judged(faint, settings=LEARNT)
    (rode,) = judged(lambda time: (clear if time >= 4.0 else faint)(time), settings=LEARNT)
    assert (walked.verdict.is_cyclist, rode.verdict.is_cyclist) == (False, True)
    assert walked.verdict.measurements.clear == pytest.approx(0.12)
    assert rode.verdict.measurements.clear == pytest.approx(0.6)


def test_a_scooter_that_boxes_take_for_a_cyclist_is_told_by_what_its_crops_show() -> None:
    """As of a real clip, where a motor scooter gets the boxes and scores of a clear rider."""
    found = measured(clear=0.434, speed=2.55, aspect=1.24, displacement=7.8)
    scooter = opinion_of(found, JUDGE, Glance(-1.7, "motor", -1.6))
    assert scooter.probability < 0.5
    assert scooter.against is Reason.MOTOR_VEHICLE
    assert opinion_of(found, JUDGE, Glance(-1.7, "on_foot", 1.6)).probability > 0.5


def test_looking_like_no_motor_vehicle_says_nothing_of_a_bicycle() -> None:
    found = measured(0.2, 0.6, 0.42, 3.0)
    same = {opinion_of(found, JUDGE, Glance(-1.0, "on_foot", sure)).probability for sure in (0.0, 2.0, 6.0)}
    assert len(same) == 1


def test_nobody_looks_at_crops_of_what_nobody_rides() -> None:
    asked: list[Sequence[int]] = []

    def look(members: Sequence[int]) -> Glance:
        asked.append(tuple(members))
        return Glance(6.0, "other", 6.0)

    standing, riding = whole(0.8, 0.0, 0.9), whole(0.5, 2.0, 0.8)
    assert [one.verdict.reason for one in judged(standing, settings=LEARNT, look=look)] == [
        Reason.DID_NOT_MOVE
    ]
    assert asked == []
    (passage,) = judged(riding, settings=LEARNT, look=look)
    assert asked == [passage.members]
    judged(riding, settings=LIMITS, look=look)
    assert len(asked) == 1, "the limits need no look"


def look_alike(glance: Glance) -> Verdict:
    """A passage that the boxes leave in doubt."""
    (passage,) = judged(whole(0.37, 1.3, 0.6), settings=LEARNT, look=lambda members: glance)
    return passage.verdict


@pytest.mark.parametrize(
    ("name", "scene", "expected"),
    [
        ("a rider from the side", [whole(0.7, 2.2, 0.9)], 1),
        ("a slow rider from the side", [whole(0.7, 0.7, 0.9)], 1),
        ("a faint rider, wide and fast", [whole(0.36, 2.5, 0.9)], 1),
        ("a pedestrian", [whole(0.15, 0.7, 0.4, on_foot=0.6)], 0),
        ("a crowd of pedestrians", [whole(0.2, 0.6, 0.42, on_foot=0.5, end=2.0 + n) for n in range(4)], 0),
        ("somebody who stands", [whole(0.8, 0.0, 0.9)], 0),
        ("a part of a car", [whole(0.7, 10.0, 0.9)], 0),
    ],
)
def test_scenes_of_a_detector_of_whole_cyclists(name: str, scene: list[Actor], expected: int) -> None:
    passages = judged(*scene, settings=LEARNT, fps=20.0)
    assert cyclists(passages) == expected, f"{name}:\n{told(passages)}"


@pytest.mark.parametrize("score", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
def test_counted_is_who_is_more_likely_a_cyclist_than_not(score: float) -> None:
    for speed in (0.5, 1.0, 2.0):
        (passage,) = judged(whole(score, speed, 0.6, on_foot=0.55), settings=LEARNT)
        verdict = passage.verdict
        assert verdict.is_cyclist == (verdict.probability > 0.5), verdict
        assert verdict.confidence == pytest.approx(max(verdict.probability, 1 - verdict.probability))
        assert verdict.margin == pytest.approx(
            np.clip(np.log2(verdict.probability / (1 - verdict.probability)), -6, 6)
        )


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (whole(0.2, 0.7, 0.4, on_foot=0.6), Reason.ON_FOOT),
        (whole(0.36, 0.5, 0.4, on_foot=0.3), Reason.NO_BICYCLE),
        (whole(0.8, 0.0, 0.9), Reason.DID_NOT_MOVE),
        (whole(0.8, 2.0, 0.9, end=0.4), Reason.TOO_SHORT),
        (whole(0.7, 10.0, 1.4), Reason.MOTOR_VEHICLE),
    ],
)
def test_who_is_not_counted_is_told_why(scene: Actor, reason: Reason) -> None:
    passages = judged(scene, settings=LEARNT, fps=25.0)
    assert [passage.verdict.reason for passage in passages] == [reason], told(passages)


def test_persons_and_bicycles_apart_are_judged_by_limits() -> None:
    scenes = ([rider(Way(speed=2.5))], [pedestrian(Way(speed=0.7))], [rider(Way(speed=0.75))])
    for scene in scenes:
        by_limits, learnt = judged(*scene), judged(*scene, settings=LEARNT)
        assert [one.verdict for one in learnt] == [one.verdict for one in by_limits]


def test_what_only_moves_and_who_counts_without_a_bicycle_are_judged_by_limits() -> None:
    moving = thing(Way(speed=2.5), (ObjectClass.MOVING, 0.5), tall=1.0)
    assert cyclists(judged(moving, settings=LEARNT)) == 1
    everybody = RiderSettings.model_validate({"policy": "person_in_roi", "judge": {"by": "learnt"}})
    assert cyclists(judged(pedestrian(Way(speed=0.75)), settings=everybody)) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weights": {"cleer": 1.0}}, "seeing.weights.cleer: is unknown"),
        ({"weights": {"speed": -1.0}}, "seeing.weights.speed: Input should be greater than or equal to 0"),
        ({"intercept": None}, "seeing.intercept: Input should be a valid number"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, change: dict[str, object], sentence: str) -> None:
    right = json.loads(PACKAGED.read_text("utf-8"))
    for key, value in change.items():
        own = right["seeing"]
        own[key] = {**own[key], **value} if isinstance(value, dict) else value
    file = tmp_path / "judge.json"
    file.write_text(json.dumps(right))
    with pytest.raises(WeightsError) as told_error:
        read_judge(file)
    assert f"{file}: {sentence}" in str(told_error.value)


def test_another_judge_decides_otherwise() -> None:
    strict = replace_intercept(-50.0)
    found = measured(0.9, 2.0, 0.9, 6.0)
    assert opinion_of(found, JUDGE).probability > 0.5 > opinion_of(found, strict).probability


def replace_intercept(value: float) -> LearntJudge:
    return JUDGE.model_copy(update={"blind": JUDGE.blind.model_copy(update={"intercept": value})})


@pytest.mark.parametrize("seed", range(3))
def test_the_expected_number_and_its_interval_hold_what_comes(seed: int) -> None:
    dice = np.random.default_rng(seed)
    shares = dice.beta(0.4, 0.6, 60)
    told_count = ExpectedCount.of(shares)
    drawn = (dice.random((4000, 60)) < shares).sum(axis=1)
    assert drawn.mean() == pytest.approx(told_count.mean, abs=0.15)
    inside = ((drawn >= told_count.low) & (drawn <= told_count.high)).mean()
    assert 0.945 <= inside <= 0.99, (told_count, inside)
    assert ExpectedCount.of([]) == ExpectedCount(0.0, 0, 0)
