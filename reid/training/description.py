"""A training as a small file: which data, which network, which losses."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reid.batches import SamplerSettings
from reid.batches.transforms.settings import TransformSettings
from reid.losses import LossSettings
from reid.models import ModelSettings
from reid.models.settings import CaeSettings
from reid.training.adaptation import AdaptationSettings
from reid.training.settings import TrainingSettings
from tracking.settings import Settings

Layout = Literal["own", "market", "duke", "mars", "last", "two_cameras", "masks"]


class DataSettings(Settings):
    """Which images."""

    layout: Layout = Field(
        default="own",
        description="own: of `pipeline dataset build`; market, duke, mars, last: published sets; "
        "two_cameras: a_0001_cam1.jpg; masks: images/NAME.jpg with masks/NAME.png, for segmentation",
    )
    folder: Path = Field(description="folder of the data set")
    kind: str | None = Field(default=None, description="of two_cameras: which kind, motorcycle for example")
    identities: tuple[int, int] | None = Field(
        default=None, description="first and last + 1 of the identities in ascending order; all if not given"
    )


class BatchObjectiveSettings(Settings):
    """Losses on labelled batches."""

    kind: Literal["batch"] = "batch"
    losses: tuple[LossSettings, ...] = Field(min_length=1, description="terms of the sum")


class PairObjectiveSettings(Settings):
    """Contrastive loss on drawn pairs."""

    kind: Literal["pairs"] = "pairs"
    margin: float = Field(default=1.0, gt=0.0, description="distance that different riders should have")


class VerificationObjectiveSettings(Settings):
    """Verification on drawn pairs, with identification where the network has a classifier."""

    kind: Literal["verification"] = "verification"
    weight: float = Field(default=1.0, gt=0.0, description="of verification beside identification")
    smoothing: float = Field(default=0.0, ge=0.0, lt=1.0, description="label smoothing of identification")
    identification: bool = Field(
        default=False, description="give the network a classifier of the riders of the data"
    )


class TripletObjectiveSettings(Settings):
    """Loss on drawn triplets."""

    kind: Literal["triplets"] = "triplets"
    margin: float | None = Field(default=0.2, ge=0.0, description="of the triplet loss; null for a soft one")
    lossless: bool = Field(default=False, description="the lossless triplet loss instead")
    beta: float = Field(default=4.0, ge=4.0, description="β of the lossless loss")


class ReconstructionObjectiveSettings(Settings):
    """Reconstruction by an auto-encoder."""

    kind: Literal["reconstruction"] = "reconstruction"
    error: Literal["l1", "l2", "max_pixel"] = Field(default="l1", description="how pictures are compared")


class ClusteringObjectiveSettings(Settings):
    """Class means in the cluster space."""

    kind: Literal["clustering"] = "clustering"
    refresh_batches: int = Field(default=130, ge=1, description="batches between updates of the means")
    reset_epochs: int = Field(default=20, ge=1, description="epochs after which means are forgotten")
    separation_margin: float | None = Field(
        default=None, gt=0.0, description="push other classes this far away; null for the reported loss"
    )
    error: Literal["l1", "l2", "max_pixel"] = Field(
        default="l1", description="of the auto-encoder, end to end"
    )


class SegmentationObjectiveSettings(Settings):
    """Person masks."""

    kind: Literal["segmentation"] = "segmentation"
    person_weight: float = Field(default=3.0, gt=0.0, description="α, cost of a missed pixel of the person")
    background_weight: float = Field(default=1.0, gt=0.0, description="β, cost of one of the background")


ObjectiveSettings = Annotated[
    BatchObjectiveSettings
    | PairObjectiveSettings
    | VerificationObjectiveSettings
    | TripletObjectiveSettings
    | ReconstructionObjectiveSettings
    | ClusteringObjectiveSettings
    | SegmentationObjectiveSettings,
    Field(discriminator="kind"),
]

SAMPLERS: dict[str, frozenset[str]] = {
    "pairs": frozenset({"pairs"}),
    "verification": frozenset({"pairs"}),
    "triplets": frozenset({"triplets"}),
    "batch": frozenset({"identities", "single_camera", "cross_camera"}),
    "reconstruction": frozenset({"identities", "single_camera", "images"}),
    "segmentation": frozenset({"images"}),
    "clustering": frozenset({"identities", "single_camera"}),
}
"""Samplers that suit an objective."""

NETWORKS: dict[str, frozenset[str]] = {
    "verification": frozenset({"verification"}),
    "reconstruction": frozenset({"cae"}),
    "clustering": frozenset({"clustering"}),
    "segmentation": frozenset({"segmentation"}),
}
"""Networks that suit an objective; the others take any that embeds."""
NOT_EMBEDDING = frozenset({"cae", "clustering", "segmentation"})


class TrainingDescription(Settings):
    """Everything that decides what comes out of a training."""

    data: DataSettings = Field(description="training images")
    model: ModelSettings = Field(description="the network")
    autoencoder: CaeSettings | None = Field(
        default=None, description="of a clustering network: the auto-encoder in front of it"
    )
    autoencoder_weights: Path | None = Field(
        default=None, description="weights.safetensors of a trained auto-encoder, of a clustering network"
    )
    end_to_end: bool = Field(
        default=False, description="of a clustering network: train the auto-encoder at the same time"
    )
    initial_weights: Path | None = Field(
        default=None, description="weights.safetensors of an earlier training to go on from (fine-tuning)"
    )
    objective: ObjectiveSettings = Field(description="what the network learns")
    adaptation: AdaptationSettings | None = Field(
        default=None, description="learn without labels: cluster, train on the clusters, again"
    )
    sampler: SamplerSettings = Field(default=SamplerSettings(), description="which images make a batch")
    transforms: TransformSettings = Field(default=TransformSettings(), description="what happens to a crop")
    training: TrainingSettings = Field(default=TrainingSettings(), description="how long and how fast")
    rounds: int = Field(
        default=1,
        ge=1,
        description="of triplets: trainings in a row; each mines hard negatives for the next",
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        kind = self.objective.kind
        if self.sampler.kind not in SAMPLERS[kind]:
            allowed = " or ".join(sorted(SAMPLERS[kind]))
            raise ValueError(f"objective {kind} needs sampler.kind {allowed}, not {self.sampler.kind}")
        name = self.model.name
        if (kind == "segmentation") != (self.data.layout == "masks"):
            raise ValueError("data.layout masks belongs to objective segmentation, and only to it")
        fits = name in NETWORKS[kind] if kind in NETWORKS else name not in NOT_EMBEDDING
        if not fits:
            raise ValueError(f"objective {kind} cannot train model {name}")
        if (name == "clustering") != (self.autoencoder is not None):
            raise ValueError("autoencoder belongs to model clustering, and only to it")
        if self.autoencoder is None and (self.autoencoder_weights is not None or self.end_to_end):
            raise ValueError("autoencoder_weights and end_to_end belong to model clustering only")
        if self.adaptation is not None and (self.initial_weights is None or self.rounds > 1):
            raise ValueError("adaptation needs initial_weights to cluster with, and no rounds of its own")
        if self.rounds > 1 and kind != "triplets":
            raise ValueError("rounds mine hard negatives for objective triplets only")
        return self
