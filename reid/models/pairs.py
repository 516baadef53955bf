"""Networks that judge pairs: Siamese distance, and a verification head."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from reid.models.backbones import build_backbone
from reid.models.base import ReidNetwork, ReidOutput
from reid.models.pooling import PooledEncoder
from reid.models.settings import SiameseSettings, VerificationSettings

BACKBONE_STRIDE = 32


class SiameseNetwork(ReidNetwork):
    """ResNet-101 without its pooling and classifier, applied to both images of a pair.

    The report compares the flattened feature maps without normalising them, and so needs a margin of
    100. With `normalised` distances lie in 0..2 instead.
    """

    def __init__(self, settings: SiameseSettings) -> None:
        """Build the network.

        Args:
            settings: Backbone, flattening or pooling, normalisation, size of the images.
        """
        parts = build_backbone(settings)
        height, width = settings.input_size
        # The last stage keeps the cells of the one before it where its stride is 1.
        stride = BACKBONE_STRIDE // (2 if settings.last_stride == 1 else 1)
        cells = 1 if settings.pooled else _ceil(height, stride) * _ceil(width, stride)
        encoder = PooledEncoder(parts.features, "average") if settings.pooled else _Flattened(parts.features)
        super().__init__(encoder, parts.channels * cells)
        self.normalised = settings.normalised

    def forward(self, images: Tensor) -> ReidOutput:
        """Embed one side of the pairs.

        Args:
            images: (N, 3, H, W) normalised.

        Returns:
            Features and embedding, both of unit norm if `normalised`; no logits.
        """
        features = self.encoder(images)
        if self.normalised:
            features = functional.normalize(features)
        return ReidOutput(features, features, None)

    def distance(self, first: Tensor, second: Tensor) -> Tensor:
        """Measure how far apart two images are.

        Args:
            first: (N, 3, H, W).
            second: (N, 3, H, W).

        Returns:
            (N,) Euclidean distances.
        """
        return functional.pairwise_distance(self(first).embedding, self(second).embedding, eps=0.0)


class VerificationHead(nn.Module):
    """Two embeddings to the logit that they are of one person.

    A single layer on a concatenation, as the report describes it, is a sum of what each image
    contributes alone: it cannot say that two images fit each other. A hidden layer can, and so can the
    squared difference of the ident-and-verif network (Zheng 2017).
    """

    def __init__(
        self, dimension: int, mode: Literal["concatenate", "squared_difference"], hidden_size: int | None
    ) -> None:
        """Build the head.

        Args:
            dimension: Length D of an embedding.
            mode: What of the pair enters the layers.
            hidden_size: Units of a hidden layer; None for a single layer.
        """
        super().__init__()
        self.mode = mode
        entering = 2 * dimension if mode == "concatenate" else dimension
        if hidden_size is None:
            self.layers = nn.Linear(entering, 1)
        else:
            self.layers = nn.Sequential(
                nn.Linear(entering, hidden_size), nn.ReLU(), nn.Linear(hidden_size, 1)
            )

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Judge pairs; a sigmoid of the result is the probability of the same person.

        Args:
            first: (N, D).
            second: (N, D).

        Returns:
            (N,) logits.
        """
        if self.mode == "concatenate":
            return self.layers(torch.cat((first, second), dim=1)).squeeze(1)
        return self.layers((first - second).square()).squeeze(1)


class VerificationNetwork(ReidNetwork):
    """Encoder with a verification head, and a classifier where identification is trained too."""

    def __init__(self, settings: VerificationSettings) -> None:
        """Build the network.

        Args:
            settings: Backbone, embedding, head, classes.
        """
        parts = build_backbone(settings)
        projection = nn.Linear(parts.channels, settings.embedding_size)
        super().__init__(
            PooledEncoder(parts.features, "average", projection),
            settings.embedding_size,
            num_classes=settings.num_classes,
        )
        self.head = VerificationHead(settings.embedding_size, settings.mode, settings.hidden_size)

    def verify(self, first: Tensor, second: Tensor) -> Tensor:
        """Judge pairs of embeddings, the same whichever comes first.

        Args:
            first: (N, D) embeddings of this network.
            second: (N, D).

        Returns:
            (N,) probability of the same person.
        """
        return torch.sigmoid((self.head(first, second) + self.head(second, first)) / 2)


class _Flattened(nn.Module):
    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, images: Tensor) -> Tensor:
        return self.backbone(images).flatten(1)


def _ceil(length: int, stride: int) -> int:
    return -(-length // stride)
