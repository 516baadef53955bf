"""Losses of a labelled batch: by hand, by their gradient, and against pytorch-metric-learning."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from reid.losses.center import CenterLoss
from reid.losses.contrastive import batch_contrastive
from reid.losses.lossless import batch_all_lossless_triplet, lossless_triplet
from reid.losses.pairwise import batch_hard_pairwise
from reid.losses.triplet import batch_all_triplet, batch_hard_triplet

# Points on a line at 0, 1 | 2.5, 4: by image, positives at 1, 1, 1.5, 1.5; nearest negatives at
# 2.5, 1.5, 1.5, 3; furthest ones at 4, 3, 2.5, 4.
LINE = torch.tensor([[0.0], [1.0], [2.5], [4.0]])
PAIRS = torch.tensor([0, 0, 1, 1])
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "batch all": batch_all_triplet,
    "batch all, all triplets": lambda x, y: batch_all_triplet(x, y, reduction="mean"),
    "batch all, soft": lambda x, y: batch_all_triplet(x, y, margin=None),
    "batch all, squared": lambda x, y: batch_all_triplet(x, y, squared=True, reduction="sum"),
    "batch hard": batch_hard_triplet,
    "batch hard, soft": lambda x, y: batch_hard_triplet(x, y, margin=None),
    "pairwise": batch_hard_pairwise,
    "lossless": batch_all_lossless_triplet,
    "contrastive": lambda x, y: batch_contrastive(x, y, 1.0),
}


def random_batch(
    seed: int, identities: int = 3, images: int = 4, dimension: int = 5
) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(identities * images, dimension, generator=generator, dtype=torch.float64)
    return points, torch.arange(identities).repeat_interleave(images)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        # Gaps D_ap − D_an: 1−2.5, 1−4, 1−1.5, 1−3, 1.5−2.5, 1.5−1.5, 1.5−4, 1.5−3; with m = 0.7 the ones
        # above −0.7 are −0.5 and 0: 0.2 + 0.7.
        (lambda: batch_all_triplet(LINE, PAIRS, 0.7, reduction="sum"), 0.9),
        (lambda: batch_all_triplet(LINE, PAIRS, 0.7, reduction="mean"), 0.9 / 8),
        (lambda: batch_all_triplet(LINE, PAIRS, 0.7), 0.45),
        # Squared: 1−2.25 = −1.25 and 2.25−2.25 = 0 lie above −2, the others below.
        (lambda: batch_all_triplet(LINE, PAIRS, 2.0, squared=True, reduction="sum"), 0.75 + 2.0),
        # Hard gaps: −1.5, −0.5, 0, −1.5.
        (lambda: batch_hard_triplet(LINE, PAIRS, 0.7, reduction="sum"), 0.9),
        (lambda: batch_hard_triplet(LINE, PAIRS, 0.7), 0.225),
        (
            lambda: batch_hard_triplet(LINE, PAIRS, None, reduction="sum"),
            2 * math.log1p(math.exp(-1.5)) + math.log1p(math.exp(-0.5)) + math.log(2),
        ),
        # [D_ap − 0.8]: 0.2, 0.2, 0.7, 0.7; [2 − D_an]: 0, 0.5, 0.5, 0.
        (lambda: batch_hard_pairwise(LINE, PAIRS, 0.8, 2.0, reduction="sum"), 2.8),
        (lambda: batch_hard_pairwise(LINE, PAIRS, 0.8, 2.0), 0.7),
        # ½·1², ½·1.5² for the same; [2 − D]: 0, 0, 0.5, 0 for others: ½·0.25. Six pairs.
        (lambda: batch_contrastive(LINE, PAIRS, 2.0), (0.5 + 1.125 + 0.125) / 6),
    ],
)
def test_loss_has_the_value_computed_by_hand(loss: Callable[[], Tensor], expected: float) -> None:
    assert loss().item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_gradient_is_that_of_the_value(name: str) -> None:
    points, labels = random_batch(5)
    points.requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: LOSSES[name](x, labels), (points,))


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_identical_images_give_finite_gradients(name: str) -> None:
    """A collapsed network is where the root of a distance has no slope."""
    points = torch.ones(6, 3, requires_grad=True)
    LOSSES[name](points, torch.tensor([0, 0, 1, 1, 2, 2])).backward()
    assert torch.isfinite(points.grad).all(), points.grad


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize(
    "labels", [[0, 1, 2], [0, 0, 0], [0]], ids=["no positive", "no negative", "one image"]
)
def test_batch_without_triplets_costs_something_finite(name: str, labels: list[int]) -> None:
    points = torch.randn(len(labels), 4, requires_grad=True)
    loss = LOSSES[name](points, torch.tensor(labels))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(points.grad).all()
    if "batch" in name or name == "lossless":
        assert loss == 0


def test_anchor_without_a_positive_is_left_out_of_batch_hard() -> None:
    with_single = batch_hard_triplet(
        torch.cat((LINE, torch.tensor([[9.0]]))), torch.tensor([0, 0, 1, 1, 2]), 0.7
    )
    assert with_single.item() == pytest.approx(0.225)


@settings(max_examples=15, deadline=None)
@given(identities=st.integers(2, 4), images=st.integers(2, 4), seed=st.integers(0, 99))
def test_batch_all_counts_every_triplet(identities: int, images: int, seed: int) -> None:
    points, labels = random_batch(seed, identities, images)
    margin = 1000.0
    total = batch_all_triplet(points, labels, margin, reduction="sum")
    mean = batch_all_triplet(points, labels, margin, reduction="mean")
    count = identities * images * (images - 1) * (identities * images - images)
    assert (total / mean).item() == pytest.approx(count)


def test_eight_times_eight_images_make_25088_triplets() -> None:
    points, labels = random_batch(0, 8, 8)
    ratio = batch_all_triplet(points, labels, 1e3, reduction="sum") / batch_all_triplet(points, labels, 1e3)
    assert ratio.item() == pytest.approx(25_088)


def test_triplet_ignores_the_scale_that_the_pairwise_loss_fixes() -> None:
    """The thesis' reason for equation 6: (0.4, 0.6) and (1.4, 1.6) cost a triplet the same."""
    labels = torch.tensor([0, 0, 1])
    costs = {}
    for near, far in ((0.4, 0.6), (1.4, 1.6)):
        points = torch.tensor([[0.0, 0.0], [near, 0.0], [0.0, far]])
        triplet = batch_all_triplet(points[:3], labels, 0.3, reduction="sum")
        costs[near] = (triplet.item(), batch_hard_pairwise(points, labels, 0.5, 0.6).item())
    first_anchor = [[0.3 + near - far for near, far in ((0.4, 0.6), (1.4, 1.6))]]
    assert first_anchor[0][0] == pytest.approx(first_anchor[0][1])
    assert costs[0.4][1] == pytest.approx(0.0)
    assert costs[1.4][1] > 0.5


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999))
def test_lossless_over_a_batch_is_the_mean_over_its_triplets(seed: int) -> None:
    points, labels = random_batch(seed, 3, 3)
    # An identity with one image more, so that anchors are part of different numbers of triplets.
    points, labels = torch.cat((points, points[:1] + 0.1)), torch.cat((labels, labels[:1]))
    same = labels[:, None] == labels[None, :]
    triplets = [
        (a, p, n)
        for a in range(len(labels))
        for p in range(len(labels))
        for n in range(len(labels))
        if same[a, p] and a != p and not same[a, n]
    ]
    a, p, n = torch.tensor(triplets).T
    expected = lossless_triplet(points[a], points[p], points[n])
    assert batch_all_lossless_triplet(points, labels).item() == pytest.approx(expected.item())


