"""Losses of one labelled batch, behind one call: output of a network and labels to a scalar."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from reid.losses.center import CenterLoss
from reid.losses.contrastive import batch_contrastive
from reid.losses.distances import in_full_precision
from reid.losses.lossless import batch_all_lossless_triplet
from reid.losses.margin import MarginSoftmax
from reid.losses.pairwise import batch_hard_pairwise
from reid.losses.settings import (
    ArcFaceSettings,
    BatchAllTripletSettings,
    BatchHardPairwiseSettings,
    BatchHardTripletSettings,
    CenterSettings,
    ContrastiveSettings,
    CosFaceSettings,
    CrossEntropySettings,
    LosslessTripletSettings,
    LossSettings,
)
from reid.losses.triplet import batch_all_triplet, batch_hard_triplet
from reid.models.base import ReidOutput
from tracking.errors import UsageError


class LossPart(NamedTuple):
    """One term of a sum of losses.

    Attributes:
        name: Name of the loss.
        value: Scalar before its weight.
    """

    name: str
    value: Tensor


class LossValue(NamedTuple):
    """Weighted sum of losses.

    Attributes:
        total: Scalar to be minimised.
        parts: The terms, for curves.
    """

    total: Tensor
    parts: tuple[LossPart, ...]


class CombinedLoss(nn.Module):
    """Weighted sum of losses; its parameters, if any, belong to the optimiser too."""

    def __init__(self, terms: Sequence[LossSettings], num_classes: int | None, dimension: int) -> None:
        """Build the terms.

        Args:
            terms: Settings of each loss.
            num_classes: Train identities, for losses that hold something for each.
            dimension: Length of the features.

        Raises:
            UsageError: If there is no term, a loss appears twice, or needs num_classes that are not given.
        """
        super().__init__()
        names = [term.name for term in terms]
        if not names:
            raise UsageError("losses: empty; give at least one, for example cross_entropy")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise UsageError(f"losses: {repeated[0]} appears twice; name each loss once")
        self.weights: dict[str, float] = {term.name: term.weight for term in terms}
        self.terms = nn.ModuleDict({term.name: build_term(term, num_classes, dimension) for term in terms})

    def forward(self, output: ReidOutput, labels: Tensor) -> LossValue:
        """Add up the terms.

        Args:
            output: Of a network, for N images.
            labels: (N,) identities below num_classes.

        Returns:
            Total and parts.
        """
        parts = tuple(LossPart(name, term(output, labels)) for name, term in self.terms.items())
        return LossValue(sum(self.weights[part.name] * part.value for part in parts), parts)


class IdentificationTerm(nn.Module):
    """Cross-entropy with label smoothing: the true class gets 1 − ε + ε/K, any other ε/K."""

    def __init__(self, smoothing: float) -> None:
        """Keep the smoothing ε."""
        super().__init__()
        self.smoothing = smoothing

    def forward(self, output: ReidOutput, labels: Tensor) -> Tensor:
        """Compare logits with labels.

        Args:
            output: Of a network with a classifier.
            labels: (N,) identities.

        Returns:
            Scalar.

        Raises:
            UsageError: If the network has no classifier.
        """
        if output.logits is None:
            raise UsageError("loss cross_entropy: the model has no classifier; give it num_classes")
        return functional.cross_entropy(
            in_full_precision(output.logits), labels, label_smoothing=self.smoothing
        )


class FeatureTerm(nn.Module):
    """A loss of the features before the neck."""

    def __init__(self, loss: Callable[[Tensor, Tensor], Tensor], normalise: bool = False) -> None:
        """Wrap a loss.

        Args:
            loss: Of features (N, D) and labels (N,).
            normalise: Scale features to unit norm first.
        """
        super().__init__()
        self.loss = loss
        self.normalise = normalise

    def forward(self, output: ReidOutput, labels: Tensor) -> Tensor:
        """Apply the loss.

        Args:
            output: Of a network.
            labels: (N,) identities.

        Returns:
            Scalar.
        """
        features = in_full_precision(output.features)
        return self.loss(functional.normalize(features) if self.normalise else features, labels)


def build_term(settings: LossSettings, num_classes: int | None, dimension: int) -> nn.Module:
    """Build one loss; its weight is left to the sum.

    Args:
        settings: Of the loss.
        num_classes: Train identities.
        dimension: Length of the features.

    Returns:
        A module that takes a `ReidOutput` and labels.

    Raises:
        UsageError: If the loss needs num_classes that are not given, or a library that is missing.
    """
    match settings:
        case CrossEntropySettings():
            return IdentificationTerm(settings.smoothing)
        case CenterSettings() | ArcFaceSettings() | CosFaceSettings():
            return FeatureTerm(_class_loss(settings, num_classes, dimension))
        case LosslessTripletSettings():
            # It normalises by itself.
            return FeatureTerm(
                partial(batch_all_lossless_triplet, beta=settings.beta, epsilon=settings.epsilon)
            )
    return FeatureTerm(_batch_loss(settings), settings.normalise)


def _class_loss(
    settings: CenterSettings | ArcFaceSettings | CosFaceSettings, num_classes: int | None, dimension: int
) -> nn.Module:
    if num_classes is None:
        raise UsageError(f"loss {settings.name}: needs the number of train identities (num_classes)")
    if isinstance(settings, CenterSettings):
        return CenterLoss(num_classes, dimension, settings.rate, settings.reduction)
    return MarginSoftmax(settings.name, num_classes, dimension, settings.margin, settings.scale)


def _batch_loss(
    settings: BatchAllTripletSettings
    | BatchHardTripletSettings
    | BatchHardPairwiseSettings
    | ContrastiveSettings,
) -> Callable[[Tensor, Tensor], Tensor]:
    match settings:
        case ContrastiveSettings():
            return partial(batch_contrastive, margin=settings.margin)
        case BatchHardPairwiseSettings():
            return partial(
                batch_hard_pairwise,
                positive_margin=settings.positive_margin,
                negative_margin=settings.negative_margin,
                reduction=settings.reduction,
            )
        case BatchAllTripletSettings():
            return partial(
                batch_all_triplet,
                margin=settings.margin,
                squared=settings.squared,
                reduction=settings.reduction,
            )
        case BatchHardTripletSettings():
            return partial(
                batch_hard_triplet,
                margin=settings.margin,
                squared=settings.squared,
                reduction=settings.reduction,
            )
