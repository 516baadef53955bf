"""Rider box + bicycle box of one frame become one candidate, one to one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.riders.scenes import Box, bicycle_box, seated_box, standing_box
from tracking.riders import AssociationSettings, associate
from tracking.values import Detections, ObjectClass

SETTINGS = AssociationSettings()
KINDS = [
    ObjectClass.PERSON,
    ObjectClass.BICYCLE,
    ObjectClass.MOTORCYCLE,
    ObjectClass.CAR,
    ObjectClass.CYCLIST,
    ObjectClass.PEDESTRIAN,
]


def of(*boxes: Box) -> Detections:
    table = np.array(boxes, np.float64).reshape(-1, 6)
    return Detections(
        table[:, :4].astype(np.float32), table[:, 4].astype(np.float32), table[:, 5].astype(np.int64)
    )


@st.composite
def frames(draw: st.DrawFn) -> Detections:
    rows = []
    for _ in range(draw(st.integers(0, 9))):
        left, top = draw(st.integers(0, 200)), draw(st.integers(0, 200))
        width, height = draw(st.integers(4, 90)), draw(st.integers(4, 90))
        score, kind = draw(st.floats(0.0078125, 1, width=32)), draw(st.sampled_from(KINDS))
        rows.append((left, top, left + width, top + height, score, kind))
    return of(*rows)


@given(frames())
@settings(max_examples=150, deadline=None)
def test_no_box_is_part_of_two_candidates(detections: Detections) -> None:
    found = associate(detections, SETTINGS)
    for boxes in (found.person_box, found.wheels_box):
        seen = boxes[np.isfinite(boxes[:, 0])]
        given_boxes = [tuple(box) for box in detections.xyxy.tolist()]
        for box in {tuple(row) for row in seen.tolist()}:
            times = sum(tuple(row) == box for row in seen.tolist())
            assert times <= given_boxes.count(box), f"{box} is in {times} candidates"


@given(frames())
@settings(max_examples=150, deadline=None)
def test_candidate_covers_its_boxes_and_has_their_best_score(detections: Detections) -> None:
    found = associate(detections, SETTINGS)
    for boxes in (found.person_box, found.wheels_box):
        seen = np.isfinite(boxes[:, 0])
        assert (found.xyxy[seen, :2] <= boxes[seen, :2]).all()
        assert (found.xyxy[seen, 2:] >= boxes[seen, 2:]).all()
    best = np.maximum(np.maximum(found.person, found.bicycle), found.motorcycle)
    assert found.score == pytest.approx(best)
    assert ((found.enclosed >= 0) & (found.enclosed <= 1)).all()


@given(frames(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_order_of_the_detections_does_not_matter(detections: Detections, random: object) -> None:
    order = np.arange(len(detections))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = associate(detections, SETTINGS), associate(detections[order], SETTINGS)
    if len(np.unique(detections.score)) < len(detections):
        return
    assert len(one) == len(other)
    assert sorted(map(tuple, one.xyxy.tolist())) == sorted(map(tuple, other.xyxy.tolist()))


@given(frames(), st.floats(0.25, 4))
@settings(max_examples=100, deadline=None)
def test_resolution_does_not_matter(detections: Detections, factor: float) -> None:
    factor = 2.0 ** round(np.log2(factor))
    larger = Detections(detections.xyxy * np.float32(factor), detections.score, detections.class_id)
    one, other = associate(detections, SETTINGS), associate(larger, SETTINGS)
    assert one.class_id.tolist() == other.class_id.tolist()
    assert other.xyxy == pytest.approx(one.xyxy * factor)


@pytest.mark.parametrize(
    ("name", "boxes", "kinds"),
    [
        ("rider", [seated_box(100, 200), bicycle_box(100, 200)], [ObjectClass.CYCLIST]),
        ("rider to the waist", [(90, 140, 112, 172, 0.6, 0), bicycle_box(100, 200)], [ObjectClass.CYCLIST]),
        (
            "far bicycle",
            [seated_box(100, 200), bicycle_box(190, 200)],
            [ObjectClass.PERSON, ObjectClass.BICYCLE],
        ),
        (
            "person far below",
            [standing_box(100, 260), bicycle_box(100, 200)],
            [ObjectClass.PERSON, ObjectClass.BICYCLE],
        ),
        (
            "person far above",
            [standing_box(100, 140), bicycle_box(100, 200)],
            [ObjectClass.PERSON, ObjectClass.BICYCLE],
        ),
        (
            "giant with a toy",
            [(60, 0, 140, 210, 0.8, 0), bicycle_box(100, 200, height=40)],
            [ObjectClass.PERSON, ObjectClass.BICYCLE],
        ),
        ("weak person", [seated_box(100, 200, score=0.02), bicycle_box(100, 200)], [ObjectClass.BICYCLE]),
        ("car alone", [(0, 0, 90, 60, 0.9, ObjectClass.CAR)], []),
        ("cyclist in one box", [(0, 0, 40, 60, 0.5, ObjectClass.CYCLIST)], [ObjectClass.CYCLIST]),
        ("pedestrian", [(0, 0, 20, 60, 0.5, ObjectClass.PEDESTRIAN)], [ObjectClass.PERSON]),
        (
            "cyclist and pedestrian in one box",
            [(0, 0, 40, 60, 0.5, ObjectClass.CYCLIST), (2, 1, 39, 60, 0.6, ObjectClass.PEDESTRIAN)],
            [ObjectClass.CYCLIST],
        ),
        (
            "cyclist and the body of the rider",
            [(0, 0, 60, 60, 0.5, ObjectClass.CYCLIST), (18, 0, 42, 46, 0.3, ObjectClass.PEDESTRIAN)],
            [ObjectClass.CYCLIST],
        ),
        (
            "cyclist and somebody far behind",
            [(0, 0, 60, 60, 0.5, ObjectClass.CYCLIST), (20, 8, 30, 36, 0.6, ObjectClass.PEDESTRIAN)],
            [ObjectClass.PERSON, ObjectClass.CYCLIST],
        ),
        (
            "cyclist and somebody beside",
            [(0, 0, 60, 60, 0.5, ObjectClass.CYCLIST), (45, 0, 70, 60, 0.6, ObjectClass.PEDESTRIAN)],
            [ObjectClass.PERSON, ObjectClass.CYCLIST],
        ),
        (
            "pedestrian with a bicycle below",
            [(*seated_box(100, 200)[:5], ObjectClass.PEDESTRIAN), bicycle_box(100, 200)],
            [ObjectClass.CYCLIST],
        ),
        ("something moving", [(0, 0, 40, 60, 0.5, ObjectClass.MOVING)], [ObjectClass.MOVING]),
        ("nothing", [], []),
    ],
)
def test_kinds_of_candidates(name: str, boxes: list[Box], kinds: list[int]) -> None:
    assert associate(of(*boxes), SETTINGS).class_id.tolist() == kinds, name


@pytest.mark.parametrize(
    ("as_cyclist", "as_pedestrian", "box"),
    [(0.6, 0.3, (0, 0, 40, 60)), (0.2, 0.7, (8, 1, 34, 60))],
    ids=["mostly a cyclist", "mostly a pedestrian"],
)
def test_doubt_of_the_detector_is_kept_and_the_better_box_taken(
    as_cyclist: float, as_pedestrian: float, box: tuple[int, ...]
) -> None:
    found = associate(
        of(
            (0, 0, 40, 60, as_cyclist, ObjectClass.CYCLIST),
            (8, 1, 34, 60, as_pedestrian, ObjectClass.PEDESTRIAN),
            (9, 1, 35, 61, as_pedestrian / 2, ObjectClass.PEDESTRIAN),
        ),
        SETTINGS,
    )
    assert (len(found), tuple(found.xyxy[0].tolist())) == (1, box)
    assert found.bicycle.tolist() == pytest.approx([as_cyclist])
    assert found.on_foot.tolist() == pytest.approx([as_pedestrian])
    assert found.score.tolist() == pytest.approx([max(as_cyclist, as_pedestrian)])


def test_a_pedestrian_goes_to_the_cyclist_whose_box_fits_best() -> None:
    found = associate(
        of(
            (0, 0, 40, 60, 0.9, ObjectClass.CYCLIST),
            (10, 0, 50, 62, 0.8, ObjectClass.CYCLIST),
            (11, 0, 49, 62, 0.5, ObjectClass.PEDESTRIAN),
        ),
        SETTINGS,
    )
    assert found.on_foot.tolist() == pytest.approx([0.0, 0.5])


def test_two_riders_abreast_each_get_their_own_bicycle() -> None:
    found = associate(
        of(seated_box(100, 200), seated_box(130, 215), bicycle_box(130, 215), bicycle_box(100, 200)), SETTINGS
    )
    riders, bicycles = found.person_box[:, [0, 2]].mean(axis=1), found.wheels_box[:, [0, 2]].mean(axis=1)
    assert sorted(riders) == pytest.approx([100, 130])
    assert riders == pytest.approx(bicycles)


@pytest.mark.parametrize(
    ("name", "second", "kept"),
    [
        ("half of the rider, faint", (120, 130, 160, 200, 0.3, ObjectClass.CYCLIST), 1),
        ("all around the rider, faint", (90, 90, 200, 210, 0.3, ObjectClass.CYCLIST), 1),
        ("another rider behind, clear", (120, 110, 160, 180, 0.6, ObjectClass.CYCLIST), 2),
        ("another rider beside, faint", (150, 100, 230, 200, 0.3, ObjectClass.CYCLIST), 2),
        ("a pedestrian in the same place, faint", (100, 100, 180, 200, 0.3, ObjectClass.PEDESTRIAN), 1),
    ],
)
def test_a_rider_found_twice_by_a_detector_of_whole_cyclists_is_one(
    name: str, second: Box, kept: int
) -> None:
    clear = (100, 100, 180, 200, 0.8, ObjectClass.CYCLIST)
    found = associate(of(clear, second), SETTINGS)
    assert len(found) == kept, name
    assert found.score.max() == pytest.approx(0.8)


def test_bicycle_and_motorcycle_boxes_of_one_thing_are_one_two_wheeler_with_both_scores() -> None:
    left, top, right, bottom, _, _ = bicycle_box(100, 200)
    found = associate(
        of((left, top, right, bottom, 0.3, ObjectClass.MOTORCYCLE), bicycle_box(101, 200, score=0.5)),
        SETTINGS,
    )
    assert (len(found), found.bicycle.tolist(), found.motorcycle.tolist()) == (
        1,
        pytest.approx([0.5]),
        pytest.approx([0.3]),
    )


def test_sure_person_gets_the_bicycle_and_the_bicycle_named_a_person_is_dropped() -> None:
    x1, y1, x2, y2, _, _ = bicycle_box(100, 200)
    found = associate(
        of(seated_box(104, 200, score=0.8), bicycle_box(100, 200), (x1, y1, x2, y2, 0.2, 0)), SETTINGS
    )
    assert len(found) == 1, found
    assert found.person.tolist() == pytest.approx([0.8])


def test_how_much_of_a_person_is_inside_a_car_is_known() -> None:
    found = associate(of((50, 20, 70, 60, 0.5, 0), (0, 0, 120, 40, 0.9, ObjectClass.CAR)), SETTINGS)
    assert found.enclosed.tolist() == pytest.approx([0.5])
