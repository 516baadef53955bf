"""Embeddings of a whole data set, for mining and evaluation."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from reid.batches.transforms import CropTransform, TransformSettings
from reid.training.batches import read_crop
from tracking.arrays import FloatArray


def embed_images(
    network: torch.nn.Module,
    paths: Sequence[Path],
    transforms: TransformSettings,
    batch: int = 64,
    unit_norm: bool = True,
) -> FloatArray:
    """Embed image files with the transforms of evaluation.

    Args:
        network: With a method `embed`, or a `ReidNetwork` where rows keep their norm; is in evaluation
            mode afterwards.
        paths: The image files.
        transforms: Size, normalisation and blur; nothing random takes part.
        batch: Images that go through the network at once.
        unit_norm: Scale rows to unit norm. Verification heads, and Siamese networks that were trained
            without it, compare rows as they are.

    Returns:
        (N, D) float32.

    Raises:
        UsageError: If an image cannot be read.
    """
    transform, rng = CropTransform(transforms, training=False), np.random.default_rng(0)
    device = next(network.parameters()).device
    network.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(paths), batch):
            crops = [transform(read_crop(path), rng) for path in paths[start : start + batch]]
            images = torch.stack(crops).to(device)
            rows = network.embed(images) if unit_norm else network(images).embedding
            parts.append(rows.float().cpu().numpy())
    return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
