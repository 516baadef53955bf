"""What a stage remembers from frame to frame, as text and back: exactly, and without running any code.

A class that keeps state extends `Remembering` and names the attributes that change while it works; settings
and callables are not among them, they come from the constructor. Frozen dataclasses among the values are
registered with `storable`. Anything else is an error when it is written, so that nothing (pixels above all)
gets into a memory unnoticed.
"""

import base64
import json
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

State: TypeAlias = Mapping[str, Any]
"""Attributes by name, as `Remembering.memory` gives them."""

_C = TypeVar("_C", bound=type)
_Array: TypeAlias = NDArray[Any]

_STORABLE: dict[str, type] = {}
_FAST = 3
_LEAST_PACKED = 8
_NUMBERS = "biuf"


class UnreadableMemoryError(ValueError):
    """A text that is no memory, or the memory of another version of a class."""


class Remembering:
    """Keeps state that can be given and taken.

    Attributes:
        REMEMBERED: Names of the attributes that change while it works. Those that are `Remembering`
            themselves are there, with the right settings, before a memory is taken.
    """

    __slots__ = ()

    REMEMBERED: ClassVar[tuple[str, ...]] = ()

    def memory(self) -> State:
        """What it remembers; to be written before it goes on, for the values are not copied."""
        return {name: _memory_of(getattr(self, name)) for name in self.REMEMBERED}

    def restore(self, memory: State) -> None:
        """Take the place of the one that gave the memory; settings must be the same.

        Raises:
            UnreadableMemoryError: It is the memory of something else.
        """
        self.check(memory, self.REMEMBERED)
        for name in self.REMEMBERED:
            present, value = getattr(self, name), memory[name]
            if isinstance(present, Remembering):
                present.restore(value)
            else:
                setattr(self, name, value)

    @classmethod
    def check(cls, memory: State, names: Iterable[str]) -> None:
        """Make sure that a memory has just the parts that this class knows.

        Raises:
            UnreadableMemoryError: It has not.
        """
        expected = set(names)
        if not isinstance(memory, Mapping) or set(memory) != expected:
            raise UnreadableMemoryError(f"the memory of a {cls.__name__} consists of {sorted(expected)}")


def _memory_of(value: Any) -> Any:
    return value.memory() if isinstance(value, Remembering) else value


def storable(cls: _C) -> _C:
    """Let the values of a frozen dataclass be part of a memory.

    Raises:
        TypeError: Another class has that name.
    """
    if cls.__name__ in _STORABLE:
        raise TypeError(f"two classes are called {cls.__name__}; a memory could not tell them apart")
    _STORABLE[cls.__name__] = cls
    return cls


def to_text(value: Any) -> str:
    """Write numbers, text, None, lists, tuples, deques, dicts, arrays and storable values.

    Numbers come back as they were; arrays keep every bit, type, shape and order.

    Raises:
        TypeError: There is something else in it.
    """
    writer = _Writer()
    plan = json.dumps(writer.plain(value), separators=(",", ":")).encode()
    body = len(plan).to_bytes(4, "big") + plan + b"".join(writer.blobs)
    return base64.b64encode(zlib.compress(body, _FAST)).decode("ascii")


