"""What every re-identification network promises."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional


class ReidOutput(NamedTuple):
    """What a network says about N images.

    Attributes:
        features: (N, D) before the batch normalisation of the neck; metric losses take these.
        embedding: (N, D) after it, or the features themselves where there is no neck; compared
            at inference.
        logits: (N, classes), or None for a network without a classifier.
    """

    features: Tensor
    embedding: Tensor
    logits: Tensor | None


class ReidNetwork(nn.Module):
    """Backbone, pooling, projection, neck and classifier in a row.

    Attributes:
        dimension: Length D of the embedding.
    """

    dimension: int

    def __init__(
        self,
        encoder: nn.Module,
        dimension: int,
        *,
        bnneck: bool = False,
        num_classes: int | None = None,
        classifier_bias: bool = True,
        mirrored: bool = False,
    ) -> None:
        """Put neck and classifier behind an encoder.

        Args:
            encoder: Images (N, 3, H, W) to features (N, D).
            dimension: Length D of the features.
            bnneck: Normalise features before the classifier (Luo 2019, section 3.5).
            num_classes: Identities of the classifier; None for no classifier.
            classifier_bias: Whether the classifier adds a bias.
            mirrored: Compare the mean of an image's embedding and its mirror image's.
        """
        super().__init__()
        self.mirrored = mirrored
        self.encoder = encoder
        self.dimension = dimension
        self.neck = _neck(dimension) if bnneck else nn.Identity()
        self.classifier = None
        if num_classes is not None:
            self.classifier = nn.Linear(dimension, num_classes, bias=classifier_bias)
            nn.init.normal_(self.classifier.weight, std=0.001)
            if classifier_bias:
                nn.init.zeros_(self.classifier.bias)

    def forward(self, images: Tensor) -> ReidOutput:
        """Embed and classify.

        Args:
            images: (N, 3, H, W) normalised.

        Returns:
            Features, embeddings and logits.
        """
        features = self.encoder(images)
        embedding = self.neck(features)
        return ReidOutput(features, embedding, self.classifier(embedding) if self.classifier else None)

    def embed(self, images: Tensor) -> Tensor:
        """Embed for retrieval.

        Args:
            images: (N, 3, H, W) normalised.

        Returns:
            (N, D), rows of unit norm.
        """
        unit = functional.normalize(self.neck(self.encoder(images)))
        if not self.mirrored:
            return unit
        return functional.normalize(unit + functional.normalize(self.neck(self.encoder(images.flip(-1)))))


def _neck(dimension: int) -> nn.Module:
    neck = nn.BatchNorm1d(dimension)
    # A shift would move the centre of the sphere that the classifier's planes pass through.
    neck.bias.requires_grad_(False)
    return neck