def test_half_precision_features_are_compared_in_full() -> None:
    points = torch.tensor([[300.0], [301.0], [302.5], [304.0]], dtype=torch.float16)
    loss = batch_all_triplet(points, PAIRS, 2.0, squared=True, reduction="sum")
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(2.75)


class TestCenter:
    def test_value_and_movement_by_hand(self) -> None:
        loss = CenterLoss(num_classes=3, dimension=1, rate=0.5)
        features, labels = torch.tensor([[2.0], [4.0], [6.0]]), torch.tensor([0, 0, 2])
        # ½ (4 + 16 + 36); centres move by ½ (2 + 4) / (1 + 2) and ½ 6 / (1 + 1).
        assert loss(features, labels).item() == pytest.approx(28.0)
        assert loss.centres.flatten().tolist() == pytest.approx([1.0, 0.0, 1.5])
        assert loss(features, labels).item() == pytest.approx(0.5 * (1 + 9 + 20.25))

    def test_mean_divides_by_the_batch(self) -> None:
        features, labels = torch.tensor([[2.0], [4.0]]), torch.tensor([0, 1])
        total, mean = (CenterLoss(2, 1, reduction=how)(features, labels) for how in ("sum", "mean"))
        assert total == 2 * mean == 10.0

    def test_centres_rest_outside_training_and_the_gradient_is_right(self) -> None:
        loss = CenterLoss(3, 5).double()
        points, labels = random_batch(1)
        loss(points, labels)
        loss.eval()
        before = loss.centres.clone()
        points.requires_grad_(True)
        assert torch.autograd.gradcheck(lambda x: loss(x, labels), (points,))
        assert torch.equal(loss.centres, before)
        assert not list(loss.parameters())

    def test_centres_reach_the_means(self) -> None:
        loss = CenterLoss(3, 5).double()
        points, labels = random_batch(2)
        for _ in range(100):
            loss(points, labels)
        means = points.view(3, 4, 5).mean(1)
        assert torch.allclose(loss.centres, means, atol=1e-6)


