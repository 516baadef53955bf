"""How likely a match is right, from its distance: a curve that model cards and site files hold.

A model brings it in its card, matching looks it up; they share nothing else.
"""

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tracking.arrays import FloatArray
from tracking.settings import Settings


class LogisticCurve(Settings):
    """Probability of a right match = 1 / (1 + exp(steepness · (distance − midpoint)))."""

    kind: Literal["logistic"] = Field(default="logistic", description="Shape of the calibration curve.")
    midpoint: float = Field(ge=0, le=2, description="Distance at which a match is as likely right as wrong.")
    steepness: float = Field(gt=0, description="How fast the probability falls, per unit of distance.")

    def at(self, distance: FloatArray | float) -> FloatArray:
        """Probabilities, of the same shape."""
        # tanh instead of exp: no overflow, however steep the curve.
        return np.asarray(0.5 * (1.0 - np.tanh(0.5 * self.steepness * (distance - self.midpoint))))


class TableCurve(Settings):
    """Probability of a right match, interpolated between measured points, constant beyond them."""

    kind: Literal["table"] = Field(default="table", description="Shape of the calibration curve.")
    distances: tuple[Annotated[float, Field(ge=0, le=2)], ...] = Field(
        min_length=2, description="Distances at which the probability was measured, increasing."
    )
    probabilities: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        min_length=2, description="Share of right matches at each distance, never increasing."
    )

    @model_validator(mode="after")
    def _falls_with_distance(self) -> Self:
        if len(self.distances) != len(self.probabilities):
            raise ValueError(
                f"as many probabilities as distances are needed, "
                f"but there are {len(self.probabilities)} and {len(self.distances)}"
            )
        if any(a >= b for a, b in zip(self.distances, self.distances[1:], strict=False)):
            raise ValueError("distances must increase")
        if any(a < b for a, b in zip(self.probabilities, self.probabilities[1:], strict=False)):
            raise ValueError("probabilities must not increase with the distance")
        return self

    def at(self, distance: FloatArray | float) -> FloatArray:
        """Probabilities, of the same shape."""
        return np.asarray(np.interp(distance, self.distances, self.probabilities))


_ODDS = (0.75, 0.25)
"""Probabilities between which the odds fall from three against one to one against three."""


def odds_width(curve: LogisticCurve | TableCurve) -> float:
    """Distance over which a curve lowers the odds of a match by the factor e.

    Returns:
        Of a measured curve the mean between 75 % and 25 %; 0 where it does not fall so far, or at once.
    """
    if isinstance(curve, LogisticCurve):
        return 1.0 / curve.steepness
    probabilities, distances = np.array(curve.probabilities)[::-1], np.array(curve.distances)[::-1]
    if not probabilities[0] < _ODDS[1] < _ODDS[0] < probabilities[-1]:
        return 0.0
    near, far = np.interp(_ODDS, probabilities, distances)
    return float(far - near) / (2 * math.log(3.0))


MatchCurve = Annotated[LogisticCurve | TableCurve, Field(discriminator="kind")]
"""From the distance of a match to the probability that it is right."""
