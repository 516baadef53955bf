"""Whom a passage shows, and looks that are kept without pictures."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judge_looks import write_seen
from benchmarks.judge_settings import WorldSettings
from benchmarks.judge_streets import compressed, look_at_worlds
from pipeline.cameras import DetectorShelf
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.riders import Glance, JudgedPassage, PassageJudge, RiderSettings
from tracking.tracklets import TrackerSettings
from tracking.values import Detections, ObjectClass
from workshop.judge.passages import AGAIN, CYCLIST, NOTHING, Sighted, judge_seen, who_passed, who_was_sighted
from workshop.judge.seen import Look, Seen, Truth, read_folder

LOOKS = 40


def two_passers(gap: range = range(0)) -> Seen:
    """A cyclist in the upper lane, not reported for some looks, and a pedestrian below."""
    looks, frames, actors, boxes = [], [], [], []
    for number in range(LOOKS):
        rider = (20.0 + 14 * number, 60.0, 80.0 + 14 * number, 130.0)
        walker = (20.0 + 4 * number, 220.0, 46.0 + 4 * number, 290.0)
        reported = [walker] if number in gap else [walker, rider]
        kinds = [ObjectClass.PEDESTRIAN, ObjectClass.CYCLIST][: len(reported)]
        found = Detections(
            np.array(reported, np.float32), np.full(len(reported), 0.8, np.float32), np.array(kinds, np.int64)
        )
        before = 1000 + (number - 1) / 8 if number else -np.inf
        looks.append(Look("a.mp4", number, 1000 + number / 8, before, found))
        frames += [number, number]
        actors += [0, 1]
        boxes += [rider, walker]
    truth = Truth(
        np.array(frames), np.array(actors), np.array(boxes), np.ones(len(frames)), ("cyclist", "pedestrian")
    )
    return Seen("street", (700, 400), tuple(looks), truth)


def judged(seen: Seen) -> list[JudgedPassage]:
    settings = RiderSettings()
    return judge_seen(seen, PassageJudge(settings), settings, TrackerSettings.model_validate({}))


def test_passages_are_named_after_those_whom_they_show() -> None:
    seen = two_passers()
    assert sorted(who_passed(seen, judged(seen))) == [CYCLIST, "pedestrian"]


def test_who_leaves_the_frame_slowly_and_who_comes_in_there_are_two() -> None:
    """As the chain says where no region is drawn: what is left of the first stays in view for a moment."""
    width, looks = 700, []
    for number in range(60):
        time = number / 10
        middle = width + 60 * (time - 3) if time < 3 else width - 60 * (time - 3.6)
        middle = width + (-5, 4)[number % 2] if 3 < time < 3.6 else middle
        box = np.array([[middle - 30, 100, min(middle + 30, width), 180]], np.float32)
        found = Detections(box, np.array([0.8], np.float32), np.array([ObjectClass.CYCLIST], np.int64))
        before = 1000 + (number - 1) / 10 if number else -np.inf
        looks.append(Look("a.mp4", number, 1000 + time, before, found))
    assert len(judged(Seen("edge", (width, 400), tuple(looks)))) == 2


def test_a_rider_is_shown_once() -> None:
    seen = two_passers(range(12, 38))
    passages = judged(seen)
    twice = [*passages, *passages]
    assert sorted(who_passed(seen, twice)) == [AGAIN, CYCLIST, "pedestrian", "pedestrian"]


def test_marked_riders_are_found_by_where_they_were_seen() -> None:
    seen = two_passers()
    passages = judged(seen)
    places = np.array([[50 + 14 * 16, 95.0], [50 + 14 * 24, 95.0]])
    marked = {"1": Sighted(np.array([2.0, 3.0]), places)}
    kinds = who_was_sighted(seen, passages, marked)
    assert [one for one, passage in zip(kinds, passages, strict=True) if passage.verdict.is_cyclist] == [
        CYCLIST
    ]
    assert Counter(kinds) == {CYCLIST: 1, NOTHING: 1}
    assert set(who_was_sighted(seen, passages, {})) == {NOTHING}


def test_what_was_seen_is_kept_without_pictures(tmp_path: Path) -> None:
    seen = two_passers()
    write_seen(seen, tmp_path / "street.npz")
    (again,) = read_folder(tmp_path)
    assert (again.name, again.frame_size, len(again.looks)) == (seen.name, seen.frame_size, LOOKS)
    assert [one.verdict.is_cyclist for one in judged(again)] == [
        one.verdict.is_cyclist for one in judged(seen)
    ]
    assert again.truth is not None
    assert again.truth.kinds == ("cyclist", "pedestrian")
    with np.load(tmp_path / "street.npz") as archive:
        assert not [name for name in archive if archive[name].ndim > 2]


class SeesAll:
    """Takes every crop for a rider, and notes how many there were."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def look(self, crops: Sequence[Image]) -> Glance | None:
        self.asked.append(len(crops))
        return Glance(2.5, "motor", 1.5) if crops else None


def test_painted_streets_are_looked_at_with_their_truth_and_what_crops_show(tmp_path: Path) -> None:
    detector = DetectorShelf().take(DetectorSettings.model_validate({}))
    classifier = SeesAll()
    settings = WorldSettings(
        scenarios=("rush_hour",), first_seed=5, worlds=1, cameras=1, seconds=9.0, sizes=((480, 270),)
    )
    (seen,) = look_at_worlds(settings, detector, classifier)
    assert len(seen.looks) == 36
    assert seen.truth is not None
    assert "cyclist" in seen.truth.kinds
    assert len(seen.truth.actors) == len(seen.truth.boxes) == len(seen.truth.visible)
    write_seen(seen, tmp_path / "street.npz")
    (again,) = read_folder(tmp_path)
    assert again.glances == seen.glances
    assert set(seen.glances.values()) == {Glance(2.5, "motor", 1.5)}
    assert len(seen.glances) == sum(number > 0 for number in classifier.asked)
    passages = judged(again)
    assert {one.members for one in passages} >= set(seen.glances), "the same pieces belong together"
    assert again.look((12345,)) is None


@pytest.mark.parametrize("quality", [20, 38])
def test_a_recorder_in_memory_gives_every_picture_back_coarser(quality: int) -> None:
    dice = np.random.default_rng(0)
    pictures = [dice.integers(0, 255, (96, 128, 3)).astype(np.uint8) for _ in range(5)]
    back = list(compressed(iter(pictures), (128, 96), quality, 4.0))
    assert [one.shape for one in back] == [(96, 128, 3)] * 5
    off = np.mean([np.abs(a.astype(int) - b).mean() for a, b in zip(pictures, back, strict=True)])
    assert 1 < off < 90
