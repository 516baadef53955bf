"""Reading a YAML file strictly, with the line of every key."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.configuration.origin import KeyPath, spell
from tracking.errors import UsageError

_TAG = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """Takes for values what YAML 1.2 takes for them.

    A camera may be called NO or 007, and a date stays text until the key that wants one reads it.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and kind are PyYAML's
        letter: [(tag, regex) for tag, regex in resolvers if tag in (f"{_TAG}null", f"{_TAG}merge")]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _kind, _regex, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
):
    _Loader.add_implicit_resolver(_TAG + _kind, re.compile(f"^(?:{_regex})$"), list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file.

    Attributes:
        content: Keys and values.
        lines: Line of each key path, from 1.
    """

    content: dict[str, Any]
    lines: dict[KeyPath, int]


def read_document(path: Path, kind: str = "site file") -> Document:
    """Read a YAML file of keys and values.

    Args:
        path: The file.
        kind: What it is, for the message if it is missing.

    Raises:
        UsageError: It is missing, no text, empty, no YAML, or holds a key twice.
    """
    parsed = _parsed(_read_text(path, kind), path, kind)
    return Document(deepcopy(parsed.content), dict(parsed.lines))


@lru_cache(maxsize=8)
def _parsed(text: str, path: Path, kind: str) -> Document:
    """The same text again, which ``config.yaml`` mostly is, is not parsed again; nobody may change this."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        lines = _checked_lines(root, path, kind)
        # Keys have their lines by now: where << merges a section, its nodes become those of the other one.
        return Document(loader.construct_document(root), lines)
    except yaml.YAMLError as error:
        raise UsageError(f"{path}{_explain(error)}") from None


def parse_value(text: str) -> Any:
    """Read one value as YAML does: ``0.5``, ``[1, 2]``, ``true``, ``null`` or text.

    Raises:
        ValueError: The text is no YAML.
    """
    try:
        return _Loader(text).get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(f"{text!r} cannot be read as a value") from error


def compose_nodes(text: str) -> yaml.Node | None:
    """The nodes of a text that `parse_value` reads, each with its place in the text.

    Raises:
        yaml.YAMLError: The text is no YAML.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return node


def _read_text(path: Path, kind: str) -> str:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the {kind} (.yaml) itself")
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"there is no {kind} {path}; give the path of one that exists") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8; give a {kind} in YAML") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
    if "\0" in text:
        raise UsageError(f"{path} is no text in UTF-8; give a {kind} in YAML")
    return text


def _checked_lines(root: yaml.Node | None, path: Path, kind: str) -> dict[KeyPath, int]:
    """Line of every key of a document that holds keys, each once."""
    if root is None:
        raise UsageError(f"{path}: the file is empty; a {kind} holds keys and values like `site: groningen`")
    if not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{path}, line 1: a {kind} holds keys and values like `site: groningen`")
    lines: dict[KeyPath, int] = {}
    for key, line in _lines_of(root, ()):
        if key in lines and isinstance(key[-1], str):
            twice = f"the key is given twice, also in line {lines[key]}; keep one"
            raise UsageError(f"{path}, line {line}: {spell(key)}: {twice}")
        lines[key] = line
    return lines


def _explain(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f": this is no YAML ({' '.join(str(error).split())})"
    mark = error.problem_mark
    problem = error.problem or "cannot be read"
    if "'\\t'" in problem:
        problem = "a tab cannot indent; use spaces"
    context = f" {error.context}" if error.context else ""
    return f", line {mark.line + 1}, column {mark.column + 1}: this is no YAML: {problem}{context}"


def _lines_of(
    node: yaml.Node, path: KeyPath, above: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[KeyPath, int]]:
    if node in above:
        raise yaml.composer.ComposerError(None, None, "an alias contains itself", node.start_mark)
    here = (*above, node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            yield inner, key.start_mark.line + 1
            yield from _lines_of(value, inner, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            inner = (*path, number)
            yield inner, value.start_mark.line + 1
            yield from _lines_of(value, inner, here)
