"""Putting values into a site file as a person would: comments, order and everything else stay."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.configuration.document import compose_nodes, parse_value, read_document
from pipeline.configuration.layers import nest_overrides
from pipeline.configuration.origin import KeyPath, holds
from tracking.errors import UsageError
from tracking.files import whole_file

_BOM = "\ufeff"
_INDENT = 2


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
    content = read_document(path).content
    whole = path.read_bytes().decode("utf-8")
    text = whole.removeprefix(_BOM)
    mark = whole[: len(whole) - len(text)]
    wanted = _copied(content)
    for keys, value in _places(content, values).items():
        text = _with_value(path, text, keys, _spelled(value))
        _set(wanted, keys, value)
    if _read_again(text) != wanted:
        raise _refusal(path)
    file = path.resolve()  # A link stays a link.
    with whole_file(file) as part:
        part.write_bytes((mark + text).encode("utf-8"))
        shutil.copymode(file, part)


def yaml_block(values: Mapping[str, bool | float | str]) -> str:
    """The lines that say the values in a site file.

    Args:
        values: Dotted key → value.
    """
    nested = nest_overrides({key: parse_value(_spelled(value)) for key, value in values.items()}, {})
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


def _with_value(path: Path, text: str, keys: KeyPath, value: str) -> str:
    node = compose_nodes(text)
    for depth, key in enumerate(keys):
        child = _child(node, key)
        if child is None or (depth + 1 < len(keys) and _is_null(child)):
            return _inserted(path, text, node, child, keys[depth:], value)
        node = child
    assert node is not None
    return _replaced(text, node, value)


def _child(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
        child: yaml.Node = node.value[key]
        return child
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((child for name, child in pairs if name.value == key), None)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _replaced(text: str, node: yaml.Node, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    space = " " if start == end and not value.startswith(("\n", "\r")) else ""
    return text[:start] + space + value + text[end:]


def _inserted(
    path: Path, text: str, parent: yaml.Node | None, empty: yaml.Node | None, keys: KeyPath, value: str
) -> str:
    """Add a key to a mapping.

    Args:
        path: For the message.
        text: Of the file.
        parent: The mapping.
        empty: What stands there for the first key, where it has no value; None where the key is missing.
        keys: The key, and those inside it.
        value: As it is to be written.
    """
    if not isinstance(parent, yaml.MappingNode):
        raise _refusal(path)
    if parent.flow_style:
        if empty is not None:
            return _replaced(text, empty, _in_line(keys[1:], value))
        place = text.index("{", parent.start_mark.index) + 1
        comma = ", " if parent.value else ""
        return f"{text[:place]}{_in_line(keys, value)[1:-1]}{comma}{text[place:]}"
    newline = "\r\n" if "\r\n" in text else "\n"
    column = parent.value[0][0].start_mark.column
    if empty is not None:
        lines = _in_lines(keys[1:], value, column + _INDENT)
        return _replaced(text, empty, newline + newline.join(lines))
    added = newline.join(_in_lines(keys, value, column)) + newline
    place = _line_behind(text, parent)
    before = text[:place] if text[:place].endswith("\n") else text[:place] + newline
    return before + added + text[place:]


def _line_behind(text: str, node: yaml.Node) -> int:
    """Where the line begins that follows the last one of a collection."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end = int(node.end_mark.index)
    if text[:end].endswith("\n"):  # A text of several lines ends with its last line.
        return end
    return (text.find("\n", end) + 1) or len(text)


def _in_lines(keys: Sequence[str | int], value: str, column: int) -> list[str]:
    margins = [" " * (column + _INDENT * depth) for depth in range(len(keys))]
    lines = [f"{margin}{key}:" for margin, key in zip(margins, keys, strict=True)]
    return [*lines[:-1], f"{lines[-1]} {value}"]


def _in_line(keys: Sequence[str | int], value: str) -> str:
    for key in reversed(keys):
        value = f"{{{key}: {value}}}"
    return value


def _spelled(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.10g}"


def _copied(tree: Any) -> Any:
    """A copy in which nothing is shared, where the file has anchors."""
    if isinstance(tree, dict):
        return {key: _copied(value) for key, value in tree.items()}
    return [_copied(value) for value in tree] if isinstance(tree, list) else tree


def _set(tree: Any, keys: KeyPath, value: Any) -> None:
    for key in keys[:-1]:
        if isinstance(key, str) and tree.get(key) is None:
            tree[key] = {}
        tree = tree[key]
    tree[keys[-1]] = value


def _read_again(text: str) -> Any:
    try:
        return parse_value(text)
    except ValueError:
        return None


def _refusal(path: Path) -> UsageError:
    return UsageError(
        f"{path}: is written so that values cannot be put in one by one (with anchors, perhaps); put them in "
        "by hand"
    )
