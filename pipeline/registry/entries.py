"""What is known about a model: where it comes from, its checksum, its licence."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator

from tracking.errors import WeightsError
from tracking.model_card import ModelFacts, Runtime, Task, card_path
from tracking.settings import Settings

_SHA256 = r"^[0-9a-f]{64}$"
_WEIGHTS_SUFFIXES = (".onnx", ".pt2", ".pt", ".pth", ".torchscript", ".safetensors")


class ModelCard(ModelFacts):
    """What the registry reads of a model card; other rooms read the rest of the file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    input_size: tuple[int, int] | None = Field(default=None, description="height and width of the input")
    threshold: float | None = Field(default=None, ge=0, le=2, description="of a match, or of a detection")
    precision: float | None = Field(default=None, ge=0, le=1, description="at the threshold")
    recall: float | None = Field(default=None, ge=0, le=1, description="at the threshold")


class ModelEntry(Settings):
    """A model that a name stands for."""

    name: str = Field(pattern=r"^[\w.-]+$", description="what a user types")
    task: Task = Field(description="what the model does")
    runtime: Runtime = Field(description="what computes it")
    licence: str = Field(description="licence of the weights, SPDX where there is one")
    url: str | None = Field(default=None, pattern=r"^https?://", description="where it is published")
    shipped: Path | None = Field(default=None, description="file inside this package")
    sha256: str | None = Field(default=None, pattern=_SHA256, description="checksum where known")
    sha256_prefix: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{8,63}$", description="its first digits, where no more is known"
    )
    size: int | None = Field(default=None, ge=1, description="bytes, where known")

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if (self.url is None) == (self.shipped is None):
            raise ValueError(f"{self.name}: a model has either a url or a place in the package")
        return self

    @property
    def file_name(self) -> str:
        """Name of the weights file, in the cache as at its origin."""
        return self.shipped.name if self.shipped else Path(urlsplit(self.url or "").path).name


def read_card(weights: Path) -> ModelCard | None:
    """Read the card beside a weights file.

    Returns:
        The card, or None where there is none.

    Raises:
        WeightsError: There is one, and it is not readable or lacks the checksum.
    """
    path = card_path(weights)
    if not path.is_file():
        return None
    try:
        return ModelCard.model_validate(json.loads(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the card"
        needed = f"a model card needs the sha256 of {weights.name}" if key == "sha256" else "correct the card"
        raise WeightsError(f"{path}: {key}: {first['msg']}; {needed}") from error
    except ValueError as error:
        raise WeightsError(f"{path}: the model card is not JSON ({error})") from error


@cache
def known_models() -> tuple[ModelEntry, ...]:
    """All models that a name stands for: those in the package first, then those to fetch."""
    folder = files("pipeline.registry")
    listed = yaml.safe_load((folder / "registry.yaml").read_text("utf-8"))
    return (
        *shipped_models(Path(str(folder / "shipped"))),
        *(ModelEntry.model_validate(entry) for entry in listed),
    )


def shipped_models(folder: Path) -> Iterator[ModelEntry]:
    """Find the models of a folder by their cards.

    Raises:
        WeightsError: A card without its weights.
    """
    for path in sorted(folder.glob("*.json")):
        weights = next((w for s in _WEIGHTS_SUFFIXES if (w := path.with_suffix(s)).is_file()), None)
        card = None if weights is None else read_card(weights)
        if weights is None or card is None:
            raise WeightsError(f"{path}: the weights that this model card describes are missing")
        yield ModelEntry(
            name=card.name or weights.stem,
            task=card.task,
            runtime=card.runtime,
            licence=card.licence,
            shipped=weights,
            sha256=card.sha256,
            size=weights.stat().st_size,
        )


def find_model(name: str) -> ModelEntry | None:
    """Look a name up; the name of the file is understood too."""
    return next((entry for entry in known_models() if name in (entry.name, entry.file_name)), None)
