"""Deletes the embeddings that may not stay, and says where something of them is left."""

import logging
import time

from sqlalchemy import Connection, delete, exists, select

from flows.database import runs
from flows.database.connection import Database
from flows.database.gallery import Gallery
from flows.database.outbox.waiting import Waiting
from flows.database.schema import gallery, journey_stop, sighting
from tracking.errors import DatabaseError

_log = logging.getLogger(__name__)


class Forgetting:
    """The rules of `flows.database.runs`, applied to the gallery.

    What may stay is decided and kept in the database first, then the embeddings are deleted: a crash in
    between is mended by the next call, and never loses an embedding that is still needed.

    Args:
        database: Open for writing.
        gallery: Its embeddings.

    Attributes:
        waiting: Those that wait for their way to a centre.
    """

    def __init__(self, database: Database, gallery: Gallery) -> None:
        self._database = database
        self._gallery = gallery
        self.waiting = Waiting(gallery)

    def forget(self, *, at_once: bool, now: float | None = None) -> int:
        """Delete what may not stay.

        Args:
            at_once: Take it out of a server's pages now, not only when the last time is a while ago.
            now: Wall clock, seconds; None for the present.

        Returns:
            Number of embeddings deleted.
        """
        moment = time.time() if now is None else now
        with self._database.transaction() as connection:
            deleted = self.forget_waiting(connection, moment)
            deleted += self._gallery.forget(
                connection, lambda run_id: runs.embeddings_may_stay_from(connection, run_id, moment)
            )
        self._gallery.rewrite(at_once=at_once)
        return deleted

    def forget_waiting(self, connection: Connection, now: float) -> int:
        """Delete what waits for too long for its way to a centre; return how many those were."""
        return self.waiting.forget_old(
            connection, lambda run_id: runs.embeddings_may_wait_from(connection, run_id, now)
        )

    def scrub(self) -> None:
        """Make sure that nothing of deleted embeddings is left, whoever deleted them.

        Raises:
            DatabaseError: Another program holds what is left.
        """
        self._gallery.rewrite(at_once=True)
        if self._database.path is not None:
            with self._database.transaction() as connection:
                connection.execute(delete(gallery))  # The embeddings of an SQLite file lie beside it.
        if self._gallery.stale:
            raise DatabaseError(self._left_in("the pages of table gallery"))
        if not self._database.truncate_log():
            raise DatabaseError(self._left_in("the write-ahead log"))

    def warn_of_pages(self) -> None:
        """Log one sentence where a program that reads holds a server's pages."""
        if self._gallery.stale:
            _log.warning("%s", self._left_in("the pages of table gallery"))

    def warn_of_log(self) -> None:
        """Log one sentence where a program that reads holds the log of an SQLite file with embeddings."""
        if not self._database.truncate_log():
            _log.warning("%s", self._left_in("the write-ahead log"))

    def warn_of_unlinkable(self, count: int) -> None:
        """Log one sentence where sightings lost their embeddings before they could be linked."""
        if count:
            _log.warning(
                "database %s: the run was interrupted for longer than embeddings may live; %d riders seen "
                "before that are counted, but cannot be linked to later cameras any more",
                self._database.name,
                count,
            )

    def unlinkable(self, connection: Connection, run_id: str) -> int:
        """Count the sightings that the matcher still needs, but whose embeddings are gone."""
        query = select(sighting.c.sighting_id).where(
            sighting.c.run_id == run_id,
            sighting.c.exit_time >= runs.forgotten_before(connection, run_id),
            sighting.c.quality > 0,  # The others never had an embedding.
            ~exists().where(journey_stop.c.sighting_id == sighting.c.sighting_id),
        )
        needed = set(connection.execute(query).scalars())
        return len(needed - self._gallery.embeddings(connection, run_id).keys())

    def _left_in(self, place: str) -> str:
        return (
            f"database {self._database.name}: {place} may still hold deleted embeddings, because another "
            "program is reading there; when it has ended, run: pipeline db purge"
        )
