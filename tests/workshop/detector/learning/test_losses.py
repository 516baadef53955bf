"""What answers cost."""

import pytest
import torch

from workshop.detector.learning.losses import box_cost, focal_cost

HEAT = torch.zeros(1, 2, 4, 4)
HEAT[0, 0, 1, 1] = 1.0
HEAT[0, 0, 1, 2] = 0.8
ALL = torch.ones_like(HEAT)


def logits(value: float, row: int = 1, column: int = 1, label: int = 0) -> torch.Tensor:
    answer = torch.full((1, 2, 4, 4), -8.0)
    answer[0, label, row, column] = value
    return answer


def test_the_right_answer_costs_almost_nothing() -> None:
    assert float(focal_cost(logits(8.0), HEAT, ALL)) < 0.01


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(logits(4.0), logits(0.0), id="surer is better"),
        pytest.param(logits(8.0), logits(8.0, label=1), id="the other class is wrong"),
        pytest.param(logits(8.0), logits(8.0, row=3), id="another place is wrong"),
    ],
)
def test_worse_answers_cost_more(better: torch.Tensor, worse: torch.Tensor) -> None:
    assert float(focal_cost(better, HEAT, ALL)) < float(focal_cost(worse, HEAT, ALL))


def test_a_neighbour_of_the_centre_is_forgiven() -> None:
    beside = logits(8.0)
    beside[0, 0, 1, 2] = 2.0
    away = logits(8.0)
    away[0, 0, 3, 3] = 2.0
    assert float(focal_cost(beside, HEAT, ALL)) < float(focal_cost(away, HEAT, ALL)) / 100


def test_nothing_is_learned_where_nothing_is_known() -> None:
    certain = ALL.clone()
    certain[0, 1] = 0
    assert float(focal_cost(logits(8.0, label=1), HEAT, certain)) == pytest.approx(
        float(focal_cost(torch.full((1, 2, 4, 4), -8.0), HEAT, certain))
    )


def test_the_true_box_costs_nothing_and_a_shifted_one_more_than_a_near_one() -> None:
    wanted = torch.full((1, 4, 2, 2), 10.0)
    learning = torch.zeros(1, 2, 2)
    learning[0, 0, 0] = 1.0
    near, far = wanted.clone(), wanted.clone()
    near[:, 0], far[:, 0] = 12.0, 40.0
    costs = [float(box_cost(edges, wanted, learning)) for edges in (wanted, near, far)]
    assert costs[0] == pytest.approx(0, abs=1e-6)
    assert costs[0] < costs[1] < costs[2]


def test_cells_without_an_object_do_not_count() -> None:
    wanted = torch.full((1, 4, 2, 2), 10.0)
    learning = torch.zeros(1, 2, 2)
    learning[0, 0, 0] = 1.0
    wild = wanted.clone()
    wild[0, :, 1, 1] = 500.0
    assert float(box_cost(wild, wanted, learning)) == pytest.approx(0, abs=1e-6)
