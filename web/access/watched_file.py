"""A file that says who may come in: read again when it changes, and written for its owner alone."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from tracking.errors import UsageError
from tracking.files import whole_file

Row = TypeVar("Row")


class WatchedFile(Generic[Row]):
    """The rows of a file as it is now: what is deleted there opens nothing any more.

    Args:
        path: The file.
        read: Reads all of it; raises `UsageError` where it cannot.

    Raises:
        UsageError: It cannot be read or holds something else.
    """

    def __init__(self, path: Path, read: Callable[[Path], tuple[Row, ...]]) -> None:
        self._path = path
        self._read = read
        self._guard = Lock()
        self._stamp: object = None
        self._known = read(path)

    def rows(self) -> tuple[Row, ...]:
        """All rows; none where the file was there and cannot be read now."""
        with self._guard:
            try:
                state = self._path.stat()
                stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
                if stamp != self._stamp:
                    self._known, self._stamp = self._read(self._path), stamp
            except (OSError, UsageError):
                self._known, self._stamp = (), None
            return self._known


def write_for_owner(path: Path, document: object) -> None:
    """Write a document as JSON, which only its owner may read, whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        with whole_file(path) as part:
            part.touch(mode=0o600)
            part.chmod(0o600)
            part.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--token-file: {path} cannot be written: {error.strerror or error}") from error
