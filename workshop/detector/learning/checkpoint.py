"""The state of a training on disk, complete at every moment."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tracking.errors import UsageError
from tracking.files import whole_file

_FILE = "state.pt"


def write_state(state: Mapping[str, Any], path: Path) -> None:
    """Write tensors and numbers by name; the file of before stays whole until the new one is."""
    with whole_file(path) as part:
        torch.save(dict(state), part)


def read_state(path: Path) -> dict[str, Any]:
    """Read what `write_state` wrote.

    Raises:
        UsageError: It is damaged.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise UsageError(f"{path}: damaged; delete it and train again") from error
    return state


class Checkpoint:
    """Saves and restores one training.

    Args:
        folder: Is made where it is missing.
        settings: What a resumed training must share.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._settings = folder / _FILE, settings

    def save(
        self,
        network: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        average: dict[str, torch.Tensor],
        step: int,
    ) -> None:
        """Write the state; the file of before stays whole until the new one is."""
        state = {
            "step": step,
            "settings": self._settings,
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "average": average,
        }
        write_state(state, self._path)

    def restore(
        self,
        network: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        average: dict[str, torch.Tensor],
    ) -> int:
        """Bring everything to where it was.

        Returns:
            Steps that are done; 0 where nothing was saved.

        Raises:
            UsageError: The state is damaged or belongs to a training with other settings.
        """
        if not self._path.is_file():
            return 0
        state = read_state(self._path)
        if state["settings"] != self._settings:
            raise UsageError(
                f"{self._path}: belongs to a training with other settings or data; "
                "give another folder or delete it"
            )
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        for name, value in state["average"].items():
            average[name].copy_(value)
        return int(state["step"])
