"""Rendered riders become the crops that the program itself would keep."""

import numpy as np
import pytest

from anonymize import Anonymizer
from tracking.arrays import Image
from workshop.encoder.passages import RiderPassage
from workshop.encoder.pictures import (
    DETECTED_EDGES,
    LONGEST_SIDE,
    MARGIN,
    TAUGHT_EDGES,
    Finish,
    shrunk,
)


def drawn(height: int, width: int) -> Image:
    return np.asarray(np.random.default_rng(0).integers(0, 255, (height, width, 3)), np.uint8)


@pytest.mark.parametrize(("height", "width"), [(300, 120), (120, 300), (30, 20), (1, 1)])
def test_crops_are_at_most_as_large_as_those_of_the_program(height: int, width: int) -> None:
    found = shrunk(drawn(height, width))
    assert max(found.shape[:2]) == min(max(height, width), LONGEST_SIDE), found.shape
    assert min(found.shape[:2]) >= 1


def test_with_exact_edges_a_rider_is_cut_with_the_usual_margin() -> None:
    side = 100
    rendered = drawn(round(side * (1 + 2 * MARGIN)), round(side * (1 + 2 * MARGIN)))
    found = Finish(None, (0.0, 0.0)).rendered(rendered, np.random.default_rng(0))
    assert found.shape[0] == pytest.approx(side * 1.1, abs=2), found.shape


@pytest.mark.parametrize("edges", [TAUGHT_EDGES, DETECTED_EDGES])
def test_every_edge_lies_off_by_itself_and_never_outside_the_picture(edges: tuple[float, float]) -> None:
    rendered, rng = drawn(150, 90), np.random.default_rng(0)
    shapes = [Finish(None, edges).rendered(rendered, rng).shape[:2] for _ in range(200)]
    heights, widths = np.array(shapes).T
    assert len(set(heights.tolist())) > 10, "the heights hardly differ"
    assert heights.max() <= 128
    assert (widths >= 30).all()
    assert (widths <= 90).all()


def test_a_passage_is_finished_the_same_way_every_time(passages: tuple[RiderPassage, ...]) -> None:
    finish = Finish(Anonymizer())
    once, again = passages[0].finished(finish, 5), passages[0].finished(finish, 5)
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    sharp = passages[0].finished(Finish(None), 5)
    assert not np.array_equal(once[0], sharp[0]), "the blur changed nothing"
