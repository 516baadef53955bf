"""The state of a training on disk, complete at every moment, whatever happens to the process.

Tensors lie in ``state-<step>.safetensors``; ``state.json`` names them and holds everything else. The
JSON file is put in place last, in one step of the file system: until then the old state holds.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tracking.errors import UsageError
from tracking.files import whole_file
from tracking.settings import Settings

STATE = "state.json"
VERSION = 1


class TrainingState(Settings):
    """What is known about a stopped training, besides its tensors."""

    version: int = Field(description="layout of the checkpoint")
    tensors: str = Field(description="file with weights, optimiser moments and random number states")
    epoch: int = Field(ge=1, description="epoch of the next batch")
    step: int = Field(ge=0, description="next batch within the epoch")
    total_steps: int = Field(ge=0, description="batches that were learned from")
    settings: dict[str, Any] = Field(description="settings of the training")
    data: str = Field(description="fingerprint of the training images and their labels")
    optimizer_groups: list[dict[str, Any]] = Field(description="hyper-parameters of the optimiser")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a training stands.

    Attributes:
        epoch: Epoch of the next batch, from 1.
        step: Next batch within the epoch, from 0.
        total_steps: Batches that were learned from.
    """

    epoch: int = 1
    step: int = 0
    total_steps: int = 0


class CheckpointFolder:
    """Saves and restores a training in a folder."""

    def __init__(self, folder: Path, settings: dict[str, Any], data: str) -> None:
        """Name the training.

        Args:
            folder: Is made where it is missing.
            settings: Settings of the training, plain JSON values; a resumed training must have the same.
            data: Fingerprint of the training data; a resumed training must have the same.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._settings, self._data = folder, settings, data

    def save(self, module: torch.nn.Module, optimizer: torch.optim.Optimizer, position: Position) -> None:
        """Write the state; afterwards a restart goes on from here."""
        state = optimizer.state_dict()
        tensors = {f"module.{name}": value for name, value in module.state_dict().items()}
        for index, values in state["state"].items():
            tensors |= {f"optimizer.{index}.{key}": torch.as_tensor(value) for key, value in values.items()}
        tensors["random.cpu"] = torch.get_rng_state()
        if torch.cuda.is_available():
            tensors["random.cuda"] = torch.cuda.get_rng_state()
        name = f"state-{position.total_steps:09d}.safetensors"
        write_tensors(self._folder / name, tensors)
        description = TrainingState(
            version=VERSION,
            tensors=name,
            epoch=position.epoch,
            step=position.step,
            total_steps=position.total_steps,
            settings=self._settings,
            data=self._data,
            optimizer_groups=state["param_groups"],
        )
        write_atomically(self._folder / STATE, description.model_dump_json(indent=1).encode())
        self._remove_older(name)

    def restore(self, module: torch.nn.Module, optimizer: torch.optim.Optimizer) -> Position | None:
        """Bring module, optimiser and random numbers to where they were.

        Returns:
            Where the training goes on, or None where the folder holds no state.

        Raises:
            UsageError: If the state is damaged, or belongs to a training with other settings or data.
        """
        path = self._folder / STATE
        if not path.exists():
            return None
        state = self._read(path)
        try:
            tensors = load_file(self._folder / state.tensors)
            module.load_state_dict(_part(tensors, "module."))
        except (OSError, SafetensorError, RuntimeError) as error:
            raise UsageError(f"{path}: its tensors cannot be used ({error}); delete the folder") from error
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in _part(tensors, "optimizer.").items():
            index, key = name.split(".", 1)
            moments.setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict({"state": moments, "param_groups": state.optimizer_groups})
        torch.set_rng_state(tensors["random.cpu"])
        if torch.cuda.is_available() and "random.cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random.cuda"])
        return Position(state.epoch, state.step, state.total_steps)

    def _read(self, path: Path) -> TrainingState:
        try:
            state = TrainingState.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise UsageError(f"{path}: this is no state of a training; give another folder") from error
        # Both sides as JSON values: tuples have become lists.
        settings = json.loads(json.dumps(self._settings))
        different = sorted(
            key
            for key in settings.keys() | state.settings.keys()
            if settings.get(key) != state.settings.get(key)
        )
        if different:
            raise UsageError(
                f"{path}: belongs to a training with other settings ({', '.join(different)}); "
                "give another folder, or the settings of then"
            )
        if state.data != self._data:
            raise UsageError(f"{path}: belongs to a training on other images; give another folder")
        return state

    def _remove_older(self, current: str) -> None:
        whole = [file for file in self._folder.glob("state-*.safetensors") if file.name != current]
        # A process that was killed while it wrote has left its part.
        for file in (*whole, *self._folder.glob(".state*.part")):
            file.unlink(missing_ok=True)


def write_tensors(
    path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None
) -> None:
    """Write a safetensors file in one step of the file system.

    Args:
        path: The file.
        tensors: By name; copied, so that shared memory does not matter.
        metadata: Text by name, in the header of the file.
    """
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    with whole_file(path, durable=True) as part:
        save_file(copies, part, metadata)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    with whole_file(path, durable=True) as part:
        part.write_bytes(content)


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
