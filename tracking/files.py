"""Files that are whole or not there, and their checksums."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracking.errors import UsageError


def read_given(path: Path, option: str) -> str:
    """The text of a file that an option names.

    Raises:
        UsageError: It cannot be read, or is no text; names option and file.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise UsageError(f"{option}: {path} cannot be read ({reason})") from error


def sha256_of(path: Path) -> str:
    """Checksum of a file, 64 lower-case hexadecimal digits.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole_file(path: Path, durable: bool = False) -> Iterator[Path]:
    """Write a file so that a reader finds the old one or the new one, never a part.

    Use as ``with whole_file(path) as part: part.write_text(…)``.

    Args:
        path: The file; its folder is there.
        durable: It is on the disk when the block is left, whatever happens to the machine.

    Yields:
        A hidden file beside it, this process' own, that gets its name when the block is left without
        an error, and is removed otherwise.

    Raises:
        OSError: It cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        if durable:
            _sync(part)
        part.replace(path)
        if durable:
            _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
