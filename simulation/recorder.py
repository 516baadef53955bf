"""What a camera's recorder does to time: wrong clocks, outages, lost frames, uneven rates."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from simulation.film import CLOCK_HZ
from simulation.settings import RecordingSettings
from tracking.arrays import FloatArray

_STEADIEST = 0.45
"""Largest shift of a frame in frame intervals, so that frames stay in order."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """When one camera really took its pictures.

    Attributes:
        times_s: (T,) true times of the recorded frames, seconds after the start; the first is 0.
        clock_error_s: What the camera's clock shows too much, seconds.
        outages: Start and end of each outage, seconds after the start.
    """

    times_s: FloatArray
    clock_error_s: float
    outages: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, settings: RecordingSettings, duration_s: float, fps: float, rng: Generator) -> Self:
        """Let a recorder run.

        Args:
            settings: What goes wrong.
            duration_s: Length of the recording, seconds.
            fps: Intended frames per second.
            rng: Stream of `Purpose.RECORDING`.
        """
        error = float(rng.uniform(-1, 1)) * settings.clock_error_s
        count = int(rng.poisson(settings.outages_per_hour * duration_s / 3600))
        begins = np.sort(rng.uniform(0, duration_s, count))
        lengths = rng.exponential(settings.outage_s, count)
        outages = tuple(
            (float(a), min(float(a + b), duration_s)) for a, b in zip(begins, lengths, strict=True)
        )
        times = np.arange(max(round(duration_s * fps), 1)) / fps
        kept = rng.random(len(times)) >= settings.drop_share
        for begin, end in outages:
            kept &= (times < begin) | (times >= end)
        shift = np.clip(rng.normal(0, settings.jitter, len(times)), -_STEADIEST, _STEADIEST) / fps
        kept[0], shift[0] = True, 0.0
        ticks = np.round((times + shift)[kept] * CLOCK_HZ)
        return cls(ticks / CLOCK_HZ, round(error, 3), outages)
