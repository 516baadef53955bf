"""Trained networks on disk: weights that say which network they belong to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from safetensors import SafetensorError, safe_open
from torch import nn

from reid.batches.transforms import TransformSettings
from reid.models import ModelSettings, build_model
from reid.models.settings import CaeSettings
from reid.models.weights import load_by_name, read_tensors
from reid.training.checkpoint import write_tensors
from reid.training.staged import StagedClustering
from tracking.errors import WeightsError
from tracking.settings import Settings

WEIGHTS = "weights.safetensors"
CLASSIFIER = "classifier."
_HEADER = "fietsflow"


class TrainedModel(Settings):
    """What a weights file says about itself, enough to build the network again."""

    model: ModelSettings = Field(description="the network")
    autoencoder: CaeSettings | None = Field(default=None, description="in front of a clustering network")
    transforms: TransformSettings = Field(description="size, normalisation and blur of its input")
    data: str = Field(description="name of the training data")
    identities: int = Field(description="identities of the training data")
    images: int = Field(description="images of the training data")
    seed: int = Field(description="seed of the training")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A trained network and what is known about it.

    Attributes:
        network: In evaluation mode.
        about: From the header of its file.
    """

    network: nn.Module
    about: TrainedModel


def save_trained(network: nn.Module, about: TrainedModel, folder: Path) -> Path:
    """Write weights with what is known about them.

    Returns:
        The file.
    """
    path = folder / WEIGHTS
    write_tensors(path, network.state_dict(), {_HEADER: about.model_dump_json()})
    return path


def load_trained(path: Path) -> LoadedModel:
    """Build a trained network from its weights file.

    Args:
        path: ``weights.safetensors`` of a training, or the folder that holds it.

    Raises:
        WeightsError: If it is missing, damaged, or was not written by a training.
    """
    file = path / WEIGHTS if path.is_dir() else path
    tensors = read_tensors(file)
    try:
        about = TrainedModel.model_validate_json(_header(file))
    except ValidationError as error:
        raise WeightsError(
            f"{file}: does not say which network it belongs to; give the weights of `pipeline reid train`"
        ) from error
    network = build_network(_without_initial_files(about))
    load_by_name(network, tensors, str(file))
    return LoadedModel(network.eval(), about)


def build_network(about: TrainedModel, end_to_end: bool = False) -> nn.Module:
    """Build the network that a training is about."""
    network = build_model(about.model)
    if about.autoencoder is None:
        return network
    return StagedClustering(build_model(about.autoencoder), network, end_to_end)


def start_from(network: nn.Module, path: Path, data: str | None = None) -> None:
    """Fill a network with the weights of an earlier training; a classifier of other riders is left out.

    Args:
        network: Is filled.
        path: Weights of a training, or its folder.
        data: Name of the data that it will learn from; a classifier learned from other data, or where
            none is named, knows other riders even if they are as many.

    Raises:
        WeightsError: If they are missing or belong to another network.
    """
    file = path / WEIGHTS if path.is_dir() else path
    tensors = read_tensors(file)
    if data is None or _learned_from(file) != data:
        tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith(CLASSIFIER)}
    load_by_name(network, tensors, str(file), (CLASSIFIER,))


def _learned_from(file: Path) -> str | None:
    try:
        return TrainedModel.model_validate_json(_header(file)).data
    except ValidationError:
        return None


def _header(file: Path) -> str:
    try:
        with safe_open(file, framework="pt") as opened:
            return str((opened.metadata() or {}).get(_HEADER, ""))
    except SafetensorError as error:
        raise WeightsError(f"{file}: damaged, or no safetensors file") from error


def _without_initial_files(about: TrainedModel) -> TrainedModel:
    """ImageNet weights were where the training started; the trained ones follow from the file."""
    model: Any = about.model
    if getattr(model, "weights", None) is not None:
        model = model.model_copy(update={"weights": None})
    autoencoder = about.autoencoder
    if autoencoder is not None:
        autoencoder = autoencoder.model_copy(update={"weights": None})
    return about.model_copy(update={"model": model, "autoencoder": autoencoder})
