"""ImageNet backbones from torchvision and timm, cut before their pooling.

torchvision has no MobileNetV1 and no Xception, so these two come from timm. Neither library has the
mobile NASNet; `reid.models.nasnet` puts it together from timm's NASNet cells.

The published weights of Inception-v3, Xception and NASNet expect images scaled to -1..1 (mean and
deviation 0.5), those of all others ImageNet's mean and deviation.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from reid.models.settings import Backbone, BackboneSettings
from reid.models.weights import freeze_first_convolutions, load_by_name, load_in_order, read_tensors
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class BackboneParts:
    """A backbone and what was cut off it.

    Attributes:
        features: (N, 3, H, W) to a feature map (N, C, h, w).
        channels: Number C of channels of the feature map.
        head: The ImageNet classifier that stood behind the pooling.
    """

    features: nn.Module
    channels: int
    head: nn.Module


@dataclass(frozen=True, slots=True)
class _Source:
    library: str
    model: str
    channels: int
    head: str
    removes_last_stride: Callable[[nn.Module], None] | None
    optional: tuple[str, ...] = ()


def build_backbone(settings: BackboneSettings) -> BackboneParts:
    """Build a backbone, with weights from a local file if one is given.

    Args:
        settings: Backbone, last stride, weights, frozen layers.

    Returns:
        Feature extractor and ImageNet head.

    Raises:
        UsageError: If the backbone has no last stride that could be 1.
        WeightsError: If the weights are missing or belong to another network.
    """
    source = _SOURCES[settings.backbone]
    network = _create(source)
    head = getattr(network, source.head)
    if settings.weights is not None and settings.weights_layout == "names":
        load_by_name(
            network,
            read_tensors(settings.weights),
            str(settings.weights),
            (f"{source.head}.", *source.optional),
        )
    features = _cut(source, network)
    if settings.weights is not None and settings.weights_layout == "order":
        tensors = list(read_tensors(settings.weights).values())
        load_in_order(features, tensors, str(settings.weights), surplus=len(head.state_dict()))
    _set_last_stride(settings, source, features)
    freeze_first_convolutions(features, settings.frozen_convolutions)
    return BackboneParts(features, source.channels, head)


def _set_last_stride(settings: BackboneSettings, source: _Source, features: nn.Module) -> None:
    if source.removes_last_stride is not None and settings.last_stride in {1, None}:
        source.removes_last_stride(features)
    elif settings.last_stride == 1:
        raise UsageError(
            f"last_stride: 1 is not possible with {settings.backbone}, whose last reduction is not a "
            "single stride; use last_stride: 2"
        )


def _create(source: _Source) -> nn.Module:
    if source.library == "torchvision":
        import torchvision

        options: dict[str, Any] = {"aux_logits": False, "init_weights": True} if "inc" in source.model else {}
        return getattr(torchvision.models, source.model)(weights=None, **options)
    try:
        import timm
    except ImportError as error:
        raise UsageError(
            f"backbone {source.model}: timm is not installed; run `pip install fietsflow[lab]`"
        ) from error
    if source.library == "timm":
        return timm.create_model(source.model, pretrained=False)
    from reid.models.nasnet import NasnetMobile

    return NasnetMobile()


def _cut(source: _Source, network: nn.Module) -> nn.Module:
    if source.library != "torchvision":
        setattr(network, source.head, nn.Identity())
        return _FeatureMap(network)
    if hasattr(network, "features"):
        return network.features
    kept: OrderedDict[str, nn.Module] = OrderedDict()
    for name, child in network.named_children():
        if name == "avgpool":
            break
        kept[name] = child
    return nn.Sequential(kept)


class _FeatureMap(nn.Module):
    """Calls `forward_features`, timm's name for everything before pooling."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network.forward_features(images)


def _remove_stride_of_layer4(features: nn.Module) -> None:
    for module in features.layer4.modules():
        if isinstance(module, nn.Conv2d):
            module.stride = (1, 1)


def _remove_last_strided_convolution(features: nn.Module) -> None:
    strided = [m for m in features.modules() if isinstance(m, nn.Conv2d) and m.stride == (2, 2)]
    strided[-1].stride = (1, 1)


def _remove_stride_of_block12(features: nn.Module) -> None:
    block = features.network.block12
    block.rep[-1].stride = 1
    block.skip.stride = (1, 1)


_SOURCES: dict[Backbone, _Source] = {
    "resnet18": _Source("torchvision", "resnet18", 512, "fc", _remove_stride_of_layer4),
    "resnet34": _Source("torchvision", "resnet34", 512, "fc", _remove_stride_of_layer4),
    "resnet50": _Source("torchvision", "resnet50", 2048, "fc", _remove_stride_of_layer4),
    "resnet101": _Source("torchvision", "resnet101", 2048, "fc", _remove_stride_of_layer4),
    "mobilenet_v1": _Source("timm", "mobilenetv1_100", 1024, "classifier", _remove_last_strided_convolution),
    "mobilenet_v2": _Source(
        "torchvision", "mobilenet_v2", 1280, "classifier", _remove_last_strided_convolution
    ),
    "mobilenet_v3": _Source(
        "torchvision", "mobilenet_v3_large", 960, "classifier", _remove_last_strided_convolution
    ),
    "efficientnet_b0": _Source(
        "torchvision", "efficientnet_b0", 1280, "classifier", _remove_last_strided_convolution
    ),
    "efficientnet_b1": _Source(
        "torchvision", "efficientnet_b1", 1280, "classifier", _remove_last_strided_convolution
    ),
    "nasnet_mobile": _Source("reid", "nasnet_mobile", 1056, "last_linear", None),
    "inception_v3": _Source("torchvision", "inception_v3", 2048, "fc", None, ("AuxLogits.",)),
    "xception": _Source("timm", "legacy_xception", 2048, "fc", _remove_stride_of_block12),
}
