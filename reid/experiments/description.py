"""An experiment as a small file: a table of a paper, its rows, and what the paper claims."""

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from reid.batches.transforms.settings import BlurSettings
from reid.experiments.measures import Measure
from reid.studies import Metric
from tracking.settings import Settings

Name = Field(pattern=r"^[a-z0-9_]+$", description="short name, small letters, digits and _")


class Scale(StrEnum):
    """How large an experiment is."""

    SMOKE = "smoke"
    """The same code in minutes on a processor: shows directions, if anything."""
    FULL = "full"
    """The hyper-parameters of the paper."""


class EvaluationSettings(Settings):
    """How a trained network is measured."""

    kind: Literal["embeddings", "verification", "masks", "reconstruction"] = Field(
        default="embeddings",
        description="embeddings: by distance; verification: pairs ranked by p(same); masks: person pixels; "
        "reconstruction: of an auto-encoder",
    )
    folder: str = Field(default=".", description="part of the data that is measured on, below its folder")
    blur: BlurSettings | None = Field(default=None, description="blur of the test images; none if null")
    metric: Metric = Field(default=Metric.EUCLIDEAN, description="distance that ranks")
    rerank: bool = Field(default=False, description="rank by k-reciprocal neighbours instead")
    average: bool = Field(default=False, description="one embedding per tracklet, the mean of its images")
    normalise: bool = Field(default=True, description="unit norm of each embedding before it is compared")
    exclude_same_camera: bool = Field(
        default=False, description="compare across cameras only; else as Market-1501 does"
    )


class Variant(Settings):
    """A row of the table."""

    name: str = Name
    title: str = Field(description="as the table calls it")
    set: dict[str, Any] = Field(default={}, description="dotted keys of the training that differ")
    smoke: dict[str, Any] = Field(default={}, description="further ones of the small scale")
    full: dict[str, Any] = Field(default={}, description="further ones of the large scale")
    evaluate: dict[str, Any] = Field(default={}, description="keys of the evaluation that differ")
    train_on: str | None = Field(
        default=None, description="part of the data that it learns from, below its folder"
    )
    network_of: str | None = Field(
        default=None, description="earlier row whose network is measured once more, in another way"
    )
    starts_from: str | None = Field(
        default=None, description="earlier row whose weights are the initial weights of this one"
    )
    autoencoder_of: str | None = Field(
        default=None, description="earlier row that trained the auto-encoder of this one"
    )
    blacken_with: str | None = Field(
        default=None, description="earlier row whose network sets the background of all pictures to black"
    )
    paper: dict[Measure, float] = Field(
        default={}, description="what the paper reports, shares as percent as it prints them"
    )
    note: str = Field(default="", description="what a reader has to know about this row")


class Claim(Settings):
    """A direction that a paper claims: some rows are better than others."""

    text: str = Field(description="the claim in words")
    measure: Measure = Field(description="by which column")
    better: tuple[str, ...] = Field(min_length=1, description="rows that should win, by their mean")
    worse: tuple[str, ...] = Field(min_length=1, description="rows that should lose, by their mean")


class ScaleSettings(Settings):
    """What one scale changes for all rows."""

    data: Literal["city", "two_cities", "masks"] | None = Field(
        default=None, description="simulated data that are made if no folder is given; none: --data is needed"
    )
    needs: str = Field(default="", description="what folder --data should name, in words")
    seeds: int = Field(default=3, ge=1, description="repetitions with other seeds")
    imagenet: bool = Field(
        default=True, description="start from ImageNet weights where there are some for the backbone"
    )
    random_start: tuple[str, ...] = Field(
        default=(), description="rows that start from random weights all the same"
    )
    set: dict[str, Any] = Field(default={}, description="dotted keys of the training")
    leave_out: tuple[str, ...] = Field(default=(), description="rows that this scale does not run")
    note: str = Field(default="", description="how this scale differs from the paper")


class Experiment(Settings):
    """A table of a paper."""

    title: str = Field(description="what is studied")
    source: str = Field(description="paper and table")
    columns: tuple[Measure, ...] = Field(min_length=1, description="what is reported of each row")
    training: dict[str, Any] = Field(
        default={}, description="training description that rows differ from, without data.folder"
    )
    evaluation: EvaluationSettings = Field(
        default=EvaluationSettings(), description="how the networks are measured"
    )
    smoke: ScaleSettings = Field(description="small scale")
    full: ScaleSettings = Field(description="scale of the paper")
    variants: tuple[Variant, ...] = Field(min_length=1, description="rows of the table")
    claims: tuple[Claim, ...] = Field(default=(), description="directions that the paper claims")

    def scale(self, scale: Scale) -> ScaleSettings:
        """Settings of a scale."""
        return self.smoke if scale is Scale.SMOKE else self.full

    def rows(self, scale: Scale) -> tuple[Variant, ...]:
        """Rows that a scale runs."""
        left_out = self.scale(scale).leave_out
        return tuple(row for row in self.variants if row.name not in left_out)

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        earlier: list[str] = []
        for row in self.variants:
            if row.name in earlier:
                raise ValueError(f"variants: there are two named {row.name}; rename one")
            for key in ("network_of", "starts_from", "autoencoder_of", "blacken_with"):
                other = getattr(row, key)
                if other is not None and other not in earlier:
                    raise ValueError(f"variants: {row.name}: {key}: there is no earlier row {other!r}")
            if row.network_of is not None and (row.set or row.smoke or row.full or row.starts_from):
                raise ValueError(f"variants: {row.name}: network_of trains nothing; give evaluate only")
            if strange := sorted(set(row.paper) - set(self.columns)):
                raise ValueError(f"variants: {row.name}: paper: {strange[0]} is not among columns")
            earlier.append(row.name)
        for claim in self.claims:
            if claim.measure not in self.columns:
                raise ValueError(f"claims: {claim.measure} is not among columns")
            if unknown := [name for name in (*claim.better, *claim.worse) if name not in earlier]:
                raise ValueError(f"claims: there is no row {unknown[0]!r}")
        for scale in Scale:
            for key in ("leave_out", "random_start"):
                if unknown := [name for name in getattr(self.scale(scale), key) if name not in earlier]:
                    raise ValueError(f"{scale}: {key}: there is no row {unknown[0]!r}")
        return self
