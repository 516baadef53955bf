"""How well a trained auto-encoder repeats its images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from reid.batches.transforms.pipeline import CropTransform
from reid.losses.reconstruction import reconstruction
from reid.training.batches import read_crop
from reid.training.trained import LoadedModel
from tracking.errors import UsageError

_AT_ONCE = 32


def reconstruction_error(model: LoadedModel, paths: Sequence[Path]) -> float:
    """Mean absolute error of a pixel, in deviations of the normalised input.

    Args:
        model: An auto-encoder.
        paths: Image files, at least one.

    Raises:
        UsageError: If the network is no auto-encoder, or an image cannot be read.
    """
    if model.about.model.name != "cae":
        raise UsageError(f"an auto-encoder is needed, not {model.about.model.name}")
    transform, rng = CropTransform(model.about.transforms, training=False), np.random.default_rng(0)
    device = next(model.network.parameters()).device
    total = 0.0
    with torch.inference_mode():
        for start in range(0, len(paths), _AT_ONCE):
            images = torch.stack(
                [transform(read_crop(path), rng) for path in paths[start : start + _AT_ONCE]]
            )
            made = model.network(images.to(device)).image
            total += float(reconstruction(made.float(), images.to(device), "l1")) * len(images)
    return total / len(paths)
