"""What a run notes while it goes on; it outlives a run that is killed, and writing a thing twice is once.

Every note follows from footage and settings alone, and is written before the database saves what it is
about. A run that goes on therefore makes again what it had not saved, finds it noted, and ends with the notes
of a run that was never stopped.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

from tracking.errors import UsageError

MARK = 0x66696577
"""Marks a notebook (``PRAGMA application_id``); the letters "fiew"."""

_TABLES = """
CREATE TABLE IF NOT EXISTS run (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line (run_id TEXT, key TEXT, start REAL, camera TEXT, text TEXT,
    PRIMARY KEY (run_id, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rival (sighting_id TEXT PRIMARY KEY, rank INTEGER, score REAL,
    partner TEXT, rival_score REAL, later INTEGER, camera TEXT) WITHOUT ROWID;
"""
_KEEP_NEARER = """
INSERT INTO rival VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sighting_id) DO UPDATE
SET (rank, score, partner, rival_score, later, camera) = (excluded.rank, excluded.score, excluded.partner,
    excluded.rival_score, excluded.later, excluded.camera)
WHERE (excluded.rank, excluded.score, excluded.partner) < (rank, score, partner)
"""


class Rank(IntEnum):
    """How far a comparison came."""

    UNUSUAL_TIME = 0
    CANDIDATE = 1
    TOO_UNLIKE = 2


@dataclass(frozen=True, slots=True, order=True)
class Nearest:
    """The best of those that a sighting was compared with.

    Attributes:
        rank: Whom only an unusual travel time lost go before all other candidates, and these before those
            who looked too unlike.
        score: What is least among those of a rank: the distance of the embeddings, of the first with what the
            travel time adds.
        partner: Id of its sighting.
        rival_score: Of the first, the same of the rival who was taken; of those who looked too unlike, the
            threshold; 0 of all others.
        later: Whether it entered later.
        camera: Its camera.
    """

    rank: Rank
    score: float
    partner: str
    rival_score: float
    later: bool
    camera: str


class Notebook:
    """Lines of the file to be, and the nearest of every sighting; an SQLite file beside it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    @classmethod
    @contextmanager
    def beside(cls, path: Path) -> Iterator[Self]:
        """Open the notebook of a file, with what an interrupted run left in it.

        When the block is left it stays only where a run was noted and an error ended it.

        Args:
            path: The file to be.

        Raises:
            UsageError: It cannot be written, or another program writes it.
        """
        place = path.with_name(f".{path.name}.part")
        with _told(path):
            os.close(os.open(place, os.O_RDWR | os.O_CREAT, 0o600))
            try:
                notebook = cls(place, _open(place))
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                place.write_bytes(b"")  # Damaged; what it held is lost.
                notebook = cls(place, _open(place))
        whole = False
        try:
            yield notebook
            whole = True
        finally:
            notebook._close(remove=whole or not notebook.runs())

    def runs(self) -> list[str]:
        """Ids of the runs that are noted."""
        return [run_id for (run_id,) in self._connection.execute("SELECT run_id FROM run ORDER BY run_id")]

    def keep(self, run_ids: Collection[str]) -> None:
        """Forget all other runs."""
        gone = set(self.runs()) - set(run_ids)
        with self._written():
            for run_id in gone:
                self._connection.execute("DELETE FROM run WHERE run_id = ?", (run_id,))
                self._connection.execute("DELETE FROM line WHERE run_id = ?", (run_id,))
            if not self.runs():
                self._connection.execute("DELETE FROM rival")

    def begin(self, run_id: str) -> None:
        """Note a run, which may be there already."""
        with self._written():
            self._connection.execute("INSERT OR IGNORE INTO run VALUES (?)", (run_id,))

    def add(self, run_id: str, key: str, start: float, texts: Mapping[str, str]) -> None:
        """Note one line.

        Args:
            run_id: Of the database.
            key: What tells it from all others of the run.
            start: Seconds since the epoch; lines come in its order.
            texts: Its columns.
        """
        row = (run_id, key, start, texts["camera"], json.dumps(texts))
        with self._written():
            self._connection.execute("INSERT OR REPLACE INTO line VALUES (?, ?, ?, ?, ?)", row)

    def lines(self) -> Iterator[dict[str, str]]:
        """All lines, in order of time."""
        for (text,) in self._connection.execute("SELECT text FROM line ORDER BY start, camera, text"):
            yield json.loads(text)

    def note_nearest(self, found: Iterable[tuple[str, Nearest]]) -> None:
        """Keep the best that each sighting was compared with.

        Args:
            found: Sighting id and what it was compared with.
        """
        rows = [
            (sighting_id, one.rank, one.score, one.partner, one.rival_score, one.later, one.camera)
            for sighting_id, one in found
        ]
        with self._written():
            self._connection.execute("BEGIN")
            self._connection.executemany(_KEEP_NEARER, rows)
            self._connection.execute("COMMIT")

    def nearest(self, sighting_id: str) -> Nearest | None:
        """The best that a sighting was compared with; None where it never was, or nobody noted it."""
        query = "SELECT rank, score, partner, rival_score, later, camera FROM rival WHERE sighting_id = ?"
        row = self._connection.execute(query, (sighting_id,)).fetchone()
        if row is None:
            return None
        rank, score, partner, rival_score, later, camera = row
        return Nearest(Rank(rank), score, partner, rival_score, bool(later), camera)

    @contextmanager
    def _written(self) -> Iterator[None]:
        with _told(self._path):
            yield

    def _close(self, remove: bool) -> None:
        self._connection.close()
        if remove:
            self._path.unlink(missing_ok=True)


def is_notebook(path: Path) -> bool:
    """Whether a file is one, whatever its name."""
    try:
        with path.open("rb") as file:
            return file.read(72)[68:72] == MARK.to_bytes(4, "big")
    except OSError:
        return False


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    try:
        # A program that is killed loses nothing that it has written, only a machine that fails might.
        connection.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;")
        connection.executescript(f"BEGIN EXCLUSIVE; PRAGMA application_id = {MARK}; {_TABLES} COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"--explain: {path} cannot be written: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise UsageError(f"--explain: {path} cannot be written: {error}") from error
