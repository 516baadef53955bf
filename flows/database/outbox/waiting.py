"""Embeddings that wait for the network: in the file beside the database, for as long as a gallery's may."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from sqlalchemy import Connection, delete, select, text

from flows.database.gallery import Gallery, outgoing
from flows.database.rows import gallery_rows
from flows.database.schema import outbox
from flows.database.times import to_microseconds
from flows.values import Sighting

_KEEP = (
    "INSERT INTO outgoing (sighting_id, run_id, stored, embedding) "
    "VALUES (:sighting_id, :run_id, :stored, :embedding) ON CONFLICT DO NOTHING"
)


class Waiting:
    """The embeddings that a centre has not acknowledged.

    They age by the wall clock, from the moment at which they were stored: what they wait for is the network.
    The database of a server is no box's, and has none.

    Args:
        gallery: Of the database.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    def keep(self, connection: Connection, run_id: str, sightings: Sequence[Sighting], now: float) -> None:
        """Keep the embeddings of those sightings that are noted; one that is kept already grows no younger.

        Args:
            connection: In the transaction that stores the sightings.
            run_id: Of the database.
            sightings: As they are stored.
            now: Wall clock, seconds.
        """
        ids = [one.sighting_id for one in sightings if one.embedding is not None]
        if not (ids and self._gallery.lies_beside):
            return
        query = select(outbox.c.sighting_id).where(outbox.c.sighting_id.in_(ids))
        noted = set(connection.execute(query).scalars())
        rows = [row for row in gallery_rows(run_id, sightings) if row["sighting_id"] in noted]
        if rows:
            with self._gallery.opened(connection, create=True) as held:
                held.execute(text(_KEEP), [{**row, "stored": to_microseconds(now)} for row in rows])

    def read(self, connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
        """Sighting id → little-endian float32, as far as they are left."""
        query = select(outgoing.c.sighting_id, outgoing.c.embedding).where(outgoing.c.sighting_id.in_(ids))
        with self._gallery.opened(connection) as held:
            return {row.sighting_id: row.embedding for row in held.execute(query)}

    def count(self, connection: Connection) -> int:
        """How many there are."""
        if not self._gallery.lies_beside:
            return 0
        with self._gallery.opened(connection) as held:
            return len(held.execute(select(outgoing.c.sighting_id)).all())

    def forget_sent(self, connection: Connection, ids: Sequence[str]) -> int:
        """Delete what the centre has; return how many those were."""
        return self._gallery.delete(connection, delete(outgoing).where(outgoing.c.sighting_id.in_(ids)))

    def forget_all(self, connection: Connection) -> int:
        """Delete all that wait; return how many those were."""
        if not self._gallery.lies_beside:
            return 0
        return self._gallery.delete(connection, delete(outgoing))

    def outdated(self, connection: Connection, stored_before: Callable[[str], int]) -> dict[str, int]:
        """Count what `forget_old` would delete, by run, and delete nothing."""
        if not self._gallery.lies_beside:
            return {}
        query = select(outgoing.c.run_id, outgoing.c.stored)
        found: Counter[str] = Counter()
        with self._gallery.opened(connection) as held:
            rows = held.execute(query).all()
        for run_id, stored in rows:
            found[run_id] += stored < stored_before(run_id)
        return {run_id: count for run_id, count in found.items() if count}

    def forget_old(self, connection: Connection, stored_before: Callable[[str], int]) -> int:
        """Delete what waits for too long; return how many those were.

        Args:
            connection: In a transaction.
            stored_before: Run id → the moment, in microseconds, from which its embeddings may stay.
        """
        if not self._gallery.lies_beside:
            return 0
        with self._gallery.opened(connection) as held:
            found = held.execute(select(outgoing.c.run_id).distinct()).scalars().all()
        deleted = 0
        for run_id in sorted(found):
            old = outgoing.c.run_id == run_id, outgoing.c.stored < stored_before(run_id)
            deleted += self._gallery.delete(connection, delete(outgoing).where(*old))
        return deleted


def with_embeddings(sightings: Sequence[Sighting], embeddings: dict[str, bytes]) -> tuple[Sighting, ...]:
    """The sightings with their embeddings, where these are left."""
    return tuple(
        dataclasses.replace(
            one, embedding=np.frombuffer(embeddings[one.sighting_id], "<f4").astype(np.float32)
        )
        if one.sighting_id in embeddings
        else one
        for one in sightings
    )
