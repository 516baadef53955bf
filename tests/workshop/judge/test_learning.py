"""What the judge of the package was learnt on, and how right it is."""

import csv
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tracking.errors import UsageError
from tracking.riders import read_judge
from tracking.riders.expected import ExpectedCount
from tracking.riders.learnt import PACKAGED
from workshop.judge.card import card_of, measured, write_judge
from workshop.judge.clips import real_clips
from workshop.judge.learn import FEATURES, Learnt, learn, quality_of
from workshop.judge.table import Row, marked_riders, read_table, write_table


@cache
def table() -> tuple[Row, ...]:
    return tuple(read_table())


def held() -> list[Row]:
    return [one for one in table() if one.source == "held"]


@cache
def learnt() -> Learnt:
    return learn([one for one in table() if one.source != "held"])


def test_the_packaged_judge_is_what_the_packaged_table_teaches() -> None:
    packaged, again = read_judge(PACKAGED), learnt()
    for mine, shipped in ((again.seeing, packaged.seeing), (again.blind, packaged.blind)):
        assert mine.intercept == pytest.approx(shipped.intercept, rel=1e-3)
        for name in FEATURES:
            assert getattr(mine.weights, name) == pytest.approx(getattr(shipped.weights, name), rel=1e-3)


def test_the_card_tells_what_is_measured_again() -> None:
    again = {one.measure: one.value for one in measured(learnt(), table())}
    told = {one.measure: one.value for one in read_judge(PACKAGED).quality}
    assert again == pytest.approx(told, abs=2e-3)


def test_no_measurement_speaks_against_its_own_sense() -> None:
    models = learnt().seeing, learnt().blind
    assert all(getattr(model.weights, name) >= 0 for model in models for name in FEATURES)
    assert models[0].weights.glance > 0
    assert models[1].weights.glance == 0


def test_probabilities_hold_on_simulated_streets_that_were_held_back() -> None:
    rows = [one for one in held() if one.kind not in ("again", "mixed")]
    likely = learnt().probabilities(rows)
    riders = sum(one.rides for one in rows)
    count = ExpectedCount.of(likely)
    # Errors come in bursts, camera by camera: twice the interval of independent ones.
    assert abs(riders - count.mean) <= count.high - count.low, (riders, count)
    order = np.argsort(likely)
    for part in np.array_split(order, 4):
        promised, rode = likely[part].mean(), np.mean([rows[one].rides for one in part])
        assert rode == pytest.approx(promised, abs=0.15)


def test_it_is_no_less_right_than_the_limits() -> None:
    rows = held()
    ours = quality_of(rows, learnt().probabilities(rows))
    by_limits = quality_of(rows, np.array([float(one.limits) for one in rows]))
    assert ours.wrong <= by_limits.wrong
    assert ours.brier < by_limits.brier
    told = {one.measure: one.value for one in read_judge(PACKAGED).quality}
    assert told["sum of count errors, leaving one clip out"] <= told["sum of count errors, by limits"]


def test_every_rider_of_the_clips_is_marked_and_found() -> None:
    riders = {clip.name: clip.cyclists for clip in real_clips()}
    assert {clip: len(marked) for clip, marked in marked_riders().items()} == {
        clip: number for clip, number in riders.items() if number
    }
    rows = Counter(one.group for one in table() if one.source == "clip" and one.rides)
    assert rows == Counter(riders) - Counter()


def test_clear_made_up_riders_are_learnt(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    rows = []
    for number in range(300):
        rides = number % 2 == 0
        clear = max(0.01, float(dice.normal(0.6 if rides else 0.2, 0.1)))
        width = max(0.2, float(dice.normal(0.8 if rides else 0.5, 0.1)))
        kind, speed = ("cyclist", 1.5) if rides else ("pedestrian", 0.7)
        looked = None if number % 5 == 0 else float(dice.normal(2.0 if rides else -2.0, 1.0))
        rows.append(Row("learn", f"c{number % 7}", kind, 0, 3.0, clear, speed, 3.0, 1.1, width, looked))
    write_table(rows, tmp_path / "table.csv")
    again = read_table(tmp_path / "table.csv")
    assert quality_of(again, learn(again).probabilities(again)).wrong <= 6
    write_judge(card_of(learn(again), again), tmp_path / "judge.json")
    judge = read_judge(tmp_path / "judge.json")
    assert min(judge.seeing.weights.clear, judge.seeing.weights.glance, judge.blind.weights.clear) > 0


def test_motor_vehicles_among_clear_boxes_are_learnt_from_looks() -> None:
    dice = np.random.default_rng(2)
    rows = []
    for number in range(200):
        kind = ("cyclist", "scooter", "pedestrian")[number % 3]
        clear = max(0.01, float(dice.normal(0.2 if kind == "pedestrian" else 0.6, 0.1)))
        not_motor = float(dice.normal(-2.0 if kind == "scooter" else 2.0, 1.0))
        # Against all else together a rider is no surer than a scooter: half of them look like walkers too.
        odds = float(dice.normal(-0.5, 1.0))
        rows.append(Row("learn", "c", kind, 0, 3.0, clear, 1.5, 3.0, 1.1, 0.8, odds, not_motor))
    blindly = [replace(one, not_motor=None) for one in rows]
    wrong = [quality_of(those, learn(those).probabilities(those)).wrong for those in (rows, blindly)]
    assert wrong[0] <= 15
    assert wrong[1] >= 40


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([["source", "kind"], ["learn", "cyclist"]])
    with pytest.raises(UsageError, match="is no table of passages"):
        read_table(file)
