"""Boxes of several teachers become one answer, whoever said what in which order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipeline.colour_detector import ColourDetector
from tracking.values import Detections, ObjectClass
from workshop.adaptation.fusion import fuse
from workshop.adaptation.looks import looks_of, mirrored
from workshop.adaptation.settings import TeachingSettings

few = settings(max_examples=30)
corner, side = st.integers(0, 20), st.integers(20, 60)  # So that many overlap.
box = st.tuples(corner, corner, side, side, st.floats(0.0625, 1, width=32), st.sampled_from([0, 1]))
looks = st.lists(st.lists(box, max_size=6), min_size=1, max_size=3)
answers = st.lists(looks, min_size=1, max_size=3)


def detections(rows: list) -> Detections:
    values = np.array([row[:5] for row in rows], np.float32).reshape(-1, 5)
    xyxy = np.concatenate([values[:, :2], values[:, :2] + values[:, 2:4]], axis=1)
    return Detections(xyxy, values[:, 4], np.array([row[5] for row in rows], np.int64))


def read(teachers: list) -> list[list[Detections]]:
    return [[detections(rows) for rows in given_looks] for given_looks in teachers]


def table(found: Detections) -> np.ndarray:
    return np.column_stack([found.xyxy, found.score, found.class_id])


@few
@given(row=box, teachers=st.integers(1, 4), times=st.integers(1, 4))
def test_a_box_fused_with_itself_stays_as_it_is(row: tuple, teachers: int, times: int) -> None:
    alone = detections([row])
    np.testing.assert_allclose(table(fuse([[alone] * times] * teachers)), table(alone), rtol=1e-5)


@few
@given(given_answers=answers, data=st.data())
def test_the_order_of_teachers_looks_and_boxes_does_not_matter(
    given_answers: list, data: st.DataObject
) -> None:
    draw = data.draw
    mixed = [
        [draw(st.permutations(rows)) for rows in draw(st.permutations(given_looks))]
        for given_looks in draw(st.permutations(given_answers))
    ]
    np.testing.assert_allclose(
        table(fuse(read(mixed))), table(fuse(read(given_answers))), rtol=1e-4, atol=1e-4
    )


@few
@given(given_answers=answers)
def test_nobody_is_surer_than_the_surest_and_no_box_leaves_its_boxes(given_answers: list) -> None:
    teachers = read(given_answers)
    fused = fuse(teachers)
    said = [look for given_looks in teachers for look in given_looks]
    assert len(fused) <= sum(map(len, said))
    for kind in set(fused.class_id.tolist()):
        own, all_boxes = fused.of(kind), np.concatenate([look.of(kind).xyxy for look in said])
        assert own.score.max() <= max(look.of(kind).score.max(initial=0) for look in said) + 1e-6
        assert (own.xyxy >= all_boxes.min(axis=0) - 1e-3).all()
        assert (own.xyxy <= all_boxes.max(axis=0) + 1e-3).all()


def test_what_one_teacher_of_two_sees_is_half_as_sure() -> None:
    seen = detections([(10, 10, 20, 40, 0.8, 0)])
    assert fuse([[seen, seen], [Detections.empty()]]).score.tolist() == [np.float32(0.4)]


def test_two_people_side_by_side_stay_two() -> None:
    rows = [(10, 10, 20, 40, 0.8, 0), (28, 10, 20, 40, 0.7, 0)]
    assert len(fuse([[detections(rows)], [detections(rows[::-1])]])) == 2


def test_nothing_seen_is_nothing() -> None:
    assert len(fuse([[Detections.empty()], [Detections.empty()]])) == 0
    assert len(fuse([])) == 0


@few
@given(rows=st.lists(box, max_size=6), width=st.integers(1, 900))
def test_a_mirror_image_is_undone_by_its_mirror_image(rows: list, width: int) -> None:
    found = detections(rows)
    once = Detections(mirrored(found, width), found.score, found.class_id)
    np.testing.assert_allclose(mirrored(once, width), found.xyxy, atol=1e-3)


def test_every_look_gives_boxes_in_pixels_of_the_frame() -> None:
    """The rider stands where one tile shows it whole and the others do not, or cut."""
    image = np.full((200, 300, 3), 90, np.uint8)
    image[20:70, 30:60] = (0, 0, 250)
    found = looks_of(image, ColourDetector(), TeachingSettings())
    assert len(found) == 6, "four tiles, the whole frame and its mirror image"
    seen = [look.xyxy.tolist() for look in found if len(look)]
    assert seen == [[[30, 20, 60, 70]]] * 3
    assert all(kind == ObjectClass.CYCLIST for look in found for kind in look.class_id)


def test_who_is_cut_by_a_tile_is_seen_in_the_whole_frame_alone() -> None:
    image = np.full((200, 300, 3), 90, np.uint8)
    image[60:140, 120:180] = (0, 0, 250)
    found = looks_of(image, ColourDetector(), TeachingSettings())
    assert [len(look) for look in found] == [0, 0, 0, 0, 1, 1]
    np.testing.assert_allclose(fuse([found]).xyxy, [[120, 60, 180, 140]])
