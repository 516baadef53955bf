"""Which losses a network is trained with, and how they are weighed against each other."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tracking.settings import Settings

Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]


class LossTerm(Settings):
    """What all terms have in common."""

    weight: Positive = Field(default=1.0, description="factor of this term in the sum")


class CrossEntropySettings(LossTerm):
    """Identification by the classifier's logits."""

    name: Literal["cross_entropy"] = "cross_entropy"
    smoothing: float = Field(default=0.1, ge=0.0, lt=1.0, description="label smoothing ε; 0 for none")


class _TripletSettings(LossTerm):
    margin: NotNegative | None = Field(default=0.3, description="m; null for the soft margin")
    squared: bool = Field(default=False, description="squared distances")
    normalise: bool = Field(default=False, description="unit-norm features first")


class BatchAllTripletSettings(_TripletSettings):
    """All triplets of a batch."""

    name: Literal["triplet_batch_all"] = "triplet_batch_all"
    reduction: Literal["mean_active", "mean", "sum"] = Field(
        default="mean_active", description="mean of triplets with a loss, of all, or the sum"
    )


class BatchHardTripletSettings(_TripletSettings):
    """The hardest triplet of each image of a batch."""

    name: Literal["triplet_batch_hard"] = "triplet_batch_hard"
    reduction: Literal["mean", "sum"] = Field(default="mean", description="over images")


class BatchHardPairwiseSettings(LossTerm):
    """The hardest pairs of each image of a batch against two fixed bounds."""

    name: Literal["pairwise_batch_hard"] = "pairwise_batch_hard"
    positive_margin: NotNegative = Field(default=0.3, description="m_p, bound of distances of one identity")
    negative_margin: Positive = Field(default=0.9, description="m_n, bound of distances of two identities")
    normalise: bool = Field(default=True, description="unit-norm features first")
    reduction: Literal["mean", "sum"] = Field(default="mean", description="over images")

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if self.positive_margin >= self.negative_margin:
            raise ValueError(
                f"positive_margin {self.positive_margin} must be below negative_margin {self.negative_margin}"
            )
        if self.normalise and self.negative_margin > 2:
            raise ValueError(
                f"negative_margin {self.negative_margin} exceeds 2, the largest unit-norm distance"
            )
        return self


class LosslessTripletSettings(LossTerm):
    """Logarithmic triplet loss without a region of zero loss."""

    name: Literal["triplet_lossless"] = "triplet_lossless"
    beta: float = Field(default=4.0, ge=4.0, description="β, at least D = 4")
    epsilon: Positive = Field(default=1e-8, description="ε inside the logarithm")


class ContrastiveSettings(LossTerm):
    """All pairs of a batch."""

    name: Literal["contrastive"] = "contrastive"
    margin: Positive = Field(default=1.0, description="m; 100 in the report, on unnormalised features")
    normalise: bool = Field(default=True, description="unit-norm features first")

    @model_validator(mode="after")
    def _margin_can_be_reached(self) -> Self:
        if self.normalise and self.margin > 2:
            raise ValueError(
                f"margin {self.margin} exceeds 2, the largest unit-norm distance; normalise: false"
            )
        return self


class CenterSettings(LossTerm):
    """Distance of features from the moving centres of their identities."""

    name: Literal["center"] = "center"
    weight: Positive = Field(default=5e-4, description="factor of this term in the sum")
    rate: float = Field(default=0.5, gt=0.0, le=1.0, description="α, how fast centres follow")
    reduction: Literal["mean", "sum"] = Field(default="sum", description="over images")


class ArcFaceSettings(LossTerm):
    """Additive angular margin."""

    name: Literal["arcface"] = "arcface"
    margin: float = Field(default=0.5, ge=0.0, lt=1.5707, description="margin of the angle, radians")
    scale: Positive = Field(default=64.0, description="factor of the cosines")


class CosFaceSettings(LossTerm):
    """Additive cosine margin."""

    name: Literal["cosface"] = "cosface"
    margin: float = Field(default=0.35, ge=0.0, lt=2.0, description="margin of the cosine")
    scale: Positive = Field(default=64.0, description="factor of the cosines")


LossSettings = Annotated[
    CrossEntropySettings
    | BatchAllTripletSettings
    | BatchHardTripletSettings
    | BatchHardPairwiseSettings
    | LosslessTripletSettings
    | ContrastiveSettings
    | CenterSettings
    | ArcFaceSettings
    | CosFaceSettings,
    Field(discriminator="name"),
]
