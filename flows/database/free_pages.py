"""The pages that an SQLite file does not use any more, read as they lie on the disk."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_HEADER = 100
_LARGEST_PAGE = 65536


def free_pages(path: Path) -> int:
    """Count them; 0 where there is no file."""
    return 0 if not path.exists() else len(list(_leaves(path)))


def used_free_pages(path: Path) -> int:
    """Count those that hold something else than zeros, which SQLite was told to write over deleted rows."""
    return 0 if not path.exists() else sum(any(content) for content in _leaves(path))


def _leaves(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return
        (size,) = struct.unpack_from(">H", header, 16)
        size = _LARGEST_PAGE if size == 1 else size
        (trunk,) = struct.unpack_from(">I", header, 32)
        seen: set[int] = set()
        while trunk and trunk not in seen:
            seen.add(trunk)
            page = _page(file, trunk, size)
            if len(page) < size:
                return
            trunk, count = struct.unpack_from(">II", page)
            for number in struct.unpack_from(f">{min(count, size // 4 - 2)}I", page, 8):
                yield _page(file, number, size)


def _page(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number - 1) * size)
    return file.read(size)
