"""MobileNetV2 as it was trained on ImageNet, with batch normalisation put into its convolutions."""

import pickle
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tracking.detectors.extras import require
from tracking.errors import WeightsError

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pictures: red, green, blue in 0..1."""


def folded_backbone(blocks: int, weights: Path) -> nn.Sequential:
    """The first blocks with ImageNet's weights.

    Args:
        blocks: How many.
        weights: A file whose tensors lie in the order of torchvision's MobileNetV2; a classifier behind the
            convolutions is left out.

    Raises:
        WeightsError: The file is missing or holds other tensors.
    """
    vision = require("torchvision", "torch", "training on MobileNetV2")
    fresh: nn.Sequential = vision.models.mobilenet_v2(weights=None).features
    fill_in_order(fresh, weights)
    fresh = fresh[:blocks].eval()
    fold_normalisation(fresh)
    return fresh


def fold_normalisation(module: nn.Module) -> None:
    """Put every batch normalisation into the convolution before it."""
    for child in module.children():
        fold_normalisation(child)
    if not isinstance(module, nn.Sequential):
        return
    for number in range(len(module) - 1):
        first, second = module[number], module[number + 1]
        if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
            module[number] = fuse_conv_bn_eval(first.eval(), second.eval())
            module[number + 1] = nn.Identity()


def fill_in_order(module: nn.Module, path: Path) -> None:
    """Give a module the tensors of a file, one after the other.

    Raises:
        WeightsError: The file is missing or holds other tensors.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give ImageNet weights of MobileNetV2")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        given = [tensor for tensor in state.values() if tensor.ndim]
    except (RuntimeError, AttributeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise WeightsError(f"{path}: not a file of plain tensors by name") from error
    targets = [value for value in module.state_dict().values() if value.ndim]
    shapes = [tensor.shape for tensor in targets]
    if [tensor.shape for tensor in given[: len(targets)]] != shapes:
        raise WeightsError(f"{path}: these tensors are not those of torchvision's MobileNetV2, in its order")
    with torch.no_grad():
        for target, tensor in zip(targets, given, strict=False):
            target.copy_(tensor)
