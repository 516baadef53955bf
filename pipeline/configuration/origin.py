"""Where a value of the configuration was written, so that an error can point at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""For example ``("cameras", 2, "roi")``."""


def spell(path: KeyPath) -> str:
    """Write a key path as users do: ``cameras[2].roi``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def holds(tree: Any, path: KeyPath) -> bool:
    """Whether nested dictionaries and lists have something at a path."""
    for part in path:
        if isinstance(tree, Mapping):
            if part not in tree:
                return False
        elif not isinstance(tree, list) or not isinstance(part, int) or part >= len(tree):
            return False
        tree = tree[part]
    return True


@dataclass(frozen=True, slots=True)
class Origin:
    """Remembers which layer holds which key; two of them never make two configurations differ.

    Attributes:
        file: The site file.
        lines: Line of each key path in the site file, from 1.
        overrides: What the command line sets, nested.
    """

    file: Path = field(default=Path(), compare=False)
    lines: Mapping[KeyPath, int] = field(default_factory=dict, compare=False)
    overrides: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def locate(self, path: KeyPath) -> str:
        """Name the place where a value was written, or should have been."""
        if path and holds(self.overrides, path):
            return "command line"
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.file}, line {line}"
        return str(self.file)

    def is_given(self, path: KeyPath) -> bool:
        """Whether the site file or the command line has this very key."""
        return path in self.lines or holds(self.overrides, path)