class TestAgainstTheLibrary:
    @pytest.fixture(autouse=True)
    def library(self) -> None:
        pytest.importorskip("pytorch_metric_learning", reason="pip install fietsflow[lab]")

    @pytest.mark.parametrize("margin", [0.1, 0.3, 2.0])
    @pytest.mark.parametrize("squared", [False, True])
    def test_batch_all(self, margin: float, squared: bool) -> None:
        from pytorch_metric_learning import distances, losses, reducers

        points, labels = random_batch(7)
        distance = distances.LpDistance(normalize_embeddings=False, power=2 if squared else 1)
        for reduction, reducer in (
            ("mean_active", reducers.AvgNonZeroReducer()),
            ("mean", reducers.MeanReducer()),
            ("sum", reducers.SumReducer()),
        ):
            theirs = losses.TripletMarginLoss(margin, distance=distance, reducer=reducer)(points, labels)
            ours = batch_all_triplet(points, labels, margin, squared, reduction)
            assert ours.item() == pytest.approx(theirs.item(), rel=1e-6), reduction

    def test_batch_hard(self) -> None:
        from pytorch_metric_learning import distances, losses, miners, reducers

        points, labels = random_batch(8)
        distance = distances.LpDistance(normalize_embeddings=False)
        mined = miners.BatchHardMiner(distance=distance)(points, labels)
        for margin, smooth in ((0.3, False), (0.0, True)):
            theirs = losses.TripletMarginLoss(
                margin, smooth_loss=smooth, distance=distance, reducer=reducers.MeanReducer()
            )(points, labels, mined)
            ours = batch_hard_triplet(points, labels, None if smooth else margin)
            assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)

    def test_pairwise_is_contrastive_on_the_hardest_pairs(self) -> None:
        from pytorch_metric_learning import distances, losses, miners, reducers

        points, labels = random_batch(9)
        points = torch.nn.functional.normalize(points)
        distance = distances.LpDistance(normalize_embeddings=False)
        mined = miners.BatchHardMiner(distance=distance)(points, labels)
        theirs = losses.ContrastiveLoss(0.3, 0.9, distance=distance, reducer=reducers.MeanReducer())(
            points, labels, mined
        )
        assert batch_hard_pairwise(points, labels).item() == pytest.approx(theirs.item(), rel=1e-6)
