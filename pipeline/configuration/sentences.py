"""From validation errors to sentences that a traffic engineer understands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from pipeline.configuration.fields import suggestion
from pipeline.configuration.origin import KeyPath, Origin, spell
from pipeline.configuration.schema import find_field, known_keys, places_of
from pipeline.sources.report import count


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in the configuration.

    Attributes:
        path: Key path.
        text: What is wrong and what would be right.
    """

    path: KeyPath
    text: str

    def sentence(self, origin: Origin) -> str:
        """With file, line and key."""
        place = origin.locate(self.path)
        return f"{place}: {spell(self.path)}: {self.text}" if self.path else f"{place}: {self.text}"


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_LIMITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "greater_than": ("gt", "above"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "below"),
        "less_than_equal": ("le", "at most"),
    }
)
_GONE: Mapping[KeyPath, str] = MappingProxyType(
    {
        ("tracker", "min_boxes"): "tracker.min_pickup_s",
        ("rider", "judge", "min_boxes"): "rider.judge.min_seen_s",
    }
)
"""Keys that counted frames → the key that says it in seconds."""
_KINDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("int_",), "a whole number"),
    (("float_",), "a number"),
    (("finite_number",), "a finite number"),
    (("bool_",), "true or false"),
    (("string_type", "string_sub_type", "path_type"), "text (in quotes if it looks like something else)"),
    (("model_type", "model_attributes_type", "dict_type", "mapping_type"), "a group of keys and values"),
    (("tuple_type", "list_type", "set_type"), "a list"),
)


def _describe(error: ErrorDetails) -> str:
    kind, value = error["type"], error["input"]
    context = error.get("ctx", {})
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        return f"must be {words} {context[key]:g}, not {_show(value)}"
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        return _describe_choice(str(context.get("expected", context.get("expected_tags", ""))), value)
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        return _describe_length(kind, context, value)
    if kind in ("missing", "union_tag_not_found"):
        return "is missing"
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    expected = next((words for starts, words in _KINDS if kind.startswith(starts)), None)
    return f"must be {expected}, not {_show(value)}" if expected else f"{error['msg']}, not {_show(value)}"


def _describe_choice(expected: str, value: Any) -> str:
    choices = [choice.strip(" '") for choice in expected.replace(" or ", ", ").split(",")]
    near = suggestion(str(value), choices)
    return f"must be one of {', '.join(choices)}, not {_show(value)}{near}"


def _describe_length(kind: str, context: Mapping[str, Any], value: Any) -> str:
    few = kind.endswith("too_short")
    limit = context["min_length" if few else "max_length"]
    unit = "character" if kind.startswith("string") else "item"
    return f"needs at {'least' if few else 'most'} {count(limit, unit)}, not {_show(value)}"


def explain(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> list[Problem]:
    """Turn the errors of pydantic into problems, each key once.

    Args:
        errors: As `ValidationError.errors()` gives them.
        model: What was validated.
    """
    found: dict[KeyPath, list[str]] = {}
    for error in errors:
        unknown = error["type"] == "extra_forbidden"
        path, field, holders = find_field(model, error["loc"], last_is_unknown=unknown)
        text = _describe_unknown(path, holders, model) if unknown else _describe(error)
        if (
            error["type"] == "missing"
            and field is not None
            and field.description
            and path[-1] in _names(holders)
        ):
            text = f"is missing; it tells: {_uncapitalised(field.description)}"
        found.setdefault(path, []).append(text)
    deepest = [path for path in found if not any(other[: len(path)] == path != other for other in found)]
    return [Problem(path, _either(found[path])) for path in deepest]


def _names(holders: Iterable[type[BaseModel]]) -> set[str | int]:
    return {name for holder in holders for name in known_keys(holder)}


def _describe_unknown(path: KeyPath, holders: Iterable[type[BaseModel]], model: type[BaseModel]) -> str:
    for gone, instead in _GONE.items():
        if path[-len(gone) :] == gone:
            return f"is gone, a number of frames is another time at each rate; say in seconds {instead!r}"
    elsewhere = list(places_of(str(path[-1]), model))
    if len(elsewhere) == 1:
        return f"there is no such key; did you mean {spell(elsewhere[0])!r}?"
    known = {str(name) for name in _names(holders)}
    near = suggestion(str(path[-1]), known)
    return f"there is no such key{near or '; known are ' + ', '.join(sorted(known))}"


def _uncapitalised(text: str) -> str:
    return (text[:1].lower() + text[1:]).rstrip(".")


def _either(texts: list[str]) -> str:
    """Unite what the alternatives of a union say: ``must be A, not V`` and ``must be B, not V``."""
    parts = [text.removeprefix("must be ").partition(", not ") for text in dict.fromkeys(texts)]
    if len(parts) > 1 and all(text.startswith("must be ") for text in texts):
        return f"must be {' or '.join(expected for expected, _, _ in parts)}, not {parts[0][2]}"
    return texts[0]
