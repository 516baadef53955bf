"""Losses of pairs, chosen triplets, masks and images: by hand, by gradient, against PyTorch."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from reid.losses.contrastive import contrastive
from reid.losses.lossless import lossless_triplet
from reid.losses.reconstruction import reconstruction
from reid.losses.segmentation import weighted_mask_loss
from reid.losses.triplet import offline_triplet
from reid.losses.verification import verification, verification_and_identification


def row(*values: float) -> Tensor:
    return torch.tensor([values])


SAME = torch.tensor([1, 0, 0])


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        # Squared distances 1 and 4 with α = 0.2, then 9 and 4.
        (lambda: offline_triplet(row(0.0), row(1.0), row(2.0)), 0.0),
        (lambda: offline_triplet(row(0.0), row(3.0), row(2.0)), 5.2),
        (lambda: offline_triplet(row(0.0), row(3.0), row(2.0), squared=False), 1.2),
        (lambda: offline_triplet(row(0.0), row(2.0), row(2.0), margin=None), math.log(2)),
        # At right angles d = 2: −ln(1 − 2/4) twice; then the best case, 0 and 4.
        (lambda: lossless_triplet(row(1.0, 0.0), row(0.0, 5.0), row(0.0, -1.0)), 2 * math.log(2)),
        (lambda: lossless_triplet(row(1.0, 0.0), row(3.0, 0.0), row(-1.0, 0.0)), 0.0),
        # The worst case is bounded by ε.
        (
            lambda: lossless_triplet(row(1.0, 0.0), row(-1.0, 0.0), row(1.0, 0.0), epsilon=0.01),
            -2 * math.log(0.01),
        ),
        # With β = 8: −ln(1 − 2/8) twice.
        (
            lambda: lossless_triplet(row(1.0, 0.0), row(0.0, 1.0), row(0.0, 1.0), beta=8.0),
            -2 * math.log(0.75),
        ),
        # Distances 3 same, 3 and 5 different, m = 4: ½·9, ½·1, 0.
        (
            lambda: contrastive(torch.zeros(3, 1), torch.tensor([[3.0], [3.0], [5.0]]), SAME, margin=4.0),
            (4.5 + 0.5) / 3,
        ),
        (lambda: verification(torch.zeros(3), SAME), math.log(2)),
        (
            lambda: verification(torch.tensor([math.log(3), 0.0]), SAME[:2]),
            (math.log(4 / 3) + math.log(2)) / 2,
        ),
        # p = ½ everywhere: (3 ln 2)/4 on the person, (1 ln 2)/4 beside it.
        (lambda: weighted_mask_loss(torch.zeros(1, 1, 1, 2), torch.tensor([[[[1, 0]]]])), 0.5 * math.log(2)),
        (lambda: weighted_mask_loss(torch.zeros(1, 1, 1, 1), torch.ones(1, 1, 1, 1)), 0.75 * math.log(2)),
        (lambda: weighted_mask_loss(torch.zeros(1, 1, 1, 1), torch.zeros(1, 1, 1, 1)), 0.25 * math.log(2)),
        (lambda: reconstruction(torch.tensor([[1.0, 5.0], [2.0, 2.0]]), torch.zeros(2, 2), "l1"), 2.5),
        (lambda: reconstruction(torch.tensor([[1.0, 5.0], [2.0, 2.0]]), torch.zeros(2, 2), "l2"), 8.5),
        (
            lambda: reconstruction(torch.tensor([[1.0, -5.0], [2.0, 2.0]]), torch.zeros(2, 2), "max_pixel"),
            3.5,
        ),
    ],
)
def test_loss_has_the_value_computed_by_hand(loss: Callable[[], Tensor], expected: float) -> None:
    assert loss().item() == pytest.approx(expected, abs=1e-6)


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(
    ("loss", "shapes"),
    [
        (offline_triplet, [(4, 3)] * 3),
        (lambda a, p, n: offline_triplet(a, p, n, None, squared=False), [(4, 3)] * 3),
        (lossless_triplet, [(4, 3)] * 3),
        (lambda a, b: contrastive(a, b, SAME, 4.0), [(3, 2)] * 2),
        (lambda x: verification(x, SAME), [(3,)]),
        (
            lambda v, a, b: verification_and_identification(
                v, (a, b), (torch.tensor([0, 1, 2]), torch.tensor([0, 2, 2])), 0.7, 0.1
            ),
            [(3,), (3, 4), (3, 4)],
        ),
        (lambda x: weighted_mask_loss(x, torch.tensor([[[[1, 0], [0, 1]]]])), [(1, 1, 2, 2)]),
        (lambda x: reconstruction(x, torch.zeros_like(x), "l1"), [(2, 3, 2, 2)]),
        (lambda x: reconstruction(x, torch.zeros_like(x), "l2"), [(2, 3, 2, 2)]),
        (lambda x: reconstruction(x, torch.zeros_like(x), "max_pixel"), [(2, 3, 2, 2)]),
    ],
)
def test_gradient_is_that_of_the_value(loss: Callable[..., Tensor], shapes: list[tuple[int, ...]]) -> None:
    assert torch.autograd.gradcheck(loss, tuple(double(*shape) for shape in shapes))


@pytest.mark.parametrize(("beta", "epsilon"), [(3.99, 1e-8), (4.0, 0.0)])
def test_lossless_refuses_a_logarithm_of_nothing(beta: float, epsilon: float) -> None:
    with pytest.raises(ValueError, match=r"must be at least 4\.0"):
        lossless_triplet(torch.ones(1, 2), torch.ones(1, 2), torch.ones(1, 2), beta, epsilon)


def test_lossless_stays_finite_at_the_worst_triplet() -> None:
    anchor = torch.tensor([[0.6, 0.8, 0.1]], requires_grad=True)
    loss = lossless_triplet(anchor, -anchor.detach(), anchor.detach())
    loss.backward()
    assert 30 < loss.item() < 40
    assert torch.isfinite(anchor.grad).all()


def test_easy_triplets_still_have_a_gradient_in_the_lossless_loss_only() -> None:
    anchor = torch.tensor([[1.0, 0.1]], requires_grad=True)
    easy = (torch.tensor([[1.0, 0.0]]), torch.tensor([[-1.0, 0.3]]))
    slopes = [
        torch.autograd.grad(loss(functional.normalize(anchor), *easy), anchor)[0].norm().item()
        for loss in (offline_triplet, lossless_triplet)
    ]
    assert slopes[0] == 0
    assert slopes[1] > 0.01


def test_verification_and_identification_add_up() -> None:
    logits = torch.randn(5), (torch.randn(5, 3), torch.randn(5, 3))
    labels = (torch.tensor([0, 1, 2, 0, 1]), torch.tensor([0, 2, 2, 1, 1]))
    expected = 0.5 * functional.binary_cross_entropy(
        torch.sigmoid(logits[0]), (labels[0] == labels[1]).float()
    ) + sum(functional.nll_loss(x.log_softmax(1), y) for x, y in zip(logits[1], labels, strict=True))
    assert verification_and_identification(*logits, labels, 0.5).item() == pytest.approx(expected.item())


def test_mask_loss_is_the_weighted_one_of_pytorch() -> None:
    logits, mask = torch.randn(2, 1, 5, 4) * 3, torch.randint(0, 2, (2, 1, 5, 4)).float()
    theirs = functional.binary_cross_entropy_with_logits(logits, mask, pos_weight=torch.tensor(3.0)) / 4
    assert weighted_mask_loss(logits, mask).item() == pytest.approx(theirs.item())


def test_mask_loss_of_certain_mistakes_is_finite() -> None:
    loss = weighted_mask_loss(torch.tensor([[[[-200.0, 200.0]]]]), torch.tensor([[[[1, 0]]]]))
    assert loss.item() == pytest.approx((3 * 200 + 200) / 4 / 2)
