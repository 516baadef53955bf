"""Remembers what was read of files while these stay as they are, for somebody who asks again and again."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from tracking.errors import FootageError

P = ParamSpec("P")
T = TypeVar("T")

Signature = tuple[int, int, int]
"""Size, time of the last change in nanoseconds, and number of a file on its disk."""


class FileMemo:
    """What was read of each file, failures included."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Signature, dict[object, object]]] = {}

    def of(self, path: Path) -> dict[object, object]:
        """What is known of a file as it is now; what was known of an earlier state is dropped.

        Raises:
            OSError: It is not there.
        """
        now = signature(path)
        known = self._known.get(path)
        if known is None or known[0] != now:
            known = self._known[path] = (now, {})
        return known[1]

    def keep(self, paths: Collection[Path]) -> None:
        """Forget all other files."""
        for path in [path for path in self._known if path not in paths]:
            del self._known[path]

    def __len__(self) -> int:
        return len(self._known)


_memo: ContextVar[FileMemo | None] = ContextVar("memo of files", default=None)


@contextmanager
def remembering_files(memo: FileMemo) -> Iterator[None]:
    """Let the functions of this package ask a memo before they open a file."""
    token = _memo.set(memo)
    try:
        yield
    finally:
        _memo.reset(token)


def signature(path: Path) -> Signature:
    """By what a file is known to be unchanged.

    Raises:
        OSError: It is not there.
    """
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def remembered(read: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Let a function of a path, and of values that can be hashed, be asked once for each state of a file."""

    @wraps(read)
    def asked(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> T:
        memo = _memo.get()
        if memo is None or not path.is_file():
            return read(path, *args, **kwargs)
        known = memo.of(path)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in known:
            try:
                known[key] = read(path, *args, **kwargs)
            except FootageError as error:
                known[key] = error
        answer = known[key]
        if isinstance(answer, FootageError):
            raise FootageError(str(answer))
        return cast(T, answer)

    return asked
