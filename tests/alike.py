"""Comparing two objects to the last attribute."""

from collections import deque
from collections.abc import Mapping
from enum import Enum
from types import FunctionType
from typing import Any

import numpy as np
from filterpy.kalman import KalmanFilter
from pydantic import BaseModel


def differences(one: Any, other: Any, path: str = "it") -> list[str]:
    """Where two values differ, attribute by attribute; empty where they are the same bit by bit.

    Callables and settings are the caller's and are not looked at. Of a Kalman filter, position and
    covariance count: everything else is computed from them again before it is used.
    """
    if one is other or isinstance(one, BaseModel | FunctionType):
        return []
    if type(one) is not type(other):
        return [f"{path}: {type(one).__name__} and {type(other).__name__}"]
    if isinstance(one, np.ndarray | np.generic):
        same = one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
        return [] if same else [f"{path}: {one!r} and {other!r}"]
    if isinstance(one, int | float | str | Enum | frozenset):
        return [] if repr(one) == repr(other) else [f"{path}: {one!r} and {other!r}"]
    parts, others = _parts(one), _parts(other)
    if list(parts) != list(others):
        return [f"{path}: parts {list(parts)} and {list(others)}"]
    return [found for name in parts for found in differences(parts[name], others[name], f"{path}{name}")]


def _parts(value: Any) -> dict[str, Any]:
    """What a value consists of, each under the words that lead to it."""
    if isinstance(value, Mapping):
        return {f"[{key!r}]": part for key, part in value.items()}
    if isinstance(value, list | tuple | deque):
        most = {".maxlen": value.maxlen} if isinstance(value, deque) else {}
        return {f"[{index}]": part for index, part in enumerate(value)} | most
    return {f".{name}": getattr(value, name) for name in _attributes(value)}


def _attributes(value: Any) -> list[str]:
    if isinstance(value, KalmanFilter):
        return ["x", "P"]
    slots = (name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ()))
    names = dict.fromkeys([*slots, *getattr(value, "__dict__", {})])
    assert names, f"{type(value).__name__} has no attributes that could be compared"
    return list(names)
