"""Supervised clustering with lazily refreshed class means."""

import torch
from torch import Tensor, nn

from reid.losses.distances import in_full_precision, zero_like


class ClusteringLoss(nn.Module):
    """‖C_j − C̄^i‖²: points of class i are drawn to the mean of the class.

    As reported, the target is the mean of the points seen before, refreshed every 130 batches and
    forgotten every 20 epochs. The report divides the sum of j − 1 points by j; here it is their mean.
    A class without a mean gets one from the first batch that shows it. With nothing that pushes
    classes apart all points in one place are a perfect solution, and the report's training did not
    converge; `separation_margin` adds the push, [m − min_{k≠i} ‖C_j − C̄^k‖]²_+.

    All state is in buffers, so that a resumed training goes on with the same targets.
    """

    def __init__(
        self,
        num_classes: int,
        dimension: int,
        refresh_batches: int = 130,
        reset_epochs: int = 20,
        separation_margin: float | None = None,
        separation_weight: float = 1.0,
    ) -> None:
        """Start without any class mean.

        Args:
            num_classes: Identities.
            dimension: Length D of the cluster space.
            refresh_batches: Batches between two updates of the targets.
            reset_epochs: Epochs after which all points seen are forgotten.
            separation_margin: Distance m from the nearest other mean; None for the reported loss.
            separation_weight: Weight of the separation.
        """
        super().__init__()
        self.refresh_batches = refresh_batches
        self.reset_epochs = reset_epochs
        self.separation_margin = separation_margin
        self.separation_weight = separation_weight
        self.register_buffer("sums", torch.zeros(num_classes, dimension))
        self.register_buffer("counts", torch.zeros(num_classes))
        self.register_buffer("means", torch.zeros(num_classes, dimension))
        self.register_buffer("known", torch.zeros(num_classes, dtype=torch.bool))
        self.register_buffer("batches", torch.zeros((), dtype=torch.long))
        self.register_buffer("epochs", torch.zeros((), dtype=torch.long))

    def forward(self, points: Tensor, labels: Tensor) -> Tensor:
        """Compare points with the targets, then remember the points if training.

        Args:
            points: (N, D) in the cluster space.
            labels: (N,) identities below num_classes.

        Returns:
            Scalar, the mean over points whose class has a mean.
        """
        exact = in_full_precision(points)
        loss = self._attraction(exact, labels)
        if self.separation_margin is not None:
            loss = loss + self.separation_weight * self._separation(exact, labels, self.separation_margin)
        if self.training:
            self._remember(exact.detach(), labels)
        return loss

    def end_epoch(self) -> None:
        """Count an epoch, and forget all points after the set number of them."""
        self.epochs += 1
        if self.epochs % self.reset_epochs == 0:
            for buffer in (self.sums, self.counts, self.means, self.known):
                buffer.zero_()

    def _attraction(self, points: Tensor, labels: Tensor) -> Tensor:
        known = self.known[labels]
        if not known.any():
            return zero_like(points)
        targets = self.means[labels[known]].to(points)
        return (points[known] - targets).square().sum(dim=1).mean()

    def _separation(self, points: Tensor, labels: Tensor, margin: float) -> Tensor:
        # A copy, for the means change in place before the gradient is taken.
        means = self.means.to(points, copy=True)
        distances = torch.cdist(points, means, compute_mode="donot_use_mm_for_euclid_dist")
        own = labels[:, None] == torch.arange(len(means), device=labels.device)
        nearest = distances.masked_fill(own | ~self.known, torch.inf).amin(dim=1)
        return torch.relu(margin - nearest).square().mean()

    def _remember(self, points: Tensor, labels: Tensor) -> None:
        self.sums.index_add_(0, labels, points.to(self.sums))
        self.counts.index_add_(0, labels, torch.ones_like(labels, dtype=self.counts.dtype))
        self.batches += 1
        seen = self.counts > 0
        due = seen if self.batches % self.refresh_batches == 0 else seen & ~self.known
        self.means[due] = self.sums[due] / self.counts[due, None]
        self.known |= due
