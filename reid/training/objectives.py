"""What a batch costs: the side of a training that knows what the network is for.

Networks may compute in half precision; what is done with their answers is always float32.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import nn

from reid.losses.clustering import ClusteringLoss
from reid.losses.contrastive import contrastive
from reid.losses.lossless import lossless_triplet
from reid.losses.reconstruction import ReconstructionKind, reconstruction
from reid.losses.segmentation import weighted_mask_loss
from reid.losses.terms import CombinedLoss
from reid.losses.triplet import offline_triplet
from reid.losses.verification import verification, verification_and_identification
from reid.training.batches import Batch


@dataclass(frozen=True, slots=True)
class Costs:
    """What a batch costs.

    Attributes:
        total: Scalar tensor with a gradient.
        terms: Parts of the total by name, before their weights.
        embedding: (N, D) that the collapse detector looks at; None where there is none.
    """

    total: torch.Tensor
    terms: tuple[tuple[str, torch.Tensor], ...] = ()
    embedding: torch.Tensor | None = None


class Objective(Protocol):
    """Runs the network on a batch and judges its answers.

    An objective with parameters or state of its own (class centres) is a `torch.nn.Module`; it is trained
    and saved with the network.
    """

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Tell what the batch costs."""
        ...


@runtime_checkable
class CountsEpochs(Protocol):
    """An objective that wants to know when an epoch is over."""

    def end_epoch(self) -> None:
        """Take note."""
        ...


def _in_full_precision(batch: Batch) -> torch.autocast:
    return torch.autocast(batch.images.device.type, enabled=False)


class BatchObjective(nn.Module):
    """Losses that look at all images of a labelled batch."""

    def __init__(self, losses: CombinedLoss) -> None:
        """Keep the losses."""
        super().__init__()
        self.losses = losses

    def forward(self, network: nn.Module, batch: Batch) -> Costs:
        """Embed, classify, add up the losses."""
        output = network(batch.images)
        with _in_full_precision(batch):
            value = self.losses(output, batch.identities)
        return Costs(value.total, tuple(value.parts), output.embedding)


class PairObjective:
    """Contrastive loss on pairs drawn beforehand: left images first, then right ones."""

    def __init__(self, margin: float) -> None:
        """Set the margin m."""
        self._margin = margin

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Compare left with right."""
        output = network(batch.images)
        left, right = output.features.chunk(2)
        with _in_full_precision(batch):
            loss = contrastive(left, right, _same(batch), self._margin)
        return Costs(loss, (), output.embedding)


class VerificationObjective:
    """Binary cross-entropy of a verification head on pairs, with or without identification.

    The head does not treat left and right alike, so each pair is judged both ways round.
    """

    def __init__(self, verification_weight: float = 1.0, smoothing: float = 0.0) -> None:
        """Set the weight beside identification, which takes part where the network has a classifier."""
        self._weight, self._smoothing = verification_weight, smoothing

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Judge the pairs."""
        output = network(batch.images)
        left, right = output.embedding.chunk(2)
        judged = torch.cat([network.head(left, right), network.head(right, left)])
        labels, same = batch.identities.chunk(2), _same(batch).repeat(2)
        with _in_full_precision(batch):
            pairs = verification(judged.float(), same)
            total = pairs
            if output.logits is not None:
                both = output.logits.float().chunk(2)
                count = len(same) // 2
                total = verification_and_identification(
                    judged[:count].float(), both, labels, self._weight, self._smoothing
                )
        return Costs(total, (("verification", pairs),), output.embedding)


class TripletObjective:
    """Triplets drawn beforehand: anchors, positives, negatives."""

    def __init__(self, margin: float | None = 0.2, lossless: bool = False, beta: float = 4.0) -> None:
        """Choose the loss.

        Args:
            margin: Of the squared triplet loss; None for a soft one.
            lossless: Take the lossless triplet loss instead.
            beta: Of the lossless one.
        """
        self._margin, self._lossless, self._beta = margin, lossless, beta

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Compare anchors with positives and negatives."""
        output = network(batch.images)
        with _in_full_precision(batch):
            anchor, positive, negative = output.features.float().chunk(3)
            if self._lossless:
                loss = lossless_triplet(anchor, positive, negative, self._beta)
            else:
                loss = offline_triplet(anchor, positive, negative, self._margin)
        return Costs(loss, (), output.embedding)


class ReconstructionObjective:
    """An auto-encoder and how far its pictures are from the originals."""

    def __init__(self, error: ReconstructionKind = "l1") -> None:
        """Choose the error."""
        self._error = error

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Encode, decode, compare."""
        made = network(batch.images)
        with _in_full_precision(batch):
            loss = reconstruction(made.image.float(), batch.images, self._error)
        return Costs(loss, (), made.latent.flatten(1))


class SegmentationObjective:
    """Person masks; the batch's targets are (N, 1, H, W), 1 on the person."""

    def __init__(self, person_weight: float = 3.0, background_weight: float = 1.0) -> None:
        """Set what a missed pixel of the person and of the background costs."""
        self._weights = person_weight, background_weight

    def __call__(self, network: nn.Module, batch: Batch) -> Costs:
        """Compare masks."""
        if batch.targets is None:
            raise ValueError("segmentation learns from masks, but the batch has none")
        logits = network(batch.images)
        with _in_full_precision(batch):
            loss = weighted_mask_loss(logits.float(), batch.targets, *self._weights)
        return Costs(loss)


class ClusteringObjective(nn.Module):
    """Class means in the cluster space behind an auto-encoder (`reid.training.staged`).

    Where the auto-encoder is trained too, its reconstruction error is added with weight one, as reported.
    """

    def __init__(self, clustering: ClusteringLoss, error: ReconstructionKind = "l1") -> None:
        """Keep the loss, which holds the class means."""
        super().__init__()
        self.clustering = clustering
        self._error = error

    def forward(self, network: nn.Module, batch: Batch) -> Costs:
        """Encode, place in the cluster space, compare with the class means."""
        made = network(batch.images)
        with _in_full_precision(batch):
            attraction = self.clustering(made.points.float(), batch.identities)
            if made.image is None:
                return Costs(attraction, (("clustering", attraction),), made.points)
            error = reconstruction(made.image.float(), batch.images, self._error)
        parts = (("clustering", attraction), ("reconstruction", error))
        return Costs(attraction + error, parts, made.points)

    def end_epoch(self) -> None:
        """Let the class means be forgotten when it is time."""
        self.clustering.end_epoch()


def _same(batch: Batch) -> torch.Tensor:
    left, right = batch.identities.chunk(2)
    return left == right