def from_text(text: str) -> Any:
    """Read back what `to_text` wrote.

    Raises:
        UnreadableMemoryError: It did not write this.
    """
    try:
        body = zlib.decompress(base64.b64decode(text, validate=True))
        end = 4 + int.from_bytes(body[:4], "big")
        return _Reader(body[end:]).value(json.loads(body[4:end]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error) as error:
        raise UnreadableMemoryError(f"not a memory, or of another version: {error}") from error


class _Writer:
    """Turns values into JSON, with the numbers of arrays apart."""

    def __init__(self) -> None:
        self.blobs: list[bytes] = []
        self._written = 0
        self._kinds: dict[type, Callable[[Any], Any]] = {
            list: self._items,
            tuple: lambda value: {"tuple": self._items(value)},
            deque: lambda value: {"deque": self._items(value), "most": value.maxlen},
            dict: self._dict,
            np.ndarray: lambda value: {"array": self._array(value), "shape": value.shape},
        }

    def plain(self, value: Any) -> Any:
        """The value as JSON: a list is a list, an object is anything that JSON does not know."""
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if kind in self._kinds:
            return self._kinds[kind](value)
        if isinstance(value, np.generic):
            return {"number": self._array(np.asarray(value))}
        if _STORABLE.get(kind.__name__) is kind:
            return {"one": kind.__name__, "of": [self.plain(part) for part in _parts(value)]}
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} cannot be part of a memory")

    def _dict(self, value: Mapping[Any, Any]) -> Any:
        return {"keys": [self.plain(key) for key in value], "values": self._items(list(value.values()))}

    def _items(self, values: Sequence[Any]) -> Any:
        """Many values of one kind together: a street that stands still has thousands."""
        kinds = {type(value) for value in values}
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is float and len(values) >= _LEAST_PACKED:
            return {"floats": self._array(np.array(values, np.float64))}
        if kind is np.ndarray and _alike(values):
            rows = self._array(np.concatenate(values))
            return {"rows": rows, "shape": values[0].shape[1:], "lengths": [len(one) for one in values]}
        if kind is not None and _STORABLE.get(kind.__name__) is kind:
            columns = zip(*(_parts(value) for value in values), strict=True)
            return {"many": kind.__name__, "columns": [self._items(column) for column in columns]}
        return [self.plain(value) for value in values]

    def _array(self, array: _Array) -> list[Any]:
        """Where the bytes of an array are: type, place, size and order."""
        if array.dtype.kind not in _NUMBERS:
            raise TypeError(f"an array of {array.dtype} cannot be part of a memory")
        order = "C" if array.flags.c_contiguous or not array.flags.f_contiguous else "F"
        flat = np.frombuffer(array.tobytes(order), np.uint8)  # type: ignore[arg-type]
        # Bytes of equal weight side by side: neighbouring numbers differ in the last ones alone.
        blob = flat.reshape(-1, array.dtype.itemsize).T.tobytes()
        place, self._written = self._written, self._written + len(blob)
        self.blobs.append(blob)
        return [array.dtype.str, place, len(blob), order]


class _Reader:
    """The way back; an object's first key says what it is."""

    def __init__(self, blobs: bytes) -> None:
        self._blobs = blobs
        self._kinds: dict[str, Callable[[Any], Any]] = {
            "tuple": lambda plan: tuple(self._items(plan["tuple"])),
            "deque": lambda plan: deque(self._items(plan["deque"]), plan["most"]),
            "keys": self._dict,
            "array": lambda plan: self._array(plan["array"], plan["shape"]),
            "number": lambda plan: self._array(plan["number"], ())[()],
            "one": lambda plan: _STORABLE[plan["one"]](*(self.value(part) for part in plan["of"])),
        }

    def value(self, plan: Any) -> Any:
        """The value that was written."""
        if not isinstance(plan, dict):
            return self._items(plan) if isinstance(plan, list) else plan
        first = next(iter(plan))
        return self._kinds[first](plan) if first in self._kinds else self._items(plan)

    def _dict(self, plan: Any) -> dict[Any, Any]:
        keys = (self.value(key) for key in plan["keys"])
        return dict(zip(keys, self._items(plan["values"]), strict=True))

    def _items(self, plan: Any) -> list[Any]:
        if isinstance(plan, list):
            return [self.value(item) for item in plan]
        if "floats" in plan:
            numbers: list[Any] = self._array(plan["floats"], (-1,)).tolist()
            return numbers
        if "rows" in plan:
            rows = self._array(plan["rows"], (sum(plan["lengths"]), *plan["shape"]))
            # Each for itself: a view would keep all of them as long as one of them is needed.
            return [part.copy() for part in np.split(rows, np.cumsum(plan["lengths"])[:-1])]
        cls = _STORABLE[plan["many"]]
        columns = (self._items(column) for column in plan["columns"])
        return [cls(*parts) for parts in zip(*columns, strict=True)]

    def _array(self, plan: Any, shape: Sequence[int]) -> _Array:
        name, place, size, order = plan
        dtype = np.dtype(name)
        if dtype.kind not in _NUMBERS or len(self._blobs) < place + size:
            raise ValueError("an array is damaged")
        planes = np.frombuffer(self._blobs[place : place + size], np.uint8).reshape(dtype.itemsize, -1)
        flat = np.frombuffer(planes.T.tobytes(), dtype)
        return flat.reshape(tuple(shape), order=order).copy(order=order)


def _parts(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, field.name) for field in fields(value))


def _alike(arrays: Sequence[_Array]) -> bool:
    """Whether arrays can be one below the other without a loss."""
    first = arrays[0]
    return first.ndim > 0 and all(
        one.dtype == first.dtype and one.shape[1:] == first.shape[1:] and one.flags.c_contiguous
        for one in arrays
    )
