"""What the machine computes fast."""

from collections.abc import Mapping
from typing import Literal

import torch

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
