"""ArcFace and CosFace: classifiers with a margin on the angle, by pytorch-metric-learning."""

from typing import Literal

from torch import Tensor, nn

from reid.losses.distances import in_full_precision
from tracking.errors import UsageError

RADIAN_DEGREES = 57.29577951308232


class MarginSoftmax(nn.Module):
    """Cross-entropy of scaled cosines, the true one lessened by a margin.

    Its class vectors are parameters: give them to the optimiser.
    """

    def __init__(
        self,
        kind: Literal["arcface", "cosface"],
        num_classes: int,
        dimension: int,
        margin: float,
        scale: float,
    ) -> None:
        """Build the classifier.

        Args:
            kind: Margin added to the angle (Deng 2019) or taken from the cosine (Wang 2018).
            num_classes: Identities.
            dimension: Length D of the embeddings.
            margin: Radians for arcface, cosine for cosface.
            scale: Factor s of the cosines.

        Raises:
            UsageError: If pytorch-metric-learning is not installed.
        """
        super().__init__()
        try:
            from pytorch_metric_learning.losses import ArcFaceLoss, CosFaceLoss
        except ImportError as error:
            raise UsageError(
                f"loss {kind}: pytorch-metric-learning is not installed; run `pip install fietsflow[lab]`"
            ) from error
        if kind == "arcface":
            # The library takes degrees.
            self.loss = ArcFaceLoss(num_classes, dimension, margin=margin * RADIAN_DEGREES, scale=scale)
        else:
            self.loss = CosFaceLoss(num_classes, dimension, margin=margin, scale=scale)

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Classify with a margin.

        Args:
            embeddings: (N, D), any norm.
            labels: (N,) identities below num_classes.

        Returns:
            Scalar.
        """
        return self.loss(in_full_precision(embeddings), labels)
