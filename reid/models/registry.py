"""One way to every network of the laboratory: its name and its options."""

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from pydantic import TypeAdapter, ValidationError

from reid.models.settings import (
    Backbone,
    BotSettings,
    CaeSettings,
    ClusteringSettings,
    DcnnSettings,
    MildnetSettings,
    ModelSettings,
    OsnetSettings,
    SegmentationSettings,
    SiameseSettings,
    TriNetSettings,
    VerificationSettings,
)
from tracking.errors import UsageError

if TYPE_CHECKING:
    from torch import nn

SYSTEMS = (
    "bot",
    "dcnn",
    "trinet",
    "osnet",
    "mildnet",
    "siamese",
    "verification",
    "segmentation",
    "cae",
    "clustering",
)
_ADAPTER: TypeAdapter[ModelSettings] = TypeAdapter(ModelSettings)


def model_names() -> tuple[str, ...]:
    """List what `build` takes: the systems, and each backbone as short for BoT on it."""
    return (*SYSTEMS, *get_args(Backbone))


def model_settings(name: str, **options: object) -> ModelSettings:
    """Check name and options of a network without building it; PyTorch is not needed.

    Args:
        name: One of `model_names`.
        **options: Fields of the settings of that network.

    Returns:
        Frozen settings.

    Raises:
        UsageError: If the name is unknown or an option does not exist or fit.
    """
    if name in get_args(Backbone):
        if "backbone" in options:
            raise UsageError(
                f"model {name}: the name already says the backbone; use bot with option backbone"
            )
        return model_settings("bot", backbone=name, **options)
    if name not in SYSTEMS:
        raise UsageError(f"model: unknown name {name!r}; use one of {', '.join(model_names())}")
    try:
        return _ADAPTER.validate_python({"name": name, **options})
    except ValidationError as error:
        first = error.errors()[0]
        # The first part of the place is the tag of the union, which the name has said.
        key = ".".join(str(part) for part in first["loc"][1:]) or "options"
        raise UsageError(f"model {name}: {key}: {first['msg']}") from error


def build(name: str, **options: object) -> "nn.Module":
    """Build a network by name with random weights, or with those of a local file.

    Args:
        name: One of `model_names`.
        **options: Fields of the settings of that network.

    Returns:
        The network in training mode. Those for one image are a `ReidNetwork`.

    Raises:
        UsageError: If the name is unknown, an option does not fit, or PyTorch is missing.
        WeightsError: If given weights are missing or belong to another network.
    """
    return build_model(model_settings(name, **options))


def build_model(settings: ModelSettings) -> "nn.Module":
    """Build the network that settings describe.

    Args:
        settings: Of any network.

    Returns:
        The network in training mode.

    Raises:
        UsageError: If PyTorch is missing or an option does not fit the backbone.
        WeightsError: If given weights are missing or belong to another network.
    """
    try:
        import torch  # noqa: F401
        import torchvision  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"model {settings.name}: PyTorch is not installed; run `pip install fietsflow[lab]`"
        ) from error
    return _network_classes()[type(settings)](settings)


def _network_classes() -> "dict[type, Callable[..., nn.Module]]":
    from reid.models.autoencoder import AutoEncoder
    from reid.models.clustering import ClusteringNetwork
    from reid.models.mildnet import MildnetNetwork
    from reid.models.osnet import OsnetNetwork
    from reid.models.pairs import SiameseNetwork, VerificationNetwork
    from reid.models.pedestrian import BotNetwork, DcnnNetwork, TriNetNetwork
    from reid.models.segmentation import SegmentationNetwork

    return {
        BotSettings: BotNetwork,
        DcnnSettings: DcnnNetwork,
        TriNetSettings: TriNetNetwork,
        OsnetSettings: OsnetNetwork,
        MildnetSettings: MildnetNetwork,
        SiameseSettings: SiameseNetwork,
        VerificationSettings: VerificationNetwork,
        SegmentationSettings: SegmentationNetwork,
        CaeSettings: AutoEncoder,
        ClusteringSettings: ClusteringNetwork,
    }
