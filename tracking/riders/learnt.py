"""Deciding by a probability that was learnt: few measurements, each of which can only speak one way.

A logistic model whose weights are never negative: a clearer, faster, wider or farther passage, or one whose
pictures look more like a rider, is never less likely a cyclist. There are two of them: one for passages
whose crops were looked at, one for all others. The weights lie in a file beside this one, with a card of what
they were learnt on; ``python -m workshop.judge`` makes it.
"""

import datetime
import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import Field, ValidationError

from tracking.arrays import FloatArray
from tracking.errors import WeightsError
from tracking.files import sha256_of
from tracking.model_card import Measurement
from tracking.riders.classifier import Glance
from tracking.riders.measuring import Measurements
from tracking.riders.reason import Reason
from tracking.settings import Settings

PACKAGED = Path(__file__).with_name("learnt.json")
"""The judge of the package."""

LEAST_WAY = 0.5
"""Least displacement, own heights: less is the trembling of a box."""
_SPEEDS, _WIDTHS, _WAYS = (0.25, 2.8), (0.35, 1.15), (0.5, 8.0)
"""Beyond these nothing more is told."""


class Weights(Settings):
    """One number for each feature; see `features_of`."""

    clear: float = Field(
        description="mean score as a whole cyclist in the clearest quarter of the time, 0 to 1"
    )
    speed: float = Field(description="doublings of own heights per second")
    width: float = Field(description="doublings of width over height")
    way: float = Field(description="doublings of the displacement in own heights")
    glance: float = Field(default=0.0, description="log-odds of a look at the crops, 0 without one")
    not_motor: float = Field(
        default=0.0,
        description="log-odds there of a bicycle rather than a motor vehicle, 0 where it is rather a bicycle",
    )


class PositiveWeights(Weights):
    """Weights that keep the model monotone."""

    clear: float = Field(ge=0, description="of the mean score")
    speed: float = Field(ge=0, description="of a doubled speed")
    width: float = Field(ge=0, description="of a doubled width over height")
    way: float = Field(ge=0, description="of a doubled displacement")
    glance: float = Field(default=0.0, ge=0, description="of the log-odds of a look at the crops")
    not_motor: float = Field(
        default=0.0, ge=0, description="of the log-odds of a bicycle rather than a motor vehicle"
    )


class Model(Settings):
    """Log-odds as a sum of features."""

    intercept: float = Field(description="log-odds where all features are 0")
    weights: PositiveWeights = Field(description="log-odds for each unit of a feature")
    typical: Weights = Field(description="features of the mean cyclist, against which a refusal is explained")

    def log_odds(self, features: Weights) -> float:
        """Of a riding cyclist, natural."""
        own, seen = self.weights, features
        return (
            self.intercept
            + own.clear * seen.clear
            + own.speed * seen.speed
            + own.width * seen.width
            + own.way * seen.way
            + own.glance * seen.glance
            + own.not_motor * seen.not_motor
        )

    def against(self, features: Weights, glance: Glance | None) -> Reason:
        """What spoke most against a cyclist."""
        own, usual = self.weights, self.typical
        spoken = {
            Reason.NO_BICYCLE: own.clear * (features.clear - usual.clear)
            + own.width * (features.width - usual.width),
            Reason.PUSHED: own.speed * (features.speed - usual.speed),
            Reason.DID_NOT_MOVE: own.way * (features.way - usual.way),
        }
        if glance is not None:
            spoken[Reason.MOTOR_VEHICLE] = own.not_motor * (features.not_motor - usual.not_motor)
            shown = Reason.MOTOR_VEHICLE if glance.otherwise == "motor" else Reason.NO_BICYCLE
            spoken[shown] += own.glance * (features.glance - usual.glance)
        return min(spoken, key=spoken.__getitem__)


class LearntJudge(Settings):
    """A learnt judge and its card."""

    name: str = Field(description="name of the model")
    licence: str = Field(description="of the weights")
    date: datetime.date = Field(description="when it was learnt")
    description: str = Field(description="what it is")
    training_data: str = Field(description="what it was learnt on")
    command: str = Field(description="what learns it again")
    quality: tuple[Measurement, ...] = Field(description="how good it is, and how that was measured")
    limits: tuple[str, ...] = Field(description="where it fails, or was not tried")
    seeing: Model = Field(description="of passages whose crops were looked at")
    blind: Model = Field(description="of all others")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model says of a passage.

    Attributes:
        probability: That it was a riding cyclist.
        margin: The same as odds, in doublings, within ±6: 0 is one to one.
        against: What spoke most against it.
    """

    probability: float
    margin: float
    against: Reason


def features_of(found: Measurements, glance: Glance | None = None) -> Weights:
    """The features of a passage."""
    odds, not_motor = (0.0, 0.0) if glance is None else (glance.odds, glance.not_motor)
    motion = found.motion
    return features_from(found.clear, motion.speed, found.aspect, motion.displacement, odds, not_motor)


def features_from(
    clear: float,
    speed: float,
    aspect: float,
    displacement: float,
    glance: float = 0.0,
    not_motor: float = 0.0,
) -> Weights:
    """Features, each of which grows with its measurement; see `Measurements` and `Glance`."""
    return Weights(
        clear=clear,
        speed=_doublings(speed, _SPEEDS),
        width=_doublings(aspect, _WIDTHS),
        way=_doublings(displacement, _WAYS),
        glance=glance,
        # Only where it speaks for a motor vehicle: that a walker looks like none says nothing of a bicycle.
        not_motor=min(not_motor, 0.0),
    )


def opinion_of(found: Measurements, judge: LearntJudge, glance: Glance | None = None) -> Opinion:
    """Ask a model about a passage.

    Args:
        found: What was measured of it.
        judge: The models.
        glance: What its crops show; None where nobody looked.
    """
    features = features_of(found, glance)
    model = judge.blind if glance is None else judge.seeing
    odds = model.log_odds(features)
    margin = float(np.clip(odds / math.log(2), -6.0, 6.0))
    return Opinion(float(probability_of(odds)), margin, model.against(features, glance))


def probability_of(odds: float | FloatArray) -> FloatArray:
    """What natural log-odds are as probability."""
    return np.asarray(0.5 * (1 + np.tanh(np.asarray(odds) / 2)))


def read_judge(file: Path) -> LearntJudge:
    """Read a learnt judge.

    Raises:
        WeightsError: It cannot be read, or a key is missing, unknown or wrong.
    """
    try:
        return LearntJudge.model_validate(json.loads(file.read_text("utf-8")))
    except OSError as error:
        raise WeightsError(f"{file}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise WeightsError(
            f"{file}: {_told(error)}; `python -m workshop.judge` writes a right one"
        ) from error


@cache
def packaged_judge() -> LearntJudge:
    """The judge of the package."""
    return read_judge(PACKAGED)


@cache
def judge_checksum() -> str:
    """Checksum of the judge of the package: another one counts otherwise."""
    return sha256_of(PACKAGED)


def _told(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"is no JSON ({error})"
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    words = {"extra_forbidden": "is unknown", "missing": "is missing"}
    return f"{key}: {words.get(first['type'], first['msg'])}"


def _doublings(value: float, between: tuple[float, float]) -> float:
    return float(np.log2(np.clip(value, *between)))
