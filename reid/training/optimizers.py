"""Optimisers by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import torch

from reid.training.settings import OptimizerName, OptimizerSettings

_CLASSES: Mapping[OptimizerName, Any] = MappingProxyType(
    {
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "sgd": torch.optim.SGD,
        "adagrad": torch.optim.Adagrad,
        "adadelta": torch.optim.Adadelta,
        "rmsprop": torch.optim.RMSprop,
        "adamax": torch.optim.Adamax,
        "nadam": torch.optim.NAdam,
    }
)
FOLLOWS_SCHEDULE = "follows_schedule"
"""Key of a parameter group: whether the schedule sets its learning rate."""


def build_optimizer(
    network: torch.nn.Module, objective: object, settings: OptimizerSettings
) -> torch.optim.Optimizer:
    """Build the optimiser of a network and of its objective, if that has parameters.

    Args:
        network: Parameters that do not require gradients (frozen layers) are left out.
        objective: Trained too where it is a module with parameters.
        settings: Which optimiser.
    """
    groups: list[dict[str, Any]] = [
        {"params": [p for p in network.parameters() if p.requires_grad], FOLLOWS_SCHEDULE: True}
    ]
    own = (
        [p for p in objective.parameters() if p.requires_grad]
        if isinstance(objective, torch.nn.Module)
        else []
    )
    rate = settings.loss_learning_rate
    if own:
        group: dict[str, Any] = {"params": own, "weight_decay": 0.0, FOLLOWS_SCHEDULE: rate is None}
        groups.append(group | ({} if rate is None else {"lr": rate}))
    options: dict[str, Any] = {"lr": 0.0, "weight_decay": settings.weight_decay}
    if settings.name in {"sgd", "rmsprop"}:
        options["momentum"] = settings.momentum
    optimizer: torch.optim.Optimizer = _CLASSES[settings.name](groups, **options)
    return optimizer


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all groups that follow the schedule."""
    for group in optimizer.param_groups:
        if group[FOLLOWS_SCHEDULE]:
            group["lr"] = rate
