"""What the machine computes fast."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

Precision = Literal["auto", "fp32", "bf16"]
"""Of a network's arithmetic; auto is half precision where that saves time."""


def computes_in_bf16() -> bool:
    """Whether half precision saves time here; processors without instructions for it only imitate it."""
    # Older releases of PyTorch cannot tell.
    able: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(bool(able.get(name)) for name in ("avx512_bf16", "amx_bf16"))


def takes_bf16(precision: Precision, device: str) -> bool:
    """Whether to compute in half precision.

    Args:
        precision: What was asked for.
        device: ``cpu`` or ``cuda``; every GPU that trains here has the instructions.
    """
    return precision == "bf16" or (precision == "auto" and (device == "cuda" or computes_in_bf16()))


class FullConvolution(nn.Conv2d):
    """A convolution in 32 bits, whatever the others compute in; its answer is as theirs are."""

    def forward(self, values: Tensor) -> Tensor:
        """Convolve; see `torch.nn.Conv2d`."""
        if values.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
            return super().forward(values)
        with torch.autocast("cpu", enabled=False):
            return super().forward(values.float()).to(torch.get_autocast_dtype("cpu"))


def widen_where_faster(module: nn.Module) -> None:
    """Let depthwise convolutions that skip cells compute in 32 bits; changed in place.

    In bf16 their way back takes longer on processors: `python -m benchmarks.training_step`.
    """
    for one in module.modules():
        if type(one) is nn.Conv2d and one.groups == one.in_channels and max(one.stride) > 1:
            one.__class__ = FullConvolution
