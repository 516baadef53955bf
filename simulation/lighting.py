"""Where light falls in a street, by day and by night."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from simulation.settings import PictureSettings
from tracking.arrays import FloatArray

_LAMP_GAP_M = 24.0
_LAMP_REACH_M = 6.5
_LAMP_LATERAL_M = 1.9


@dataclass(frozen=True, slots=True)
class Lighting:
    """Light that is everywhere, and street lamps.

    Attributes:
        ambient: Light that is everywhere; 1 is a bright day.
        lamps: (L,) places of street lamps along the street, metres; empty by day.
        strength: Light under a lamp.
        tint: (3,) colour of the light: red, green, blue.
        shadow: Light that is left in a cast shadow; 1 is none.
        softness_px: Width of a shadow's edge.
    """

    ambient: float
    lamps: FloatArray
    strength: float
    tint: FloatArray
    shadow: float
    softness_px: int

    @classmethod
    def of(cls, settings: PictureSettings, rng: Generator) -> Self:
        """Light a street.

        Args:
            settings: Daylight or night, rain or not.
            rng: Stream of `Purpose.LIGHT`.
        """
        offset = float(rng.uniform(0, _LAMP_GAP_M))
        if settings.light == "night":
            lamps = offset + _LAMP_GAP_M * np.arange(-5, 5)
            return cls(0.20, lamps, 0.72, np.asarray([1.05, 1.0, 0.86]), 1.0, 3)
        if settings.rain:
            return cls(0.80, np.zeros(0), 0.0, np.asarray([0.97, 1.0, 1.03]), 0.84, 9)
        return cls(1.0, np.zeros(0), 0.0, np.ones(3), 0.58, 3)

    def at(self, points: FloatArray) -> FloatArray:
        """How bright it is.

        Args:
            points: (..., 3) metres in street coordinates.

        Returns:
            (...) factors on the colours of a bright day.
        """
        light = np.full(points.shape[:-1], self.ambient)
        for lamp in self.lamps:
            away = (points[..., 0] - lamp) ** 2 + (points[..., 1] - _LAMP_LATERAL_M) ** 2
            light += self.strength * np.exp(-away / (2 * _LAMP_REACH_M**2))
        return light
