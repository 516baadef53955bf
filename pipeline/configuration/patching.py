"""Changing single values of a YAML text: what stands around them, comments first of all, stays."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.configuration.document import compose_nodes, parse_value
from pipeline.configuration.origin import KeyPath
from tracking.errors import UsageError

_INDENT = 2
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*")


def patched(path: Path, text: str, content: Any, values: Mapping[KeyPath, Any]) -> str:
    """A text with other values in some places.

    Comments inside a value that is replaced stand behind the new one.

    Args:
        path: For the message.
        text: Of the file.
        content: What it holds.
        values: Keys, one inside the other → value; what a person would write there.

    Raises:
        UsageError: It is written so that the values cannot be put in one by one.
    """
    wanted = _copied(content)
    for keys, value in values.items():
        text = _with_value(path, text, keys, value)
        _set(wanted, keys, value)
    if _read_again(text) != wanted:
        raise _refusal(path)
    return text


def _with_value(path: Path, text: str, keys: KeyPath, value: Any) -> str:
    node, colon = compose_nodes(text), 0
    for depth, key in enumerate(keys):
        child = _child(node, key)
        if child is None or (depth + 1 < len(keys) and _is_null(child)):
            return _inserted(path, text, node, child, keys[depth:], _written(text, keys, value))
        colon, node = _colon(text, node, key, colon), child
    assert node is not None
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode) and node.value:
        known = parse_value(text)
        for key in keys:
            known = known[key]
        if known == value[: len(known)]:
            return _appended(text, node, [spelled(one) for one in value[len(known) :]])
    if isinstance(node, yaml.CollectionNode):
        return _rewritten(text, node, _written(text, keys, value), colon)
    return _replaced(text, node, _written(text, keys, value))


def _written(text: str, keys: KeyPath, value: Any) -> str:
    """A value as it is written; a list of mappings that is a section of the file has a line for each."""
    rows = value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else []
    root = compose_nodes(text)
    if not rows or len(keys) > 1 or not isinstance(root, yaml.MappingNode) or root.flow_style:
        return spelled(value)
    newline = "\r\n" if "\r\n" in text else "\n"
    return "".join(f"{newline}{' ' * _INDENT}- {spelled(one)}" for one in rows)


def _colon(text: str, parent: yaml.Node | None, key: str | int, before: int) -> int:
    """Place behind the colon of a key; that of the key around it for a number."""
    pairs = parent.value if isinstance(parent, yaml.MappingNode) else []
    name = next((name for name, _ in pairs if name.value == key), None)
    return before if name is None else text.index(":", name.end_mark.index) + 1


def _appended(text: str, node: yaml.SequenceNode, items: Sequence[str]) -> str:
    if node.flow_style:
        place = int(node.end_mark.index) - 1
        return text[:place].rstrip(" ") + "".join(f", {item}" for item in items) + text[place:]
    newline = "\r\n" if "\r\n" in text else "\n"
    place = _line_behind(text, node)
    before = text[:place] if text[:place].endswith("\n") else text[:place] + newline
    margin = " " * int(node.start_mark.column)
    return before + "".join(f"{margin}- {item}{newline}" for item in items) + text[place:]


def _rewritten(text: str, node: yaml.CollectionNode, value: str, colon: int) -> str:
    """Replace a list or mapping; its comments follow on lines of their own."""
    start = int(node.start_mark.index) if node.flow_style else colon
    end = int(node.end_mark.index) if node.flow_style else _end_of(node)
    newline = "\r\n" if "\r\n" in text else "\n"
    comments = list(_comments(text, node, start, end))
    begin = text.rfind("\n", 0, colon) + 1
    margin = " " * (len(text[begin:colon]) - len(text[begin:colon].lstrip(" -")) + _INDENT)
    head = text[:start].rstrip(" \t")
    before = (
        head
        + (
            ""
            if value.startswith(("\n", "\r"))
            else " "
            if head.endswith((":", "-"))
            else text[len(head) : start]
        )
        + value
    )
    if not comments:
        return before + text[end:]
    line_end = text.find("\n", end)
    rest, behind = (text[end:], "") if line_end < 0 else (text[end:line_end], text[line_end:])
    return before + rest.rstrip("\r") + "".join(f"{newline}{margin}{one}" for one in comments) + behind


def _end_of(node: yaml.Node) -> int:
    """Where the last thing of a block ends; what its mark says lies behind the comments that follow."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _comments(text: str, node: yaml.Node, start: int, end: int) -> Iterator[str]:
    place = start
    for first, last in [*sorted(_scalars(node)), (end, end)]:
        if start <= first <= end:
            yield from (found.group().rstrip() for found in _COMMENT.finditer(text[:first], place))
            place = max(place, last)


def _scalars(node: yaml.Node) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield int(node.start_mark.index), int(node.end_mark.index)
    for inner in node.value if isinstance(node, yaml.CollectionNode) else []:
        for one in inner if isinstance(inner, tuple) else (inner,):
            yield from _scalars(one)


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
    space = "" if value.startswith(("\n", "\r")) else " "
    return [*lines[:-1], f"{lines[-1]}{space}{value}"]


def _in_line(keys: Sequence[str | int], value: str) -> str:
    for key in reversed(keys):
        value = f"{{{key}: {value}}}"
    return value


def spelled(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {spelled(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(spelled(one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return yaml.safe_dump([value], default_flow_style=True, width=10**9, allow_unicode=True).strip()[1:-1]
    return f"{value:.10g}"


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
