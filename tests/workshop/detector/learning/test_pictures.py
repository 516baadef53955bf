"""Pictures put together, pasted into and changed."""

import numpy as np
import pytest

from workshop.detector.learning.augmentation import AugmentationSettings, augment
from workshop.detector.learning.composing import compose
from workshop.detector.learning.parts import CompositionSettings, Picture, Source
from workshop.detector.learning.pasting import paste
from workshop.detector.learning.samples import Label, LabelledImage

FILLER = np.full((120, 160, 3), 40, np.uint8)


def draw(street: LabelledImage, seed: int, **changes: object) -> Picture:
    settings = CompositionSettings.model_validate({"pasted": 0.0, **changes})
    return compose([Source([street], 1.0)], [FILLER], settings, np.random.default_rng(seed))


def redness(picture: Picture, box: np.ndarray) -> float:
    """Share of the inside of a box that is the rider's red."""
    left, top, right, bottom = np.rint(box).astype(int)
    part = picture.image[max(top, 0) : bottom, max(left, 0) : right].astype(int)
    return float(((part[..., 2] > 180) & (part[..., 1] < 90)).mean())


@pytest.mark.parametrize(
    "parts", [{"quarters": 0.0, "halves": 0.0}, {"quarters": 1.0}, {"halves": 1.0, "quarters": 0}]
)
def test_boxes_stay_on_what_they_label(street: LabelledImage, parts: dict[str, float]) -> None:
    checked = 0
    for seed in range(40):
        picture = draw(street, seed, **parts)
        for box in picture.boxes[picture.labels == Label.CYCLIST]:
            if (box[2:] - box[:2]).min() > 12:
                assert redness(picture, box) > 0.7, f"seed {seed}, {box}"
                checked += 1
    assert checked > 10


def test_riders_are_shown_small_and_large(street: LabelledImage) -> None:
    heights = [
        box[3] - box[1]
        for seed in range(120)
        for picture in [draw(street, seed)]
        for box in picture.boxes[picture.labels == Label.CYCLIST]
    ]
    assert min(heights) < 25
    assert max(heights) > 100


def test_pictures_have_the_size_asked_for_and_boxes_lie_inside(street: LabelledImage) -> None:
    for seed in range(30):
        picture = draw(street, seed, size=[128, 192], pasted=1.0)
        assert picture.image.shape == (128, 192, 3)
        assert picture.background.shape == (2, 32, 48)
        assert (picture.boxes >= 0).all()
        assert (picture.boxes <= np.array([192, 128, 192, 128])).all()


def test_what_is_mostly_outside_is_neither_right_nor_wrong(street: LabelledImage) -> None:
    labels = [label for seed in range(60) for label in draw(street, seed, min_inside=1.0).labels]
    assert Label.IGNORED in labels


def test_what_absence_means_comes_from_the_image(street: LabelledImage) -> None:
    picture = draw(street, 1)
    assert set(picture.background[0].ravel()) == {1.0}
    assert set(picture.background[1].ravel()) == {0.0}


def test_the_same_seed_draws_the_same_picture(street: LabelledImage) -> None:
    first, second, other = draw(street, 5), draw(street, 5), draw(street, 6)
    np.testing.assert_array_equal(first.image, second.image)
    assert first.image.tobytes() != other.image.tobytes()


def test_few_people_are_drawn_often(street: LabelledImage) -> None:
    nobody = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.ones(2, np.float32)
    empty = LabelledImage("e/1", FILLER, *nobody)
    walked = LabelledImage("w/1", street.image, street.boxes[1:2], street.labels[1:2], street.background)
    ridden, walkers, others = Source.split([street, walked, *[empty] * 8], 2.0)
    assert [len(source.images) for source in (ridden, walkers, others)] == [1, 1, 8]
    assert ridden.weight > 5 * others.weight / 8
    assert walkers.weight > 2 * others.weight / 8
    assert sum(source.weight for source in (ridden, walkers, others)) == pytest.approx(2.0)


def test_a_data_set_of_riders_only_is_one_source(street: LabelledImage) -> None:
    (only,) = Source.split([street, street], 2.0)
    assert (len(only.images), only.weight) == (2, 2.0)


def test_pasted_people_are_labelled_and_touch_nobody(street: LabelledImage) -> None:
    empty = Picture(
        np.full((256, 384, 3), 40, np.uint8),
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.int64),
        np.ones((2, 64, 96), np.float32),
    )
    settings, pasted = CompositionSettings(), 0
    for seed in range(20):
        picture = paste(empty, [Source([street], 1.0)], settings, np.random.default_rng(seed))
        for index, box in enumerate(picture.boxes):
            others = np.delete(picture.boxes, index, axis=0)
            apart = (np.minimum(box[2:], others[:, 2:]) <= np.maximum(box[:2], others[:, :2])).any(axis=1)
            assert apart.all()
            if picture.labels[index] == Label.CYCLIST and box[3] - box[1] > 20:
                assert redness(picture, box) > 0.6
                pasted += 1
    assert pasted > 5


def test_people_are_pasted_as_high_as_asked(street: LabelledImage) -> None:
    settings = CompositionSettings(pasted_px=(20.0, 24.0))
    heights = []
    for seed in range(20):
        before = draw(street, seed)
        after = paste(before, [Source([street], 1.0)], settings, np.random.default_rng(seed))
        boxes = after.boxes[len(before.boxes) :]
        heights += (boxes[:, 3] - boxes[:, 1]).tolist()
    assert len(heights) > 10
    assert 20 <= min(heights) <= max(heights) <= 24.001


@pytest.mark.parametrize("change", AugmentationSettings.model_fields)
def test_changes_keep_shape_and_type_and_do_change(street: LabelledImage, change: str) -> None:
    nothing = dict.fromkeys(AugmentationSettings.model_fields, 0.0)
    settings = AugmentationSettings.model_validate({**nothing, change: 1.0})
    changed = augment(street.image, settings, np.random.default_rng(3))
    assert (changed.shape, changed.dtype) == (street.image.shape, np.uint8)
    assert (changed != street.image).any()
    np.testing.assert_array_equal(
        augment(street.image, AugmentationSettings.model_validate(nothing), np.random.default_rng(3)),
        street.image,
    )
