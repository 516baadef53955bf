"""What the network should answer, cell by cell."""

import numpy as np
import pytest

from workshop.detector.learning.network import STRIDE
from workshop.detector.learning.samples import Label
from workshop.detector.learning.targets import make_targets

SIZE = (32, 48)


def targets(
    *objects: tuple[Label, tuple[float, float, float, float]], background: tuple[float, float] = (1, 1)
):
    boxes = np.array([box for _, box in objects], np.float32).reshape(-1, 4)
    labels = np.array([label for label, _ in objects], np.int64)
    everywhere = np.ones((2, *SIZE), np.float32) * np.array(background, np.float32)[:, None, None]
    return make_targets(boxes, labels, everywhere)


def test_the_centre_of_a_rider_is_one_and_its_class_alone() -> None:
    made = targets((Label.CYCLIST, (40, 20, 80, 100)))
    row, column = np.unravel_index(np.argmax(made.heat[0]), SIZE)
    assert made.heat[0, row, column] == 1
    assert (column + 0.5) * STRIDE == pytest.approx(60, abs=STRIDE / 2)
    assert (row + 0.5) * STRIDE == pytest.approx(60, abs=STRIDE / 2)
    assert made.heat[1].max() == 0


def test_cells_near_the_centre_learn_distances_that_give_the_box_back() -> None:
    box = (40.0, 20.0, 80.0, 100.0)
    made = targets((Label.PEDESTRIAN, box))
    rows, columns = np.nonzero(made.learning)
    assert len(rows) > 4
    left, top, right, bottom = made.edges[:, rows, columns]
    x, y = (columns + 0.5) * STRIDE, (rows + 0.5) * STRIDE
    found = np.stack([x - left, y - top, x + right, y + bottom], axis=1)
    np.testing.assert_allclose(found, np.tile(box, (len(rows), 1)), atol=1e-4)
    assert made.learning.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("label", "inside", "outside"),
    [
        pytest.param(Label.CYCLIST, 1, 0, id="a rider is known not to be a pedestrian"),
        pytest.param(Label.OTHER, 1, 0, id="a car is known to be neither"),
        pytest.param(Label.IGNORED, 0, 0, id="of what is ignored nothing is known"),
    ],
)
def test_where_pedestrians_are_unlabelled_only_boxes_tell(
    label: Label, inside: float, outside: float
) -> None:
    made = targets((label, (40, 20, 120, 100)), background=(1, 0))
    assert made.certain[1, 15, 20] == inside
    assert made.certain[1, 30, 45] == outside


def test_who_is_known_not_to_cycle_may_be_a_pedestrian_and_is_dear_as_a_cyclist() -> None:
    made = targets((Label.NOT_CYCLING, (40, 20, 80, 100)))
    assert made.certain[:, 15, 15].tolist() == [2.5, 0]
    assert made.certain[:, 30, 45].tolist() == [1, 1]
    assert not made.heat.any()
    assert not made.learning.any()


def test_what_stands_there_all_day_is_dear_and_who_stands_before_it_is_not() -> None:
    made = targets((Label.STANDING, (40, 20, 80, 100)), (Label.PEDESTRIAN, (60, 40, 84, 104)))
    assert made.certain[:, 8, 12].tolist() == [2.5, 2.5]
    assert made.certain[:, 20, 18].tolist() == [2.5, 1], "a pedestrian, who is no cyclist"
    assert made.certain[:, 30, 45].tolist() == [1, 1]
    assert made.heat[1].any()
    assert not made.heat[0].any()


def test_ignored_people_cost_nothing_though_everything_else_does() -> None:
    made = targets((Label.IGNORED, (40, 20, 80, 100)))
    assert made.certain[:, 15, 15].max() == 0
    assert made.certain[:, 2, 2].min() == 1


def test_a_smaller_person_before_a_larger_one_keeps_its_centre() -> None:
    made = targets((Label.CYCLIST, (20, 10, 120, 110)), (Label.CYCLIST, (64, 50, 80, 70)))
    centres = np.argwhere(made.heat[0] == 1)
    assert len(centres) == 2
    sides = [made.edges[:, row, column].sum() for row, column in centres]
    assert sorted(sides) == pytest.approx([2 * (16 + 20) / 2, 2 * (100 + 100) / 2])


def test_a_tiny_rider_at_the_border_still_has_a_centre() -> None:
    made = targets((Label.CYCLIST, (188, 120, 192, 128)))
    assert made.heat[0].max() == 1
    assert made.learning.sum() == pytest.approx(1)


def test_an_empty_street_has_no_centre() -> None:
    made = targets()
    assert made.heat.max() == 0
    assert made.learning.max() == 0


def test_taking_a_pedestrian_for_a_cyclist_costs_more_than_an_empty_place() -> None:
    made = targets((Label.PEDESTRIAN, (40, 20, 80, 100)))
    assert made.certain[0, 15, 15] > made.certain[0, 2, 2]
    assert made.certain[1, 15, 15] == made.certain[1, 2, 2] == 1
