"""Training pictures show people as high as the detector meets them in the footage."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

from workshop.adaptation.scale import at_the_size_of
from workshop.detector.learning.parts import CompositionSettings
from workshop.detector.learning.samples import Label, LabelledImage

COMPOSITION = CompositionSettings()


def frame(height: float, people: int, label: Label = Label.CYCLIST) -> LabelledImage:
    boxes = np.array([(10, 10, 20, 10 + height)] * people, np.float32).reshape(-1, 4)
    kinds = np.full(people, int(label))
    return LabelledImage("a/0", np.zeros((240, 352, 3), np.uint8), boxes, kinds, np.ones(2, np.float32))


def test_heights_are_those_at_the_input_and_half_as_much_again() -> None:
    aimed = at_the_size_of([frame(25, 30)], COMPOSITION, (384, 640))
    assert aimed.heights_px == pytest.approx((40 / 1.5, 40 * 1.5))
    assert aimed.size == COMPOSITION.size


def test_few_people_and_other_things_change_nothing() -> None:
    for images in ([], [frame(25, 19)], [frame(25, 30, Label.OTHER)]):
        assert at_the_size_of(images, COMPOSITION, (384, 640)) == COMPOSITION


def test_nobody_is_shown_lower_or_higher_than_before() -> None:
    assert at_the_size_of([frame(2, 30), frame(220, 30)], COMPOSITION, (384, 640)) == COMPOSITION
