"""Learning rates over the epochs of a training.

All formulas are those of Schoustra 2020 (Eq 8 and 9) or their repaired forms. Epochs count from 1, and
may be fractions: epoch 3 of the formulas is the end of the third.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import Field

from tracking.settings import Settings

ScheduleName = Literal["step", "cosine_log", "cosine_log_literal", "cosine", "constant"]

LITERAL_PEAK = 1e-3
"""Learning rate that is written into the constants of Eq 9."""
DECADES = 3.0
"""Powers of ten from the highest to the lowest rate of Eq 9."""


class ScheduleSettings(Settings):
    """How the learning rate changes."""

    name: ScheduleName = Field(
        default="cosine_log",
        description="step: Eq 8; cosine_log: cosine of the logarithm down to a thousandth; "
        "cosine_log_literal: Eq 9 as printed, scaled to the rate; cosine: down to zero; constant",
    )
    learning_rate: float = Field(default=3.5e-4, gt=0.0, le=1e3, description="highest learning rate")
    warmup_epochs: int = Field(default=20, ge=0, description="epochs of linear growth; 0 for none")
    warmup_start_factor: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of the learning rate at which the growth starts"
    )
    milestones: tuple[int, ...] = Field(
        default=(100, 150, 200), description="of step: epochs after which the rate falls"
    )
    decay: float = Field(default=0.1, gt=0.0, le=1.0, description="of step: factor at each milestone")


def learning_rate(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    """Learning rate of an epoch.

    Args:
        settings: Which schedule.
        epoch: From 1; fractions lie within epochs.
        epochs: How many the training has.

    Returns:
        The rate, above zero for every epoch from 1 on with the exception of the very end of `cosine`.
    """
    warmup = settings.warmup_epochs
    if epoch <= warmup:
        start = settings.warmup_start_factor
        return settings.learning_rate * (start + (1.0 - start) * epoch / warmup)
    return settings.learning_rate * _SHAPES[settings.name](settings, epoch, epochs)


def _step(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    passed = sum(epoch > milestone for milestone in settings.milestones)
    return float(settings.decay**passed)


def _cosine_log(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    wave = math.cos(math.pi * _progress(settings, epoch, epochs))
    return float(10.0 ** (DECADES / 2 * (wave - 1.0)))


def _cosine_log_literal(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    """Eq 9: off by 20 epochs at the start, so the rate jumps down, climbs to epoch 40, then falls."""
    return float(10.0 ** (-4.5 + 1.5 * math.cos((epoch - 40.0) / 65.0))) / LITERAL_PEAK


def _cosine(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    return (1.0 + math.cos(math.pi * _progress(settings, epoch, epochs))) / 2.0


def _constant(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    return 1.0


def _progress(settings: ScheduleSettings, epoch: float, epochs: int) -> float:
    """Share of the epochs after the warm-up."""
    return min(1.0, (epoch - settings.warmup_epochs) / max(1, epochs - settings.warmup_epochs))


Shape: TypeAlias = Callable[[ScheduleSettings, float, int], float]
_SHAPES: Mapping[ScheduleName, Shape] = MappingProxyType(
    {
        "step": _step,
        "cosine_log": _cosine_log,
        "cosine_log_literal": _cosine_log_literal,
        "cosine": _cosine,
        "constant": _constant,
    }
)
