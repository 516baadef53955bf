"""Crowds are made of the people of a film, at their size and speed, on its own empty street."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.crowd_footage import Film, crowd, find_walkers, looked_at
from tracking.arrays import Image
from tracking.values import Detections, ObjectClass

FPS, PICTURES = 12.5, 50
STREET, COAT = 120, 240
HIGH, WIDE = 40, 14


def street_with_one_walker() -> Film:
    """Somebody in a bright coat walks two pixels to the right in each picture."""
    pictures = np.full((PICTURES, 120, 200, 3), STREET, np.uint8)
    for number, picture in enumerate(pictures):
        left = 20 + 2 * number
        picture[50 : 50 + HIGH, left : left + WIDE] = COAT
    return Film("street", pictures, FPS)


class SeesCoats:
    """A teacher who sees bright coats that no edge cuts off, near by in full."""

    name, stateful, sees_persons = "coats", False, True

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Detections:
        rows, columns = np.nonzero(image[:, :, 0] == COAT)
        if not len(rows):
            return Detections.empty()
        box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
        return Detections(box, np.ones(1, np.float32), np.array([int(ObjectClass.PERSON)]))


def test_a_walker_is_found_once_and_followed_from_picture_to_picture() -> None:
    (walker,) = find_walkers(street_with_one_walker(), [SeesCoats()])
    assert walker.first == 0
    assert np.diff(walker.boxes[:, 0]) == pytest.approx(np.full(len(walker.boxes) - 1, 2.0), abs=0.2)
    assert walker.boxes[:, 3] - walker.boxes[:, 1] == pytest.approx(np.full(len(walker.boxes), HIGH), abs=1)


def test_a_crowd_has_as_many_people_as_asked_and_nothing_else_on_the_street() -> None:
    film = street_with_one_walker()
    full = crowd(film, find_walkers(film, [SeesCoats()]), 5.0, 8.0, np.random.default_rng(2))
    assert full.seconds == pytest.approx(8.0)
    coats = (full.pictures[:, :, :, 0] > (STREET + COAT) / 2).sum(axis=(1, 2)) / (HIGH * WIDE)
    # They stand before each other, and the edges of a cut fade.
    assert 2.0 < coats.mean() < 5.5
    assert (full.pictures[:, :40] == STREET).all(), "nobody walks in the sky"
    again = crowd(film, find_walkers(film, [SeesCoats()]), 5.0, 8.0, np.random.default_rng(2))
    assert (full.pictures == again.pictures).all(), "the same crowd of the same seed"


def test_mirrored_and_nearer_films_show_the_same_people() -> None:
    film = street_with_one_walker()
    assert (film.mirrored.mirrored.pictures == film.pictures).all()
    near = film.nearer(2.0)
    assert near.size == film.size
    high = (near.pictures[25, :, :, 0] > 180).any(axis=1).sum()
    assert high == pytest.approx(60, abs=2), "twice as high, and cut off by the upper edge"


@pytest.mark.parametrize(("step_s", "every"), [(0.16, 2), (0.08, 1), (0.01, 1)])
def test_looks_are_no_farther_apart_than_said(step_s: float, every: int) -> None:
    numbers = [number for number, _, _ in looked_at(street_with_one_walker(), step_s)]
    assert numbers == list(range(0, PICTURES, every))
