"""The box's side of a line to a centre."""

import dataclasses
import secrets
import time

from sqlalchemy import Connection, delete, select, update

from flows.database import runs
from flows.database.connection import Database
from flows.database.gallery import Gallery
from flows.database.outbox.notes import note_everything, note_site, noted_sites
from flows.database.outbox.pending import NOTES_AT_ONCE, Pending, read_pending
from flows.database.outbox.waiting import Waiting, with_embeddings
from flows.database.schema import outbox, outbox_state, site
from tracking.errors import UsageError


class Outbox:
    """What one site of an SQLite database still has to tell its centre.

    Every method is a transaction, raises `DatabaseError` where the database fails, and may be called beside
    a run that writes.

    Args:
        database: Open for writing; an SQLite file.
        site_name: A site of it.

    Raises:
        UsageError: The database is a server's, or does not know the site.
    """

    def __init__(self, database: Database, site_name: str) -> None:
        if database.path is None:
            raise UsageError(
                f"--sink: database {database.name} is a server's; a box keeps what is not sent yet in an "
                "SQLite file of its own, so give --database FILE"
            )
        self._database = database
        self._waiting = Waiting(Gallery(database))
        self.site = site_name
        with database.transaction() as connection:
            query = select(site.c.site_id).where(site.c.name == site_name)
            found = connection.execute(query).scalar_one_or_none()
            if found is None:
                raise UsageError(
                    f"database {database.name} has no site {site_name}; fill it with: pipeline run"
                )
            self._site_id = int(found)
            note_site(connection, self._site_id)

    @staticmethod
    def sites(database: Database) -> tuple[str, ...]:
        """Names of the sites that tell a centre."""
        with database.transaction() as connection:
            return tuple(sorted(noted_sites(connection)))

    def pending(self, limit: int = NOTES_AT_ONCE) -> Pending:
        """Read what is to be told next, as it is now."""
        with self._database.transaction() as connection:
            pending, ids = read_pending(connection, self._site_id, self._state(connection), limit)
            embeddings = self._waiting.read(connection, ids)
        return dataclasses.replace(pending, sightings=with_embeddings(pending.sightings, embeddings))

    def acknowledge(self, last: int) -> None:
        """Forget the notes up to one that the centre has, and the embeddings that went with them."""
        with self._database.transaction() as connection:
            told = outbox.c.site_id == self._site_id, outbox.c.seq <= last
            ids = connection.execute(select(outbox.c.sighting_id).where(*told)).scalars().all()
            connection.execute(delete(outbox).where(*told))
            self._set(connection, sent=last)
            self._waiting.forget_sent(connection, [one for one in ids if one])

    def tell_everything(self, sent: int | None) -> None:
        """Begin anew: all that is there is told again; embeddings that are gone stay gone.

        Args:
            sent: The last note that the centre says it has, and that this box had told it; None where the
                centre has heard more than this database ever told: a new series of notes begins.
        """
        with self._database.transaction() as connection:
            note_everything(connection, self._site_id)
            if sent is None:
                self._set(connection, sent=0, stream=secrets.token_hex(16))
            else:
                self._set(connection, sent=sent)

    def forget_old(self, now: float | None = None) -> int:
        """Delete embeddings that wait for longer than a gallery's may stay; return how many."""
        moment = time.time() if now is None else now
        with self._database.transaction() as connection:
            return self._waiting.forget_old(
                connection, lambda run_id: runs.embeddings_may_wait_from(connection, run_id, moment)
            )

    def forget_waiting(self) -> int:
        """Delete every embedding that waits: nobody is there any more who would delete it in time."""
        with self._database.transaction() as connection:
            return self._waiting.forget_all(connection)

    def _state(self, connection: Connection) -> tuple[str, int]:
        query = select(outbox_state.c.stream, outbox_state.c.sent)
        row = connection.execute(query.where(outbox_state.c.site_id == self._site_id)).one()
        return str(row.stream), int(row.sent)

    def _set(self, connection: Connection, **values: object) -> None:
        this = outbox_state.c.site_id == self._site_id
        connection.execute(update(outbox_state).where(this).values(values))
