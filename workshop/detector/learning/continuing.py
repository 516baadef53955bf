"""A detector that was trained here, read back from its .onnx file to learn on."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from tracking.detectors.extras import require
from tracking.errors import WeightsError
from workshop.detector.learning.network import CyclistNetwork, fold_for_inference

_PREFIX = "network."


def continued(path: Path, frozen_blocks: int = 4) -> CyclistNetwork:
    """The network of a file, with its weights.

    Batch normalisation was folded away when the file was written, so that it learns on without.

    Args:
        path: An .onnx file that `export_detector` wrote, also one without its coarsest level.
        frozen_blocks: First blocks of the backbone that do not learn.

    Raises:
        WeightsError: The file is missing, or of another network.
        UsageError: The package onnx is not installed.
    """
    state = _weights(path)
    try:
        heads = {name.split(".")[1] for name in state if name.startswith("head.")}
        network = CyclistNetwork(
            channels=len(state["laterals.0.bias"]),
            frozen_blocks=frozen_blocks,
            head_blocks=len(heads),
            coarsest="laterals.3.weight" in state,
        )
        fold_for_inference(network).load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(
            f"{path}: not a detector that was trained here, in 32 bits; only such a one can learn on "
            "(any other can be a teacher)"
        ) from error
    network.requires_grad_()  # Folding leaves biases behind that do not learn.
    return network


def mixed_with(trained: CyclistNetwork, start: CyclistNetwork, share: float) -> CyclistNetwork:
    """A network between where it started and where it came to; changed in place.

    Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903.

    Args:
        trained: Learned on from `start`.
        start: Another of the same layers.
        share: Of the start's weights, 0..1.
    """
    state = start.state_dict()
    with torch.no_grad():
        for name, value in trained.state_dict().items():
            value.lerp_(state[name].to(value.device), share)
    return trained


def _weights(path: Path) -> dict[str, torch.Tensor]:
    onnx: Any = require("onnx", "lab", "training a detector further")
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give the .onnx file of a detector that was trained here")
    try:
        tensors = onnx.load(str(path)).graph.initializer
    except Exception as error:  # onnx raises protobuf's own errors, which are no part of its interface.
        raise WeightsError(f"{path}: not an ONNX model that can be read") from error
    return {
        one.name.removeprefix(_PREFIX): torch.from_numpy(np.array(onnx.numpy_helper.to_array(one)))
        for one in tensors
        if one.name.startswith(_PREFIX)
    }
