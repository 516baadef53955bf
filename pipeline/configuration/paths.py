"""Relative paths: those of a site file are relative to it, those of the command line to where one stands."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipeline.configuration.origin import KeyPath
from pipeline.configuration.schema import is_path, known_keys, models_in
from pipeline.sources.files import is_live

_SQLITE = re.compile(r"^sqlite:///(?!/)(?P<name>.+)$")
_NAMES_OR_FILES = (("detector", "name"), ("encoder", "name"))
"""Keys that take the name of a model as well as a file."""


def anchor(content: Mapping[str, Any], folder: Path, model: type[BaseModel]) -> dict[str, Any]:
    """Make the relative paths of one layer absolute.

    Args:
        content: Nested keys and values, not validated yet.
        folder: What the paths are relative to.
        model: The settings that the content is meant for.
    """
    anchored: dict[str, Any] = {}
    fields = known_keys(model)
    for key, value in content.items():
        field = fields.get(str(key))
        inner = next(models_in(field.annotation), None) if field else None
        if key == "source":
            anchored[key] = _anchor_sources(value, folder)
        elif key == "database" and isinstance(value, str):
            anchored[key] = _anchor_database(value, folder)
        elif field and is_path(field) and isinstance(value, str):
            anchored[key] = str(_anchor_file(value, folder))
        elif inner and isinstance(value, Mapping):
            anchored[key] = _anchor_group(key, value, folder, inner)
        elif inner and isinstance(value, list):
            anchored[key] = [anchor(v, folder, inner) if isinstance(v, Mapping) else v for v in value]
        else:
            anchored[key] = value
    return anchored


def missing_files(settings: BaseModel, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Path]]:
    """Key and value of every setting that names a file which is not there."""
    for key, field in known_keys(type(settings)).items():
        name = next(n for n, info in type(settings).model_fields.items() if info is field)
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from missing_files(value, (*path, key))
        elif isinstance(value, Path) and not value.is_file():
            yield (*path, key), value


def _anchor_group(key: str, value: Mapping[Any, Any], folder: Path, model: type[BaseModel]) -> dict[Any, Any]:
    if key == "cameras":  # Of the command line: cameras by number.
        return {
            number: anchor(camera, folder, model) if isinstance(camera, Mapping) else camera
            for number, camera in value.items()
        }
    anchored = anchor(value, folder, model)
    name = anchored.get("name")
    if (key, "name") in _NAMES_OR_FILES and isinstance(name, str) and (folder / name).is_file():
        anchored["name"] = str(folder / name)
    return anchored


def _anchor_sources(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_anchor_sources(one, folder) for one in value]
    return str(_anchor_file(value, folder)) if isinstance(value, str) and not is_live(value) else value


def _anchor_file(text: str, folder: Path) -> Path:
    return folder / Path(text).expanduser()


def _anchor_database(url: str, folder: Path) -> str:
    if match := _SQLITE.match(url):
        return f"sqlite:///{folder / match['name']}"
    if url.startswith("@"):
        return f"@{_anchor_file(url[1:], folder)}"
    return url if "://" in url else str(_anchor_file(url, folder))
