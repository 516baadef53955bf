"""What the runner writes and reads back: runs, progress, matching. Each call is one transaction."""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Self

from sqlalchemy import Connection, select

from flows.database import runs
from flows.database.address import DatabaseAddress
from flows.database.comeback import patient
from flows.database.connection import Database
from flows.database.counted import Account, Ledger
from flows.database.coverage import merge_coverage
from flows.database.forgetting import Forgetting
from flows.database.gallery import Gallery
from flows.database.interrupted import read_open_sightings
from flows.database.ledger import note_account, read_ledger
from flows.database.look_distances import keep_distances
from flows.database.ownership import find_revision
from flows.database.records import OpenSightings, RunDescription, RunRecord, RunState
from flows.database.rows import gallery_rows, journey_row, match_row, sighting_row, stop_rows, upsert
from flows.database.schema import REVISIONS, camera, journey, journey_stop, match, progress, sighting
from flows.database.times import to_microseconds
from flows.values import DistanceCounts, Journey, Match, Sighting
from tracking.errors import DatabaseError, UsageError


@patient
class FlowStore:
    """The database of a site, or of several.

    Every method raises `DatabaseError` where the database cannot be reached, read or written; a call that
    raises has changed nothing. Times are seconds since the epoch, UTC, kept to the microsecond.

    Example:
        >>> run = (store := FlowStore.open("sqlite:///flows.db")).begin_run(description)
        >>> store.save_progress(run.run_id, "A", sightings, [(start, end)], checkpoint)
        >>> store.save_matching(run.run_id, watermark, matches, journeys, forget_before=watermark - 1200)
        >>> store.finish_run(run.run_id)
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gallery = Gallery(database)
        self._forgetting = Forgetting(database, self._gallery)

    @classmethod
    def open(cls, url: str, *, purge: bool = True) -> Self:
        """Open for writing; create or upgrade the schema and delete expired embeddings first.

        Args:
            url: ``sqlite:///flows.db``, a file name, or ``postgresql://…``.
            purge: Delete expired embeddings at once.

        Raises:
            UsageError: The URL cannot be read, or PostgreSQL's driver is missing.
            DatabaseError: The database belongs to another program, is newer than this one, or is damaged;
                it is left as it was.
        """
        address = DatabaseAddress.parse(url)
        revision = find_revision(address)
        database = Database.connect(address, "rwc")
        store = cls(dataclasses.replace(database, rolls_up=True))
        if revision != REVISIONS[-1]:
            from flows.database.upgrade import upgrade_schema  # Alembic takes a moment to import

            with database.transaction() as connection:
                upgrade_schema(connection)
            store._forgetting.warn_of_log()
        if purge:
            store.purge_expired(time.time())
        return store

    @classmethod
    def open_for_reading(cls, url: str) -> Self:
        """Open without the right to write.

        Raises:
            UsageError: There is no such database, it is empty, or its schema is older than the program's.
            DatabaseError: As for `open`.
        """
        address = DatabaseAddress.parse(url)
        revision = find_revision(address)
        if revision is None:
            raise UsageError(
                f"database {address.name} does not exist or is empty; fill one with: pipeline run"
            )
        if revision != REVISIONS[-1]:
            raise UsageError(
                f"database {address.name} is of an older version; first run: pipeline db upgrade"
            )
        return cls(Database.connect(address, "ro"))

    @property
    def database(self) -> Database:
        """The open database, for `flows.statistics`."""
        return self._database

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def begin_run(self, description: RunDescription, *, replace: bool = False) -> RunRecord:
        """Start a run, go on with an interrupted one, or find that it is complete.

        Args:
            description: Site, cameras, footage and fingerprint.
            replace: Delete the runs that hold the same footage or fingerprint first, in this transaction.

        Raises:
            DatabaseError: Another run of the site holds some of the footage and `replace` was not given.
        """
        with self._database.transaction() as connection:
            found = runs.begin_run(connection, description, replace, self._database.name)
            if found.state is RunState.RESUMED:
                lost = self._forgetting.unlinkable(connection, found.run_id)
                found = dataclasses.replace(found, unlinkable=lost)
        if replace:
            self._forgetting.forget(at_once=True)
        self._forgetting.warn_of_unlinkable(found.unlinkable)
        return found

    def extend_run(self, run_id: str, description: RunDescription) -> None:
        """Let an unfinished run read the sources of a description too, whichever cameras they are of."""
        with self._database.transaction() as connection:
            self._unfinished(connection, run_id)
            runs.extend_run(connection, run_id, description)

    def keep_waiting(self, run_id: str) -> None:
        """Note that an unfinished run without progress was not given up: it waits for footage."""
        with self._database.transaction() as connection:
            self._unfinished(connection, run_id)
            runs.touch(connection, run_id, time.time())
            self._forgetting.forget_waiting(connection, time.time())

    def note_site(self, description: RunDescription) -> bool:
        """Remember a site's cameras, and how it is published, without beginning a run.

        Returns:
            Whether the site was known and is published in another way from now on.
        """
        with self._database.transaction() as connection:
            return runs.note_site(connection, description)

    def ledger(self, site: str) -> Ledger:
        """Read what was counted of a site; empty where it is not known."""
        with self._database.transaction() as connection:
            return read_ledger(connection, site)

    def save_progress(
        self,
        run_id: str,
        camera_name: str,
        sightings: Sequence[Sighting],
        coverage: Sequence[tuple[float, float]],
        checkpoint: str,
        account: Account | None = None,
    ) -> None:
        """Save what a camera saw since the last time, together with the place to go on from.

        Saving the same sightings or coverage again changes nothing.

        Args:
            run_id: From `begin_run`.
            camera_name: Id of the camera in the site file.
            sightings: Passages that ended.
            coverage: Observed intervals (start, end); those that touch or overlap become one.
            checkpoint: Small text that only the runner understands.
            account: How far its sources were counted, for the ledger; None where nobody keeps one.
        """
        with self._database.transaction() as connection:
            forgotten_before = self._unfinished(connection, run_id)
            camera_id = runs.camera_id(connection, run_id, camera_name, self._database.name)
            upsert(connection, sighting, [sighting_row(run_id, camera_id, one) for one in sightings])
            fresh = [one for one in gallery_rows(run_id, sightings) if one["exit_time"] >= forgotten_before]
            merge_coverage(connection, run_id, camera_id, coverage)
            if account is not None:
                note_account(connection, run_id, camera_id, account)
            saved = {"run_id": run_id, "camera_id": camera_id, "checkpoint": checkpoint}
            upsert(connection, progress, [saved])
            runs.touch(connection, run_id, time.time())
            self._forgetting.waiting.keep(connection, run_id, sightings, time.time())
            self._gallery.keep(connection, fresh)

    def progress(self, run_id: str) -> Mapping[str, str]:
        """Read the last checkpoint of each camera that has one."""
        query = (
            select(camera.c.name, progress.c.checkpoint)
            .join(camera, camera.c.camera_id == progress.c.camera_id)
            .where(progress.c.run_id == run_id)
        )
        with self._database.transaction() as connection:
            return {row.name: row.checkpoint for row in connection.execute(query)}

    def save_matching(
        self,
        run_id: str,
        watermark: float,
        matches: Sequence[Match],
        journeys: Sequence[Journey],
        *,
        forget_before: float,
        distances: Mapping[int, DistanceCounts] | None = None,
        model_id: str = "",
    ) -> None:
        """Save what matching decided up to the watermark and forget old embeddings.

        Args:
            run_id: From `begin_run`.
            watermark: Event time up to which matching has decided.
            matches: Links decided since the last time, in journeys that may still grow.
            journeys: Journeys that will not change any more, with their links; their sightings were saved
                by `save_progress` before.
            forget_before: Embeddings of sightings that ended before this moment are deleted.
            distances: All that the run has counted of some days of how far apart pairs were; None for none.
            model_id: Encoder that they were measured with.
        """
        links = {(one.from_sighting, one.to_sighting): one for one in matches}
        links |= {(one.from_sighting, one.to_sighting): one for whole in journeys for one in whole.matches}
        with self._database.transaction() as connection:
            self._unfinished(connection, run_id)
            upsert(connection, match, [match_row(run_id, one) for one in links.values()])
            upsert(connection, journey, [journey_row(run_id, one) for one in journeys])
            upsert(connection, journey_stop, [row for one in journeys for row in stop_rows(one)])
            keep_distances(connection, run_id, model_id, distances or {})
            runs.touch(connection, run_id, time.time(), watermark=to_microseconds(watermark))
            runs.forget_before(connection, run_id, to_microseconds(forget_before))
        self._forgetting.forget(at_once=False)

    def open_sightings(self, run_id: str) -> OpenSightings:
        """Read what the matcher needs to go on after an interruption."""
        with self._database.transaction() as connection:
            return read_open_sightings(connection, run_id, self._gallery.embeddings(connection, run_id))

    def finish_run(self, run_id: str) -> dict[str, int]:
        """Mark the run complete and delete every embedding of it.

        Sightings that began in time that was not watched go as well: no coverage, no count. Where a program
        that reads keeps something of embeddings on a server's disk, a warning is logged.

        Returns:
            Camera id → number of such sightings.
        """
        with self._database.transaction() as connection:
            self._unfinished(connection, run_id)
            unwatched = runs.finish_run(connection, run_id, time.time())
        self._forgetting.forget(at_once=True)
        self._forgetting.warn_of_pages()
        return unwatched

    def discard_run(self, run_id: str) -> None:
        """Delete a run with everything that hangs on it."""
        with self._database.transaction() as connection:
            runs.delete_runs(connection, [run_id])
        self._forgetting.forget(at_once=True)

    def purge_expired(self, now: float) -> int:
        """Delete embeddings past their run's time to live; the statistics stay.

        Args:
            now: Wall clock; live runs age by it, and so does a run without progress. Recorded footage ages
                by event time behind the watermark.

        Returns:
            Number of embeddings deleted.
        """
        with self._database.transaction() as connection:
            runs.expire(connection, now)
        return self._forgetting.forget(at_once=True, now=now)

    def purge_all(self) -> int:
        """Delete every embedding at once; an unfinished run then starts anew instead of going on.

        Returns:
            Number of embeddings deleted.
        """
        with self._database.transaction() as connection:
            runs.purge_unfinished(connection)
            waiting = self._forgetting.waiting.forget_all(connection)
        return waiting + self._forgetting.forget(at_once=True)

    def scrub(self) -> None:
        """Make sure that nothing of deleted embeddings is left on the disk, whoever deleted them.

        Raises:
            DatabaseError: A program that reads holds what is left.
        """
        self._forgetting.scrub()

    def _unfinished(self, connection: Connection, run_id: str) -> int:
        """Make sure that the run may be written to; return the moment before which it has forgotten."""
        if (moment := runs.forgotten_by_unfinished(connection, run_id)) is None:
            raise DatabaseError(
                f"database {self._database.name} holds no unfinished run {run_id} any more; "
                "another program finished, replaced or purged it"
            )
        return moment
