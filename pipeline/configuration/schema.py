"""Looking up what the settings models know about a key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.configuration.origin import KeyPath


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The settings models that an annotation mentions, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for argument in get_args(annotation):
        yield from models_in(argument)


def mentions(annotation: Any, kind: type) -> bool:
    """Whether an annotation has a type among its alternatives."""
    return annotation is kind or any(mentions(argument, kind) for argument in get_args(annotation))


def known_keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys a file may use for a model: aliases where there are any."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def find_field(
    model: type[BaseModel], path: KeyPath, last_is_unknown: bool = False
) -> tuple[KeyPath, FieldInfo | None, tuple[type[BaseModel], ...]]:
    """Follow a key path of pydantic through the models.

    Args:
        model: The root.
        path: Keys and positions, mixed with the names that pydantic gives to the alternatives of
            a union; no file has these, and they are left out.
        last_is_unknown: The last part is a key that no model knows.

    Returns:
        The path as a file has it, the last field on it, and the models that were asked for the
        last key.
    """
    real: list[str | int] = []
    holders: tuple[type[BaseModel], ...] = (model,)
    asked, field = holders, None
    known, unknown = (path[:-1], path[-1:]) if last_is_unknown else (path, ())
    for part in known:
        if isinstance(part, int):
            real.append(part)
            continue
        here = next((known_keys(holder)[part] for holder in holders if part in known_keys(holder)), None)
        if here is None:
            continue
        real.append(part)
        asked, field, holders = holders, here, tuple(models_in(here.annotation))
    return (*real, *unknown), field, holders if last_is_unknown else asked


def places_of(key: str, model: type[BaseModel], above: KeyPath = ()) -> Iterator[KeyPath]:
    """Key paths of every group in a model, at whatever depth, that has a key of this name; none in lists."""
    for name, field in known_keys(model).items():
        here = (*above, name)
        if name == key:
            yield here
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from places_of(key, field.annotation, here)


def is_path(field: FieldInfo) -> bool:
    """Whether the field names a file."""
    return mentions(field.annotation, Path)
