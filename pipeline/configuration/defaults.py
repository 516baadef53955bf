"""The file ``config.yaml``: every default with a comment."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.configuration.document import Document, read_document
from pipeline.configuration.settings import Defaults

CONFIG_FILE = Path(str(files("pipeline.configuration") / "config.yaml"))


def read_defaults_file() -> Document:
    """Read ``config.yaml``.

    Raises:
        UsageError: It was edited into something that cannot be read.
    """
    return read_document(CONFIG_FILE, "file of defaults")


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
