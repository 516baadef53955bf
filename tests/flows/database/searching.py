"""Searching every byte of every file of a database for what was forgotten."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import text

from flows.database import DatabaseAddress
from flows.database.connection import Database
from flows.values import Sighting

PIECE = 32
"""Length of what is searched for, bytes."""
_FILES = "SELECT pg_relation_filepath(oid), pg_relation_filepath(nullif(reltoastrelid, 0)) FROM pg_class"


def found_in(files: Iterable[bytes], sightings: Sequence[Sighting]) -> int:
    """Count the sightings of whose embedding any 32 bytes lie in a file."""
    pieces = [set(pieces_of(_bytes_of(one), 16)) for one in sightings]
    found = pieces_in(files, set().union(*pieces))
    return sum(bool(own & found) for own in pieces)


def pieces_of(whole: bytes, apart: int) -> Iterator[bytes]:
    """Pieces of some bytes, each so many bytes behind the one before."""
    return (whole[start : start + PIECE] for start in range(0, len(whole) - PIECE + 1, apart))


def pieces_in(files: Iterable[bytes], pieces: Iterable[bytes]) -> set[bytes]:
    """Those of the pieces that lie anywhere in a file.

    A server's files are large and the pieces many: their first and their next two bytes leave a few places
    at which whole pieces are compared.
    """
    wanted = set(pieces)
    firsts, nexts = np.zeros(1 << 16, bool), np.zeros(1 << 16, bool)
    for piece in wanted:
        firsts[int.from_bytes(piece[:2], "little")] = nexts[int.from_bytes(piece[2:4], "little")] = True
    found: set[bytes] = set()
    for content in files:
        if len(content) < PIECE:
            continue
        data = np.frombuffer(content, np.uint8)
        pairs = data[:-1] | (data[1:].astype(np.uint16) << 8)
        begun = firsts[pairs[: len(pairs) - PIECE + 2]] & nexts[pairs[2 : len(pairs) - PIECE + 4]]
        found |= wanted & {content[place : place + PIECE] for place in np.flatnonzero(begun).tolist()}
    return found


def files_of(url: str) -> Iterator[bytes]:
    """The content of every file that belongs to a database, the server's log of changes included."""
    address = DatabaseAddress.parse(url)
    if address.path is not None:
        for file in address.path.parent.iterdir():
            yield file.read_bytes()
        return
    database = Database.connect(address, "rw")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # CHECKPOINT leaves tables outside the log in memory; copying a database as files writes all of them.
        connection.execute(text("CREATE DATABASE flushed TEMPLATE template0 STRATEGY file_copy"))
        connection.execute(text("DROP DATABASE flushed"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        kept = f"{_FILES} WHERE relnamespace = 'public'\\:\\:regnamespace AND relkind IN ('r', 'i')"
        paths = {path for row in connection.execute(text(kept)) for path in row if path}
    database.close()
    assert paths, "the server names no file"
    logs = (file for file in (folder / "pg_wal").iterdir() if file.is_file())
    yield from (file.read_bytes() for file in (*(folder / path for path in sorted(paths)), *logs))


def _bytes_of(sighting: Sighting) -> bytes:
    assert sighting.embedding is not None
    return sighting.embedding.tobytes()
