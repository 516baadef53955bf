"""Where people left out pedestrians, teachers fill them in, and never contradict what people labelled."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training the detector needs the extra lab")

from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.filling import filled, glimpses_of
from workshop.adaptation.footage import pairs
from workshop.adaptation.opinions import Opinion
from workshop.adaptation.settings import TeachingSettings
from workshop.detector.learning.samples import Label, LabelledImage

SETTINGS = TeachingSettings()
RIDER, CAR = (40, 20, 80, 90), (100, 20, 190, 80)
FAR = (10, 10, 25, 50)


def picture(cyclists_complete: float = 1.0, width: int = 192, name: str = "street/a") -> LabelledImage:
    boxes = np.array([RIDER, CAR], np.float32) * (width / 192)
    labels = np.array([Label.CYCLIST, Label.OTHER], np.int64)
    image = np.full((width * 2 // 3, width, 3), 90, np.uint8)
    return LabelledImage(name, image, boxes, labels, np.array([cyclists_complete, 0.1], np.float32))


def seen(*rows: tuple) -> Opinion:
    boxes, labels, scores = zip(*rows, strict=True)
    sure = np.array(scores, np.float32)
    return Opinion(np.array(boxes, np.float32), np.array(labels, np.int64), sure, sure)


def added(image: LabelledImage, *rows: tuple) -> list[Label]:
    """Labels that one teachers' answer adds."""
    (known,) = filled([image], [seen(*rows)], SETTINGS, 0.3)
    assert known.labels[: len(image.labels)].tolist() == image.labels.tolist(), "what people said stays"
    return [Label(kind) for kind in known.labels[len(image.labels) :]]


@pytest.mark.parametrize(
    ("label", "score", "complete", "becomes"),
    [
        (Label.PEDESTRIAN, 0.6, 1.0, Label.PEDESTRIAN),
        (Label.PEDESTRIAN, 0.6, 0.5, Label.PEDESTRIAN),
        (Label.PEDESTRIAN, 0.6, 0.0, Label.IGNORED),
        (Label.PEDESTRIAN, 0.2, 1.0, Label.NOT_CYCLING),
        (Label.PEDESTRIAN, 0.2, 0.5, Label.IGNORED),
        (Label.CYCLIST, 0.9, 1.0, Label.NOT_CYCLING),
        (Label.CYCLIST, 0.9, 0.5, Label.IGNORED),
        (Label.OTHER, 0.9, 1.0, Label.OTHER),
    ],
)
def test_what_teachers_see_means_as_much_as_the_labels_of_people_allow(
    label: Label, score: float, complete: float, becomes: Label
) -> None:
    assert added(picture(complete), (FAR, label, score)) == [becomes]


def test_whom_people_labelled_teachers_do_not_label_again() -> None:
    torso = (48, 22, 72, 60)
    assert added(picture(), (RIDER, Label.PEDESTRIAN, 0.9), (torso, Label.PEDESTRIAN, 0.9)) == []


def test_what_is_known_to_be_nobody_teachers_take_for_nobody() -> None:
    assert added(picture(), (CAR, Label.PEDESTRIAN, 0.9), (FAR, Label.PEDESTRIAN, 0.9)) == [Label.PEDESTRIAN]


def test_who_sits_in_a_car_or_stands_before_it_is_in_doubt() -> None:
    inside, beside = (120, 30, 140, 70), (90, 20, 110, 90)
    sure = [(box, Label.PEDESTRIAN, 0.9) for box in (inside, beside)]
    assert added(picture(), *sure) == [Label.NOT_CYCLING, Label.PEDESTRIAN]


def test_absence_means_more_of_pedestrians_and_the_same_of_cyclists() -> None:
    image = picture()
    (known,) = filled([image], [seen((FAR, Label.PEDESTRIAN, 0.9))], SETTINGS, 0.3)
    assert known.background.tolist() == pytest.approx([1.0, 0.3])
    assert image.background.tolist() == pytest.approx([1.0, 0.1]), "the image of before stays"
    (surer,) = filled([image], [seen((FAR, Label.PEDESTRIAN, 0.9))], SETTINGS, 0.05)
    assert surer.background.tolist() == pytest.approx([1.0, 0.1])


def test_boxes_lie_in_pixels_of_the_image_that_teachers_saw_smaller() -> None:
    image = picture(width=1280)
    (glimpse,) = glimpses_of([image])
    assert glimpse.image.shape[1] == 640
    (known,) = filled([image], [seen((FAR, Label.PEDESTRIAN, 0.9))], SETTINGS, 0.3)
    assert known.boxes[-1].tolist() == [20, 20, 50, 100]


def test_names_that_tell_a_time_make_neighbours_that_confirm() -> None:
    images = [picture(name=f"street/2024-05-14_08-00-0{second}") for second in (1, 2)]
    faint, nothing = seen((FAR, Label.PEDESTRIAN, 0.25)), seen((CAR, Label.IGNORED, 0.01))
    first, _ = filled(images, [faint, faint], SETTINGS, 0.3)
    assert first.labels[-1] == Label.PEDESTRIAN
    first, _ = filled(images, [faint, nothing], SETTINGS, 0.3)
    assert first.labels[-1] == Label.NOT_CYCLING


def test_some_pictures_are_pairs_spread_over_all() -> None:
    assert pairs(20, 0.3) == [0, 1, 9, 10, 18, 19]
    assert pairs(3, 2.0) == [0, 1, 2]


@pytest.mark.parametrize("key", ["asked", "fixed"])
def test_only_labelled_folders_are_asked_about_or_fixed(key: str) -> None:
    labelled = [{"folder": "street"}]
    assert getattr(AdaptationDescription.model_validate({"labelled": labelled, key: ["street"]}), key)
    with pytest.raises(ValueError, match=f"{key}: 'road' is no folder of labelled, which has street"):
        AdaptationDescription.model_validate({"labelled": labelled, key: ["road"]})
