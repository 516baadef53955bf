"""Files that a command was asked to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracking.errors import UsageError
from tracking.files import whole_file


@contextmanager
def asked_file(path: Path, option: str) -> Iterator[Path]:
    """Write a file beside its place first, so that a failure leaves an older file whole.

    Args:
        path: The file.
        option: Option that named it, for the message.

    Yields:
        Where to write it.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        with whole_file(path) as part:
            yield part
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be written: {error.strerror or error}") from error


def write_file(path: Path, text: str, option: str) -> None:
    """Write a text that a command was asked for.

    Args:
        path: The file.
        text: Its contents.
        option: Option that named it, for the message.

    Raises:
        UsageError: It cannot be written.
    """
    with asked_file(path, option) as part:
        part.write_text(text, encoding="utf-8")
