"""The clustering network behind its auto-encoder, as one network (Ramchandani, Guess & Wells, 3.2)."""

from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional


class Clustered(NamedTuple):
    """What the two networks make of N images.

    Attributes:
        points: (N, D) in the cluster space.
        image: (N, 3, H, W) reconstruction; None where the auto-encoder is frozen.
    """

    points: Tensor
    image: Tensor | None

    @property
    def embedding(self) -> Tensor:
        """The points, by the name that other networks give to what is compared."""
        return self.points


class StagedClustering(nn.Module):
    """An auto-encoder, then a clustering network on its latent.

    Attributes:
        dimension: Length D of the cluster space.
    """

    dimension: int

    def __init__(self, autoencoder: nn.Module, clustering: nn.Module, end_to_end: bool = False) -> None:
        """Put the two together.

        Args:
            autoencoder: Trained beforehand, unless `end_to_end`.
            clustering: Latent to cluster space.
            end_to_end: Train both at once; else the auto-encoder stays as it is.
        """
        super().__init__()
        self.autoencoder, self.clustering, self.end_to_end = autoencoder, clustering, end_to_end
        self.dimension = clustering.dimension
        self.autoencoder.requires_grad_(end_to_end)

    def train(self, mode: bool = True) -> Self:
        """Switch mode; a frozen auto-encoder keeps its statistics too."""
        super().train(mode)
        if not self.end_to_end:
            self.autoencoder.eval()
        return self

    def forward(self, images: Tensor) -> Clustered:
        """Place images in the cluster space.

        Args:
            images: (N, 3, H, W), sides multiples of 32.
        """
        if self.end_to_end:
            made = self.autoencoder(images)
            return Clustered(self.clustering(made.latent), made.image)
        with torch.no_grad():
            latent = self.autoencoder.encoder(images)
        return Clustered(self.clustering(latent), None)

    def embed(self, images: Tensor) -> Tensor:
        """Embed for retrieval.

        Args:
            images: (N, 3, H, W).

        Returns:
            (N, D), rows of unit norm.
        """
        return functional.normalize(self.clustering(self.autoencoder.encoder(images)))
