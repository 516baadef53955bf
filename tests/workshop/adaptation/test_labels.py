"""What the teachers say becomes labels: sure ones, doubtful ones that cost nothing, and confirmed ones."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

import torch

from tracking.errors import UsageError
from tracking.values import Detections, ObjectClass
from workshop.adaptation.footage import Glimpse
from workshop.adaptation.labels import labelled, without_cyclists
from workshop.adaptation.looks import open_teachers
from workshop.adaptation.movement import steps
from workshop.adaptation.opinions import Opinion, opinion_of
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.losses import focal_cost
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.learning.targets import make_targets

PERSON, BICYCLE, MOTORCYCLE = ObjectClass.PERSON, ObjectClass.BICYCLE, ObjectClass.MOTORCYCLE
RIDER, WHEELS = (40, 20, 60, 70), (35, 50, 65, 90)
SETTINGS = TeachingSettings()
IMAGE = np.full((128, 192, 3), 90, np.uint8)


def found(*rows: tuple) -> Detections:
    boxes, scores, kinds = zip(*rows, strict=True)
    return Detections(np.array(boxes, np.float32), np.array(scores, np.float32), np.array(kinds, np.int64))


@pytest.mark.parametrize(
    ("rows", "label", "score"),
    [
        ([(RIDER, 0.9, PERSON), (WHEELS, 0.4, BICYCLE)], Label.CYCLIST, 0.6),
        ([(RIDER, 0.9, PERSON), (WHEELS, 0.2, BICYCLE), (WHEELS, 0.4, MOTORCYCLE)], Label.CYCLIST, 0.6),
        ([(RIDER, 0.9, PERSON), (WHEELS, 0.4, MOTORCYCLE)], Label.IGNORED, 0.6),
        ([(RIDER, 0.8, PERSON), (WHEELS, 0.8, MOTORCYCLE)], Label.OTHER, 0.8),
        ([(RIDER, 0.9, PERSON)], Label.PEDESTRIAN, 0.9),
        ([(WHEELS, 0.9, BICYCLE)], Label.IGNORED, 0.9),
        ([(RIDER, 0.9, PERSON), ((0, 0, 120, 100), 0.9, ObjectClass.CAR)], Label.IGNORED, 0.9),
        ([(RIDER, 0.8, ObjectClass.CYCLIST)], Label.CYCLIST, 0.8),
        ([(RIDER, 0.8, ObjectClass.PEDESTRIAN)], Label.PEDESTRIAN, 0.8),
        ([(RIDER, 0.5, ObjectClass.CYCLIST), (RIDER, 0.8, ObjectClass.PEDESTRIAN)], Label.PEDESTRIAN, 0.8),
    ],
)
def test_boxes_of_every_kind_of_teacher_say_what_somebody_is(rows: list, label: Label, score: float) -> None:
    opinion = opinion_of(found(*rows))
    assert opinion.labels.tolist() == [label]
    assert opinion.scores[0] == pytest.approx(score, abs=1e-5)


def film(*frames: list[tuple], step_s: float | None = 0.4) -> list[list[Label]]:
    """Labels of frames whose objects are (left, top, label, score), 20 × 50 px."""
    glimpses, opinions = [], []
    for number, rows in enumerate(frames):
        boxes = np.array([(x, y, x + 20, y + 50) for x, y, _, _ in rows], np.float32).reshape(-1, 4)
        kinds, scores = ([row[place] for row in rows] for place in (2, 3))
        sure, labels = np.array(scores, np.float32), np.array(kinds, np.int64)
        opinions.append(Opinion(boxes, labels, sure, np.where(labels == Label.PEDESTRIAN, 0, sure)))
        glimpses.append(Glimpse(f"a/{number}", None if step_s is None else number * step_s, IMAGE))
    return [[Label(kind) for kind in image.labels] for image in labelled(glimpses, opinions, SETTINGS)]


def test_a_faint_rider_is_taught_where_the_next_frame_shows_him_too() -> None:
    first, second = film([(10, 20, Label.CYCLIST, 0.35)], [(60, 20, Label.CYCLIST, 0.12)])
    assert (first, second) == ([Label.CYCLIST], [Label.IGNORED])


def test_a_flash_that_no_other_frame_shows_is_in_doubt_however_sure() -> None:
    assert film([(10, 20, Label.CYCLIST, 0.9)], [])[0] == [Label.IGNORED]


def test_nobody_comes_from_the_other_side_of_the_street_in_an_instant() -> None:
    assert film([(0, 0, Label.CYCLIST, 0.9)], [(172, 78, Label.CYCLIST, 0.9)])[0] == [Label.IGNORED]


def test_a_pedestrian_as_fast_as_a_rider_is_in_doubt() -> None:
    walker = [(10, 20, Label.PEDESTRIAN, 0.9)]
    assert film(walker, [(35, 20, Label.PEDESTRIAN, 0.9)])[0] == [Label.PEDESTRIAN]
    assert film(walker, [(90, 20, Label.PEDESTRIAN, 0.9)])[0] == [Label.IGNORED]


def test_a_walker_where_the_next_frame_shows_a_rider_is_in_doubt_and_the_rider_is_not() -> None:
    walker, rider = [(10, 20, Label.PEDESTRIAN, 0.9)], [(15, 20, Label.CYCLIST, 0.9)]
    assert film(walker, rider) == [[Label.IGNORED], [Label.CYCLIST]]


@pytest.mark.parametrize("step_s", [None, 60.0])
def test_without_a_neighbour_more_is_asked_for(step_s: float | None) -> None:
    rows = [(10, 20, Label.CYCLIST, 0.5), (60, 20, Label.CYCLIST, 0.25), (100, 20, Label.CYCLIST, 0.05)]
    assert film(rows, rows, step_s=step_s)[0] == [Label.CYCLIST, Label.IGNORED]


def test_in_the_band_of_doubt_no_answer_costs_anything() -> None:
    boxes, scores = np.array([[40, 20, 60, 70]], np.float32), np.array([0.2], np.float32)
    opinion = Opinion(boxes, np.array([Label.CYCLIST]), scores, scores)
    [image] = labelled([Glimpse("a/0", None, IMAGE)], [opinion], SETTINGS)
    background = np.broadcast_to(image.background[:, None, None], (2, 32, 48))
    targets = make_targets(image.boxes, image.labels, background)
    heat, certain = (torch.from_numpy(values)[None] for values in (targets.heat, targets.certain))
    believing, doubting = torch.full((1, 2, 32, 48), -9.0), torch.full((1, 2, 32, 48), -9.0)
    believing[:, :, 5:17, 10:15] = 5.0
    assert focal_cost(believing, heat, certain) == pytest.approx(focal_cost(doubting, heat, certain))
    believing[:, :, 5:17, 30:35] = 5.0
    assert focal_cost(believing, heat, certain) > 10 * focal_cost(doubting, heat, certain), (
        "elsewhere it does"
    )


def test_thresholds_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="must not fall"):
        TeachingSettings(accepted=0.5, accepted_alone=0.4)


def test_a_teacher_that_needs_every_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="needs every frame of a camera"):
        open_teachers(["motion"], SETTINGS)
    with pytest.raises(UsageError, match="--teacher: name at least one"):
        open_teachers([], SETTINGS)


def test_where_nobody_cycles_whoever_seems_to_is_known_not_to() -> None:
    kinds = [Label.CYCLIST, Label.PEDESTRIAN, Label.OTHER, Label.IGNORED]
    boxes = np.array([(x, 10, x + 20, 60) for x in (0, 40, 80, 120)], np.float32)
    seen = LabelledImage("a/0", IMAGE, boxes, np.array(kinds), np.full(2, 0.5, np.float32))
    [known] = without_cyclists([seen])
    assert known.labels.tolist() == [Label.NOT_CYCLING, Label.PEDESTRIAN, Label.OTHER, Label.NOT_CYCLING]
    assert known.background.tolist() == [1.0, 0.5]
    assert seen.labels.tolist() == kinds, "the frame as the teachers saw it stays"
    assert seen.background.tolist() == [0.5, 0.5]


def perhaps(left: float, wheels: float, score: float = 0.5, label: Label = Label.IGNORED) -> Opinion:
    """Somebody of 20 × 50 px on what the teachers take for a motorcycle, or for nothing."""
    box = np.array([(left, 20, left + 20, 70)], np.float32)
    sure = np.array([score], np.float32)
    return Opinion(box, np.array([label], np.int64), sure, np.array([wheels], np.float32))


@pytest.mark.parametrize(
    ("first", "second", "becomes"),
    [
        (perhaps(10, 0.2), perhaps(60, 0.2), [Label.CYCLIST, Label.CYCLIST]),
        (perhaps(10, 0.2), perhaps(60, 0, label=Label.PEDESTRIAN), [Label.CYCLIST, Label.CYCLIST]),
        (perhaps(10, 0.2), perhaps(20, 0.2), [Label.IGNORED, Label.IGNORED]),
        (perhaps(10, 0.2, 0.1), perhaps(60, 0.2, 0.1), [Label.IGNORED, Label.IGNORED]),
        (perhaps(10, 0), perhaps(60, 0), [Label.IGNORED, Label.IGNORED]),
        (perhaps(0, 0.2), perhaps(172, 0.2), [Label.IGNORED, Label.IGNORED]),
        (perhaps(10, 0, label=Label.OTHER), perhaps(60, 0.2), [Label.OTHER, Label.CYCLIST]),
    ],
    ids=["fast", "wheels hidden once", "slow", "too faint", "no wheels", "too fast", "a clear motorcycle"],
)
def test_what_looks_like_a_motorcycle_and_is_faster_than_walkers_is_ridden(
    first: Opinion, second: Opinion, becomes: list[Label]
) -> None:
    glimpses = [Glimpse(f"a/{second}", float(second), IMAGE) for second in range(2)]
    images = labelled(glimpses, [first, second], SETTINGS)
    assert [Label(kind) for image in images for kind in image.labels] == becomes


def test_a_bag_that_looks_like_a_bicycle_makes_no_cyclist_of_a_walker() -> None:
    glimpses = [Glimpse(f"a/{second}", float(second), IMAGE) for second in range(2)]
    for wheels, becomes in ((0.25, Label.IGNORED), (0.35, Label.CYCLIST)):
        walker = perhaps(10, wheels, label=Label.CYCLIST)
        assert [image.labels.tolist() for image in labelled(glimpses, [walker, walker], SETTINGS)] == [
            [becomes]
        ] * 2


def test_who_stands_where_a_rider_came_by_is_not_the_rider() -> None:
    both = [(20.0, Label.PEDESTRIAN, 0.0), (80.0, Label.IGNORED, 0.2)]
    standing = [(20.0, Label.PEDESTRIAN, 0.0)]

    def of(rows: list[tuple[float, Label, float]]) -> Opinion:
        boxes = np.array([(x, 20, x + 20, 70) for x, _, _ in rows], np.float32)
        kinds, wheels = (np.array([row[place] for row in rows]) for place in (1, 2))
        return Opinion(boxes, kinds, np.full(len(rows), 0.5, np.float32), wheels.astype(np.float32))

    assert [(one.first, one.second) for one in steps(of(both), of(standing), 1.0, 3.0)] == [(0, 0)]


def test_a_faint_car_holds_nobody() -> None:
    for score, label in ((0.2, Label.PEDESTRIAN), (0.4, Label.IGNORED)):
        opinion = opinion_of(found((RIDER, 0.9, PERSON), ((0, 0, 120, 100), score, ObjectClass.CAR)))
        assert opinion.labels.tolist() == [label]


@pytest.mark.parametrize(
    ("rows", "wheels"),
    [
        ([(RIDER, 0.9, PERSON), (WHEELS, 0.4, MOTORCYCLE)], 0.4),
        ([(RIDER, 0.8, PERSON), (WHEELS, 0.8, MOTORCYCLE)], 0.0),
        ([(WHEELS, 0.9, BICYCLE)], 0.0),
        ([(RIDER, 0.9, PERSON)], 0.0),
    ],
)
def test_wheels_are_those_that_somebody_sits_on(rows: list, wheels: float) -> None:
    assert opinion_of(found(*rows)).wheels.tolist() == pytest.approx([wheels])
