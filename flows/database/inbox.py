"""The centre's side of its lines to boxes: what arrived, from whom, and up to where."""

import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, and_, delete, select, update

from flows.database import runs
from flows.database.coverage import merge_coverage
from flows.database.gallery import Gallery
from flows.database.outbox.pending import Watched
from flows.database.removal import clip_rows, overlapping, remove_sightings, site_id_of
from flows.database.rows import gallery_rows, insert_rows, sighting_row, upsert
from flows.database.schema import (
    camera,
    coverage,
    inbox,
    journey,
    journey_stop,
    progress,
    run,
    sighting,
    site,
    unlinkable,
    unobserved,
    withdrawn,
)
from flows.database.states import FINISHED, UNFINISHED
from flows.database.store import FlowStore
from flows.database.times import to_microseconds, to_seconds
from flows.values import Sighting, journey_id
from tracking.errors import DatabaseError

SESSION = "centre-"
"""How the fingerprint of a run begins that links the sightings of boxes."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a box tells in one piece.

    Attributes:
        box: Name of its token.
        stream: Random name of its series of notes.
        last: Last note that this is about.
        sightings: New and changed ones.
        withdrawn: Ids of those that are none any more.
        watched: What it knows of stretches of its cameras' time.
        progress: Camera id → text to keep as its progress.
        fresh: Ids of the sightings that were not known.
        unlinkable: Sighting id → one word of why it cannot be linked.
        late: Ids of those that came behind the decision; each is a journey of its own.
    """

    box: str
    stream: str
    last: int
    sightings: Sequence[Sighting] = ()
    withdrawn: Sequence[str] = ()
    watched: Sequence[Watched] = ()
    progress: Mapping[str, str] = field(default_factory=dict)
    fresh: Set[str] = frozenset()
    unlinkable: Mapping[str, str] = field(default_factory=dict)
    late: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a known sighting is."""

    site: str
    camera: str


class Inbox:
    """What the boxes of one site told.

    Every method is a transaction and raises `DatabaseError` where the database fails.

    Args:
        store: Open for writing; knows the site.
        site_name: The site.
    """

    def __init__(self, store: FlowStore, site_name: str) -> None:
        self._database = store.database
        self._gallery = Gallery(store.database)
        self._site = site_name

    def position(self, box: str, stream: str) -> int:
        """The last note that was received of a box's series; 0 where none was."""
        with self._database.transaction() as connection:
            query = select(inbox.c.received).where(
                inbox.c.site_id == self._site_id(connection), inbox.c.box == box, inbox.c.stream == stream
            )
            return int(connection.execute(query).scalar() or 0)

    def owners(self, ids: Sequence[str]) -> dict[str, Owner]:
        """Whose those of some sightings are that are known already."""
        query = (
            select(sighting.c.sighting_id, camera.c.name, site.c.name.label("site"))
            .join(camera, camera.c.camera_id == sighting.c.camera_id)
            .join(site, site.c.site_id == camera.c.site_id)
            .where(sighting.c.sighting_id.in_(ids))
        )
        with self._database.transaction() as connection:
            return {row.sighting_id: Owner(row.site, row.name) for row in connection.execute(query)}

    def receive(self, run_id: str, delivery: Delivery) -> None:
        """Store a delivery as a whole, with the place up to which its box was heard.

        Args:
            run_id: The run that what is new belongs to.
            delivery: Checked; its cameras are of this site.
        """
        with self._database.transaction() as connection:
            cameras = self._cameras(connection)
            self._keep_sightings(connection, run_id, delivery, cameras)
            for one in delivery.watched:
                _retell(connection, run_id, cameras[one.camera], one)
            _note_withdrawn(connection, delivery.withdrawn)
            rows = [
                {"run_id": run_id, "camera_id": cameras[name], "checkpoint": text}
                for name, text in delivery.progress.items()
            ]
            upsert(connection, progress, rows)
            runs.touch(connection, run_id, time.time())
            here = {"site_id": self._site_id(connection), "box": delivery.box, "stream": delivery.stream}
            heard = {"received": delivery.last, "heard": to_microseconds(time.time())}
            upsert(connection, inbox, [{**here, **heard}])

    def withdraw_decided(self) -> int:
        """Delete the withdrawn sightings whose journey is decided, and mend that; return how many."""
        query = select(withdrawn.c.sighting_id).join(
            journey_stop, journey_stop.c.sighting_id == withdrawn.c.sighting_id
        )
        with self._database.transaction() as connection:
            ids = list(connection.execute(query).scalars())
            remove_sightings(connection, ids)
            return len(ids)

    def open_session(self) -> tuple[str, str] | None:
        """The run that links what arrives, as (id, fingerprint); None where none is open.

        One that lost its embeddings stays open: what it counted came once and will not come again.
        """
        with self._database.transaction() as connection:
            found = connection.execute(self._sessions().where(run.c.state != FINISHED)).first()
            if found is None:
                return None
            this = run.c.run_id == found.run_id
            connection.execute(update(run).where(this).values(state=UNFINISHED))
            return str(found.run_id), str(found.fingerprint)

    def latest_session(self) -> str | None:
        """The last run that linked what arrived, open or not; None where there was none."""
        with self._database.transaction() as connection:
            found = connection.execute(self._sessions()).first()
            return None if found is None else str(found.run_id)

    def _sessions(self) -> Select[tuple[str, str]]:
        return (
            select(run.c.run_id, run.c.fingerprint)
            .join(site, site.c.site_id == run.c.site_id)
            .where(site.c.name == self._site, run.c.fingerprint.startswith(SESSION))
            .order_by(run.c.started.desc(), run.c.run_id)
        )

    def _keep_sightings(
        self, connection: Connection, run_id: str, delivery: Delivery, cameras: Mapping[str, int]
    ) -> None:
        """Known ones stay in their run; those that nobody can link are journeys of their own at once."""
        ids = [one.sighting_id for one in delivery.sightings]
        held = select(sighting.c.sighting_id, sighting.c.run_id).where(sighting.c.sighting_id.in_(ids))
        run_of = {row.sighting_id: row.run_id for row in connection.execute(held)}
        rows = [
            sighting_row(run_of.get(one.sighting_id, run_id), cameras[one.camera], one)
            for one in delivery.sightings
        ]
        upsert(connection, sighting, rows)
        why = [{"sighting_id": one, "reason": reason} for one, reason in delivery.unlinkable.items()]
        upsert(connection, unlinkable, why)
        alone = {one: journey_id(one) for one in sorted(delivery.late)}
        upsert(connection, journey, [{"journey_id": own, "run_id": run_id} for own in alone.values()])
        stops = [{"journey_id": own, "stop": 0, "sighting_id": one} for one, own in alone.items()]
        upsert(connection, journey_stop, stops)
        linkable = delivery.fresh - delivery.unlinkable.keys()
        fresh = [one for one in delivery.sightings if one.sighting_id in linkable]
        self._gallery.keep(connection, gallery_rows(run_id, fresh))

    def _cameras(self, connection: Connection) -> dict[str, int]:
        query = select(camera.c.name, camera.c.camera_id).where(camera.c.site_id == self._site_id(connection))
        return {str(row.name): int(row.camera_id) for row in connection.execute(query)}

    def _site_id(self, connection: Connection) -> int:
        found = site_id_of(connection, self._site)
        if found is None:
            raise DatabaseError(f"database {self._database.name} does not know site {self._site} any more")
        return found


