"""How large and how expensive a network is."""

from math import prod
from typing import Any

import torch
from torch import Tensor, nn


def count_parameters(module: nn.Module) -> int:
    """Count the parameters, trained or not; running statistics are none."""
    return sum(parameter.numel() for parameter in module.parameters())


def count_multiply_adds(module: nn.Module, height: int = 256, width: int = 128) -> int:
    """Count the multiply-adds of convolutions and linear layers for one image.

    Biases, normalisation, activation, pooling and sums are left out, as papers do.

    Args:
        module: Takes images (1, 3, height, width); left in the mode it was in.
        height: Rows of the image.
        width: Columns of the image.

    Returns:
        Multiply-adds; the module may live on the meta device, then nothing is computed.
    """
    total = 0

    def add(layer: nn.Module, _inputs: Any, output: Tensor) -> None:
        nonlocal total
        # A weight is (out, in / groups, …): each output value takes one product per input weight.
        total += output.numel() * prod(layer.weight.shape[1:])

    layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    handles = [layer.register_forward_hook(add) for layer in layers]
    device = next(module.parameters()).device
    training = module.training
    try:
        with torch.no_grad():
            module.eval()(torch.zeros(1, 3, height, width, device=device))
    finally:
        module.train(training)
        for handle in handles:
            handle.remove()
    return total
