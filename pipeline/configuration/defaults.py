"""The file ``config.yaml``: every default with a comment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.configuration.document import Document, read_document
from pipeline.configuration.settings import Defaults

CONFIG_VARIABLE = "FIETSFLOW_CONFIG"
"""Environment variable that names another file than the program's own; ``--config`` sets it."""


def program_file(package: Path = Path(__file__).parent) -> Path:
    """The ``config.yaml`` that came with the program.

    An installed program has its copy beside this module, where the wheel put it; a checkout has one file, at
    its root.

    Args:
        package: Folder of this package.
    """
    carried = package / "config.yaml"
    return carried if carried.is_file() else package.parents[1] / "config.yaml"


def config_file() -> Path:
    """The file of defaults that counts: the one that was named, else the program's own."""
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else program_file()


@contextmanager
def named_config(file: Path) -> Iterator[None]:
    """Let another file count, here and in the processes that are started meanwhile.

    Args:
        file: File of defaults.
    """
    before = os.environ.get(CONFIG_VARIABLE)
    os.environ[CONFIG_VARIABLE] = str(file)
    try:
        yield
    finally:
        if before is None:
            del os.environ[CONFIG_VARIABLE]
        else:
            os.environ[CONFIG_VARIABLE] = before


def read_defaults_file() -> Document:
    """Read ``config.yaml``, or the file that was named in its place.

    Raises:
        UsageError: It is not there, or was edited into something that cannot be read.
    """
    return read_document(config_file(), "file of defaults")


def edited_values(content: dict[str, Any]) -> dict[str, Any]:
    """Keep what differs from the built-in defaults.

    Only edits count as given: a preset (``tracker.preset: thesis``) fills values that are not
    given, and the file lists them all.

    Args:
        content: Content of ``config.yaml``.
    """
    return _difference(content, Defaults().model_dump(mode="json", by_alias=True))


def _difference(content: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    edits: dict[str, Any] = {}
    for key, value in content.items():
        usual = defaults.get(key)
        if isinstance(value, dict) and isinstance(usual, dict):
            if inner := _difference(value, usual):
                edits[key] = inner
        elif key not in defaults or value != usual:
            edits[key] = value
    return edits
