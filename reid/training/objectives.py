"""What a batch costs: the side of a training that knows what the network is for."""

from dataclasses import dataclass
from typing import Protocol

import torch

from reid.training.batches import Batch


@dataclass(frozen=True, slots=True)
class Costs:
    """What a batch costs.

    Attributes:
        total: Scalar tensor with a gradient.
        terms: Parts of the total by name, before their weights.
        embedding: (N, D) that the collapse detector looks at; None where there is none.
    """

    total: torch.Tensor
    terms: tuple[tuple[str, torch.Tensor], ...] = ()
    embedding: torch.Tensor | None = None


class Objective(Protocol):
    """Runs the network on a batch and judges its answers.

    An objective with parameters of its own (class centres) is a `torch.nn.Module`; they are trained and
    saved with the network.
    """

    def __call__(self, network: torch.nn.Module, batch: Batch) -> Costs:
        """Tell what the batch costs."""
        ...
