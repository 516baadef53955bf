"""The clustering loss: when its targets move, and why it collapses without a push between classes."""

import pytest
import torch
from torch import Tensor, nn

from reid.losses.clustering import ClusteringLoss

LABELS = torch.tensor([0, 0, 1])


def points(*values: float) -> Tensor:
    return torch.tensor(values)[:, None]


def test_first_batch_gives_its_classes_a_mean_and_the_next_is_drawn_to_it() -> None:
    loss = ClusteringLoss(num_classes=3, dimension=1)
    assert loss(points(1.0, 3.0, 10.0), LABELS).item() == 0
    assert loss.means.flatten().tolist() == [2.0, 10.0, 0.0]
    assert loss.known.tolist() == [True, True, False]
    # (5 − 2)², (2 − 2)², (7 − 10)²
    assert loss(points(5.0, 2.0, 7.0), LABELS).item() == pytest.approx(18 / 3)
    # A class that nobody has seen does not count.
    assert loss(points(5.0, 2.0, 7.0), torch.tensor([0, 0, 2])).item() == pytest.approx(9 / 2)


def test_targets_wait_for_the_refresh() -> None:
    loss = ClusteringLoss(num_classes=2, dimension=1, refresh_batches=3)
    targets = []
    for value in (0.0, 6.0, 12.0, 30.0):
        loss(points(value), torch.tensor([0]))
        targets.append(loss.means[0].item())
    assert targets == [0.0, 0.0, 6.0, 6.0]


def test_all_is_forgotten_after_the_set_epochs() -> None:
    loss = ClusteringLoss(num_classes=2, dimension=1, reset_epochs=2)
    loss(points(4.0), torch.tensor([0]))
    loss.end_epoch()
    assert loss.known.tolist() == [True, False]
    loss.end_epoch()
    assert loss.known.tolist() == [False, False]
    assert loss(points(7.0), torch.tensor([0])).item() == 0
    assert loss.means[0].item() == 7.0


def test_separation_pushes_from_the_nearest_other_mean_only() -> None:
    loss = ClusteringLoss(3, 1, separation_margin=4.0, separation_weight=2.0)
    loss(points(0.0, 10.0, 13.0), torch.tensor([0, 1, 2]))
    # Each on its mean: nearest others 10, 3, 3 away: [4 − 10]² = 0, 1, 1, times 2, over 3.
    assert loss(points(0.0, 10.0, 13.0), torch.tensor([0, 1, 2])).item() == pytest.approx(4 / 3)


@pytest.mark.parametrize("margin", [None, 3.0])
def test_gradient_is_that_of_the_value(margin: float | None) -> None:
    loss = ClusteringLoss(3, 2, separation_margin=margin).double()
    labels = torch.tensor([0, 1, 2, 0])
    loss(torch.randn(4, 2, dtype=torch.float64), labels)
    loss.eval()
    batch = torch.randn(4, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: loss(x, labels), (batch,))


def test_state_survives_a_restart() -> None:
    first, second = (ClusteringLoss(3, 1, refresh_batches=4, reset_epochs=3) for _ in range(2))
    batches = [points(*torch.randn(3).tolist()) for _ in range(9)]
    for batch in batches[:5]:
        first(batch, LABELS)
    first.end_epoch()
    second.load_state_dict(first.state_dict())
    for batch in batches[5:]:
        assert torch.equal(first(batch, LABELS), second(batch, LABELS))
    for name, buffer in first.named_buffers():
        assert torch.equal(buffer, second.get_buffer(name)), name


@pytest.mark.parametrize(("margin", "cost"), [(None, 0.0), (2.0, 4.0)])
def test_all_classes_in_one_place_are_perfect_without_separation(margin: float | None, cost: float) -> None:
    loss = ClusteringLoss(3, 2, separation_margin=margin)
    labels = torch.tensor([0, 1, 2])
    one_place = torch.ones(3, 2)
    loss(one_place, labels)
    assert loss(one_place, labels).item() == pytest.approx(cost)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_attraction_alone_draws_classes_together_and_separation_parts_them(seed: int) -> None:
    start, attracted = _train_projection(seed, None)
    _, separated = _train_projection(seed, 2.0)
    assert attracted < start, f"class means went from {start:.2f} to {attracted:.2f} apart"
    assert separated > 1.5, f"class means went from {start:.2f} to {separated:.2f} apart"


def _train_projection(seed: int, margin: float | None) -> tuple[float, float]:
    """Least distance of class means before and after 100 steps of a linear network."""
    torch.manual_seed(seed)
    images = torch.randn(12, 6) + torch.eye(6)[:3].repeat_interleave(4, 0) * 3
    labels = torch.arange(3).repeat_interleave(4)
    network = nn.Linear(6, 2)
    loss = ClusteringLoss(3, 2, refresh_batches=5, reset_epochs=10, separation_margin=margin)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    start = _least_distance(network(images))
    for step in range(100):
        optimizer.zero_grad()
        loss(network(images), labels).backward()
        optimizer.step()
        if step % 5 == 4:
            loss.end_epoch()
    return start, _least_distance(network(images))


def _least_distance(placed: Tensor) -> float:
    return float(torch.pdist(placed.detach().view(3, 4, 2).mean(1)).min())
