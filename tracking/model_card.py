"""What travels with the weights of a model, whatever the model does.

A model card is a JSON file beside the weights, of the same stem. The facts here are common to all of them;
packages that run a model add what they need to run it.
"""

import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tracking.settings import Settings

Task = Literal["detector", "encoder", "face", "classifier"]
Runtime = Literal["onnx", "torch"]
Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def card_path(weights: Path) -> Path:
    """Where the card of a weights file lies."""
    return weights.with_suffix(".json")


class Measurement(Settings):
    """One number that says how good a model is, and how it was found."""

    measure: str = Field(min_length=1, description="what was measured, such as rank-1 or AP50")
    value: float = Field(description="the number")
    spread: float | None = Field(default=None, ge=0, description="standard deviation over seeds or folds")
    data: str = Field(min_length=1, description="on what, and why the model had not seen it")
    command: str = Field(default="", description="what measures it again")


class KnownAnswer(Settings):
    """What a model answers to a picture that every machine can draw."""

    values: tuple[float, ...] = Field(min_length=1, description="samples of the answer")
    tolerance: float = Field(
        default=0.01, gt=0, le=0.2, description="largest difference from a sample, as a share of 1 + |sample|"
    )


class ModelFacts(Settings):
    """The part of a model card that every model may have."""

    name: str = Field(default="", description="name in the model registry")
    task: Task = Field(default="detector", description="what the model does")
    runtime: Runtime = Field(default="onnx", description="what computes it")
    licence: str = Field(default="unknown", description="licence of the weights, SPDX where there is one")
    sha256: Checksum = Field(description="checksum of the weights file, lower-case hexadecimal")
    date: datetime.date | None = Field(default=None, description="when it was trained")
    description: str = Field(default="", description="what it is, in a sentence or two")
    training_data: str = Field(default="", description="what it was trained and calibrated on")
    initial_weights: str = Field(default="", description="what it started from, and under which licence")
    seeds: tuple[int, ...] = Field(default=(), description="seeds of training and simulation")
    command: str = Field(default="", description="what trains it again")
    quality: tuple[Measurement, ...] = Field(
        default=(), description="how good it is, the most telling number first"
    )
    limits: tuple[str, ...] = Field(default=(), description="where it fails, or was not tried")
    known_answer: KnownAnswer | None = Field(
        default=None, description="what shows that this machine computes it right"
    )