def _note_withdrawn(connection: Connection, ids: Sequence[str]) -> None:
    known = select(sighting.c.sighting_id).where(sighting.c.sighting_id.in_(ids))
    gone = list(connection.execute(known).scalars())
    connection.execute(delete(withdrawn).where(withdrawn.c.sighting_id.in_(gone)))
    insert_rows(connection, withdrawn, [{"sighting_id": one} for one in gone])


def _retell(connection: Connection, run_id: str, camera_id: int, told: Watched) -> None:
    """Let a stretch of a camera's time be as its box knows it."""
    clip_rows(connection, coverage, camera_id, told.start, told.end)
    observed = [(to_seconds(start), to_seconds(end)) for start, end in told.observed]
    merge_coverage(connection, run_id, camera_id, observed)
    starts = {start for start, _, _ in told.outages}
    for row in overlapping(connection, unobserved, camera_id, told.start, told.end):
        if row.start_time not in starts:
            clip_rows(connection, unobserved, camera_id, max(row.start_time, told.start), told.end)
    for start, end, reason in told.outages:
        this = and_(unobserved.c.camera_id == camera_id, unobserved.c.start_time == start)
        found = connection.execute(
            update(unobserved).where(this).values(end_time=end, reason=reason)
        ).rowcount
        if not found:
            begin = {"run_id": run_id, "camera_id": camera_id, "start_time": start}
            insert_rows(connection, unobserved, [{**begin, "end_time": end, "reason": reason}])
