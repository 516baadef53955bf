"""Center loss (Wen 2016; equation 7 of the cyclist thesis)."""

import torch
from torch import Tensor, nn

from reid.losses.distances import Reduction, in_full_precision


class CenterLoss(nn.Module):
    """½ Σ_j ‖x_j − c_{y_j}‖², whose centres follow the features.

    The centres are moved by Wen's equation 4, Δc_k = Σ_{y_j=k} (c_k − x_j) / (1 + n_k), and not by the
    optimiser of the network: they are state, saved with the loss, but no parameters.
    """

    def __init__(
        self, num_classes: int, dimension: int, rate: float = 0.5, reduction: Reduction = "sum"
    ) -> None:
        """Start with all centres at the origin.

        Args:
            num_classes: Identities.
            dimension: Length D of the features.
            rate: α, the share of Δc by which centres move at each training batch.
            reduction: The equation's sum over the batch, or the mean.
        """
        super().__init__()
        self.rate = rate
        self.reduction = reduction
        self.register_buffer("centres", torch.zeros(num_classes, dimension))

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """Pull features towards the centres of their identities, then move the centres.

        Args:
            features: (N, D).
            labels: (N,) identities below num_classes.

        Returns:
            Scalar.
        """
        exact = in_full_precision(features)
        squares = (exact - self.centres[labels].to(exact)).square().sum(dim=1)
        loss = 0.5 * (squares.sum() if self.reduction == "sum" else squares.mean())
        if self.training:
            self._follow(exact.detach(), labels)
        return loss

    def _follow(self, features: Tensor, labels: Tensor) -> None:
        # Ten thousand identities have large centres; only those of the batch are touched.
        present, place, counts = labels.unique(return_inverse=True, return_counts=True)
        sums = torch.zeros(len(present), features.shape[1]).to(self.centres)
        sums.index_add_(0, place, features.to(self.centres))
        counts = counts[:, None].to(self.centres)
        steps = (counts * self.centres[present] - sums) / (1 + counts)
        self.centres[present] -= self.rate * steps
