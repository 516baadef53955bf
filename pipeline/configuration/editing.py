"""Putting values into a site file as a person would: comments, order and everything else stay."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from pipeline.configuration.document import parse_value, read_document
from pipeline.configuration.layers import nest_overrides
from pipeline.configuration.origin import KeyPath, holds
from pipeline.configuration.patching import patched, spelled
from tracking.files import whole_file

_BOM = "\ufeff"


def put_values(path: Path, values: Mapping[str, bool | float | str]) -> None:
    """Put values into a site file; where that fails, the file stays as it is.

    A camera that has a key of its own gets the value too, for its own would win.

    Args:
        path: The site file.
        values: Dotted key → value.

    Raises:
        UsageError: It cannot be read, or is written so that the values cannot be put in one by one.
        OSError: It cannot be written.
    """
    places = _places(read_document(path).content, values)
    with edited_file(path, places):
        pass


@contextmanager
def edited_file(path: Path, places: Mapping[KeyPath, Any]) -> Iterator[Path]:
    """Put values into certain places of a site file; where that or the block fails, it stays as it is.

    Args:
        path: The site file.
        places: Keys, one inside the other → value.

    Yields:
        The new file beside the old one, which takes its place when the block is left without an error.

    Raises:
        UsageError: It cannot be read, or is written so that the values cannot be put in one by one.
        OSError: It cannot be written.
    """
    content = read_document(path).content
    whole = path.read_bytes().decode("utf-8")
    text = whole.removeprefix(_BOM)
    mark = whole[: len(whole) - len(text)]
    changed = patched(path, text, content, places)
    file = path.resolve()  # A link stays a link.
    with whole_file(file) as part:
        part.write_bytes((mark + changed).encode("utf-8"))
        shutil.copymode(file, part)
        yield part


def yaml_block(values: Mapping[str, bool | float | str]) -> str:
    """The lines that say the values in a site file.

    Args:
        values: Dotted key → value.
    """
    nested = nest_overrides({key: parse_value(spelled(value)) for key, value in values.items()}, {})
    return yaml.safe_dump(nested, sort_keys=False)


def _places(content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[KeyPath, Any]:
    """Where each value goes: into the site's section, and into those of cameras that have the key."""
    places: dict[KeyPath, Any] = {}
    cameras = content.get("cameras")
    for key, value in values.items():
        steps: KeyPath = tuple(key.split("."))
        places[steps] = value
        for number in range(len(cameras) if isinstance(cameras, list) else 0):
            own = ("cameras", number, *steps)
            if holds(content, own):
                places[own] = value
    return places
