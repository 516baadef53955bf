"""Crops with the background set to black by a trained segmentation network, and how well it segments."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from reid.batches.transforms.pipeline import CropTransform, resize
from reid.training.batches import read_crop
from reid.training.masks import MaskSet, read_mask
from reid.training.trained import LoadedModel
from tracking.arrays import BoolArray
from tracking.errors import UsageError

LEAST_PROBABILITY = 0.5
_AT_ONCE = 32


def person_masks(model: LoadedModel, paths: Sequence[Path]) -> BoolArray:
    """Mark the pixels of the person.

    Args:
        model: A segmentation network.
        paths: Image files.

    Returns:
        (N, height, width) of the network's size.

    Raises:
        UsageError: If the network does not segment, or an image cannot be read.
    """
    if model.about.model.name != "segmentation":
        raise UsageError(f"a segmentation network is needed, not {model.about.model.name}")
    transform, rng = CropTransform(model.about.transforms, training=False), np.random.default_rng(0)
    device = next(model.network.parameters()).device
    parts = [np.zeros((0, *model.about.transforms.size), bool)]
    with torch.inference_mode():
        for start in range(0, len(paths), _AT_ONCE):
            images = [transform(read_crop(path), rng) for path in paths[start : start + _AT_ONCE]]
            probability = torch.sigmoid(model.network(torch.stack(images).to(device)).float())
            parts.append((probability[:, 0] >= LEAST_PROBABILITY).cpu().numpy())
    return np.concatenate(parts)


def blacken(model: LoadedModel, root: Path, paths: Sequence[Path], out: Path) -> None:
    """Write crops with a black background, under the names that they have.

    Args:
        model: A segmentation network.
        root: Folder of the data set, such as Market-1501's.
        paths: Image files below it.
        out: Gets the same folders and names; crops have the network's size. A reader that wants JPEG
            names finds them: the ending decides the format.

    Raises:
        UsageError: If the network does not segment, or an image cannot be read.
    """
    height, width = model.about.transforms.size
    for path, mask in zip(paths, person_masks(model, paths), strict=True):
        target = out / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        crop = resize(read_crop(path), height, width)
        cv2.imwrite(str(target), np.where(mask[:, :, None], crop, 0))


def measure_masks(model: LoadedModel, dataset: MaskSet) -> float:
    """Mean intersection over union of a segmentation network, on pictures of its input size.

    Args:
        model: A segmentation network.
        dataset: Images with true masks.
    """
    size = model.about.transforms.size
    truth = [read_mask(path, size)[0].numpy() > 0 for path in dataset.masks]
    return mean_iou(person_masks(model, dataset.images), np.stack(truth))


def mean_iou(found: BoolArray, truth: BoolArray) -> float:
    """Mean of the intersections over unions of person and background, over all pixels of a set.

    Args:
        found: (N, H, W).
        truth: (N, H, W).

    Returns:
        0..1; a class that neither side has counts as found.
    """
    ious = []
    for one, other in ((found, truth), (~found, ~truth)):
        union = np.count_nonzero(one | other)
        ious.append(np.count_nonzero(one & other) / union if union else 1.0)
    return float(np.mean(ious))
