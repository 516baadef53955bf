"""Results as JSON: every field and every derived number of the result types, by its name."""

import json
import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import BaseModel


def to_json(result: object, **further: object) -> str:
    """Write a frozen result type as one JSON object, its properties included.

    Numbers that are not finite become null, for JSON has no word for them.

    Args:
        result: The result.
        further: Results to be added under names of their own.
    """
    values = _plain(result) | {name: _plain(value) for name, value in further.items()}
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> Any:
    match value:
        case bool() | None | str() | int():
            return value.value if isinstance(value, Enum) else value
        case float():
            return value if math.isfinite(value) else None
        case np.ndarray():
            return _plain(value.tolist())
        case tuple() | list():
            return [_plain(one) for one in value]
    if isinstance(value, BaseModel):
        return _plain_fields(value, list(type(value).model_fields))
    if is_dataclass(value):
        return _plain_fields(value, _names(type(value)))
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def _plain_fields(value: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in names}


def _names(kind: type) -> list[str]:
    derived = [name for name, one in vars(kind).items() if isinstance(one, property | cached_property)]
    return [field.name for field in fields(kind)] + [name for name in derived if not name.startswith("_")]
