"""What a teacher's distances cost an encoder that does not keep them."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from benchmarks.encoder_distillation import relational

ROWS = functional.normalize(torch.from_numpy(np.random.default_rng(5).normal(size=(6, 4))))


def test_the_same_proportions_cost_nothing_in_other_directions_and_lengths() -> None:
    turned = torch.cat([-ROWS[:, 2:], ROWS[:, :2]], dim=1)
    assert float(relational(7 * turned, ROWS)) == pytest.approx(0.0, abs=1e-6)


def test_who_is_moved_towards_another_costs_something_and_feels_it() -> None:
    features = ROWS.clone()
    features[0] = ROWS[1] + 0.1 * ROWS[0]
    features.requires_grad_()
    cost = relational(features, ROWS)
    cost.backward()
    assert cost.item() > 1e-3
    assert features.grad is not None
    moved = features.grad.norm(dim=1)
    assert int(moved.argmax()) in (0, 1)
    assert bool(torch.isfinite(features.grad).all())
