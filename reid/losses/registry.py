"""One way to every loss of a labelled batch: its name and its options."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from reid.losses.settings import LossSettings
from tracking.errors import UsageError

if TYPE_CHECKING:
    from reid.losses.terms import CombinedLoss

LOSSES = (
    "cross_entropy",
    "triplet_batch_all",
    "triplet_batch_hard",
    "pairwise_batch_hard",
    "triplet_lossless",
    "contrastive",
    "center",
    "arcface",
    "cosface",
)
_ADAPTER: TypeAdapter[LossSettings] = TypeAdapter(LossSettings)


def loss_settings(name: str, **options: object) -> LossSettings:
    """Check name and options of a loss without building it; PyTorch is not needed.

    Args:
        name: One of `LOSSES`.
        **options: Fields of the settings of that loss.

    Returns:
        Frozen settings.

    Raises:
        UsageError: If the name is unknown or an option does not exist or fit.
    """
    if name not in LOSSES:
        raise UsageError(f"loss: unknown name {name!r}; use one of {', '.join(LOSSES)}")
    try:
        return _ADAPTER.validate_python({"name": name, **options})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"][1:]) or "options"
        raise UsageError(f"loss {name}: {key}: {first['msg']}") from error


def build_losses(terms: Sequence[LossSettings], num_classes: int | None, dimension: int) -> "CombinedLoss":
    """Build the weighted sum of losses that a network is trained with.

    Args:
        terms: Settings of each loss.
        num_classes: Train identities; None if no loss needs them.
        dimension: Length of the network's features.

    Returns:
        A module that takes a `ReidOutput` and labels and gives a `LossValue`.

    Raises:
        UsageError: If terms repeat or miss something, or PyTorch is not installed.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise UsageError("losses: PyTorch is not installed; run `pip install fietsflow[lab]`") from error
    from reid.losses.terms import CombinedLoss

    return CombinedLoss(terms, num_classes, dimension)
