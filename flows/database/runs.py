"""Beginning and ending a run: new, resumed, complete, or in conflict with another."""

import secrets
import time
from collections.abc import Iterable
from dataclasses import replace as changed

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from flows.database.ledger import note_footage, note_grown
from flows.database.records import CameraDescription, Publication, RunDescription, RunRecord, RunState
from flows.database.removal import remove_empty_cameras, remove_empty_runs, remove_time, remove_unwatched
from flows.database.schema import camera, coverage, footage, run, site
from flows.database.states import FINISHED, PURGED, UNFINISHED
from flows.database.times import MICROSECONDS, to_microseconds
from flows.database.upgrade import hold_writer_lock
from tracking.errors import DatabaseError

RESTART_WITHIN = 1200 * MICROSECONDS
"""For so long an interrupted run finds its embeddings, even where riders need less from camera to camera."""

NEVER = 2**63 - 1
"""Later than every exit time."""


def begin_run(connection: Connection, description: RunDescription, replace: bool, name: str) -> RunRecord:
    """Find or create the run, see `FlowStore.begin_run`."""
    hold_writer_lock(connection)
    site_id = _find_site(connection, description)
    found = _find_run(connection, site_id, description, replace, name)
    present = {described.camera for described in description.cameras}
    gone = {span.camera for span in description.removed} - present
    remove_empty_cameras(connection, site_id, sorted(gone))
    rewritten = remember_publication(connection, site_id, description.publication)
    return changed(found, publication_changed=rewritten)


def note_site(connection: Connection, description: RunDescription) -> bool:
    """Remember a site's cameras and publication, see `FlowStore.note_site`."""
    hold_writer_lock(connection)
    site_id = _find_site(connection, description)
    for described in description.cameras:
        _save_camera(connection, site_id, described)
    return remember_publication(connection, site_id, description.publication)


def _find_run(
    connection: Connection, site_id: int, description: RunDescription, replace: bool, name: str
) -> RunRecord:
    if description.removed:
        remove_time(connection, site_id, description.removed)
        remove_empty_runs(connection, site_id)
    same = and_(run.c.site_id == site_id, run.c.fingerprint == description.fingerprint)
    earlier = connection.execute(select(run.c.run_id, run.c.state).where(same)).one_or_none()
    if earlier is not None and not replace and earlier.state != PURGED:
        state = RunState.COMPLETE if earlier.state == FINISHED else RunState.RESUMED
        return RunRecord(earlier.run_id, state)
    obsolete = set() if earlier is None else {earlier.run_id}
    overlapping = _runs_over_the_same_footage(connection, site_id, description) - obsolete
    if overlapping and not replace:
        raise DatabaseError(_conflict(connection, overlapping, description, name))
    delete_runs(connection, obsolete | overlapping)
    return _create(connection, site_id, description)


def extend_run(connection: Connection, run_id: str, description: RunDescription) -> None:
    """Note the sources that an unfinished run reads in addition, see `FlowStore.extend_run`."""
    hold_writer_lock(connection)
    site_id = _find_site(connection, description)
    for described in description.cameras:
        camera_id = _save_camera(connection, site_id, described)
        fresh = [one for one in described.footage if not note_grown(connection, run_id, camera_id, one)]
        note_footage(connection, run_id, camera_id, fresh)
    touch(connection, run_id, time.time())


def finish_run(connection: Connection, run_id: str, finished: float) -> dict[str, int]:
    """Mark the run complete, see `FlowStore.finish_run`."""
    done = {"state": FINISHED, "finished": to_microseconds(finished)}
    # Not when the last decision before the end was made: that is a matter of the wall clock.
    watched = select(func.max(coverage.c.end_time)).where(coverage.c.run_id == run_id).scalar_subquery()
    decided = {"watermark": watched, "forgotten_before": watched}
    connection.execute(update(run).where(run.c.run_id == run_id).values(done | decided))
    return remove_unwatched(connection, run_id)


def delete_runs(connection: Connection, run_ids: Iterable[str]) -> None:
    """Delete runs with everything that hangs on them."""
    connection.execute(delete(run).where(run.c.run_id.in_(sorted(run_ids))))


def touch(connection: Connection, run_id: str, now: float, **values: int) -> None:
    """Note that the run makes progress, with what else changes about it."""
    touched = {"touched": to_microseconds(now), **values}
    connection.execute(update(run).where(run.c.run_id == run_id).values(touched))


def expire(connection: Connection, now: float) -> None:
    """Move forward what the embeddings of unfinished runs may not return from, where time alone says so."""
    columns = (run.c.run_id, run.c.live, run.c.gallery_ttl, run.c.watermark)
    for row in connection.execute(select(*columns).where(run.c.state == UNFINISHED)).all():
        moment = _aged_before(row.live, row.watermark, row.gallery_ttl, now)
        if moment is not None:
            forget_before(connection, row.run_id, moment)


def _aged_before(live: bool, watermark: int | None, gallery_ttl: int, now: float) -> int | None:
    """The moment before which embeddings are too old: by the wall clock for live runs, else by event time."""
    clock = to_microseconds(now) if live else watermark
    return None if clock is None else clock - gallery_ttl


def forget_before(connection: Connection, run_id: str, moment: int) -> None:
    """Note that embeddings of sightings that ended before a moment, in microseconds, are not to be kept."""
    earlier = or_(run.c.forgotten_before.is_(None), run.c.forgotten_before < moment)
    connection.execute(update(run).where(run.c.run_id == run_id, earlier).values(forgotten_before=moment))


def forgotten_by_unfinished(connection: Connection, run_id: str) -> int | None:
    """The moment before which a run that may still grow has forgotten; None where there is no such run."""
    found = connection.execute(
        select(run.c.state, run.c.forgotten_before).where(run.c.run_id == run_id)
    ).first()
    return (found.forgotten_before or 0) if found is not None and found.state == UNFINISHED else None


def forgotten_before(connection: Connection, run_id: str) -> int:
    """The moment, in microseconds, before which the run has forgotten by event time."""
    query = select(run.c.forgotten_before).where(run.c.run_id == run_id)
    return connection.execute(query).scalar() or 0


def interrupted_for_long(touched: int, gallery_ttl: int, now: float) -> bool:
    """Whether an unfinished run made no progress, by the wall clock, for as long as it keeps embeddings."""
    return touched + max(gallery_ttl, RESTART_WITHIN) < to_microseconds(now)


def embeddings_may_stay_from(connection: Connection, run_id: str, now: float) -> int:
    """The moment, in microseconds, from which embeddings of a run may stay; `NEVER` where none may.

    A run over recorded footage that was interrupted for long keeps none either; a live run's have aged.
    """
    columns = (
        run.c.state,
        run.c.touched,
        run.c.live,
        run.c.gallery_ttl,
        run.c.watermark,
        run.c.forgotten_before,
    )
    found = connection.execute(select(*columns).where(run.c.run_id == run_id)).one_or_none()
    if found is None or found.state != UNFINISHED:
        return NEVER
    if not found.live and interrupted_for_long(found.touched, found.gallery_ttl, now):
        return NEVER
    aged_before = _aged_before(found.live, found.watermark, found.gallery_ttl, now)
    return max(found.forgotten_before or 0, aged_before or 0)


def embeddings_may_wait_from(connection: Connection, run_id: str, now: float) -> int:
    """The moment, in microseconds, from which embeddings that were stored may wait for the network."""
    ttl = connection.execute(select(run.c.gallery_ttl).where(run.c.run_id == run_id)).scalar()
    return NEVER if ttl is None else to_microseconds(now) - max(int(ttl), RESTART_WITHIN)


def purge_unfinished(connection: Connection) -> None:
    """Let unfinished runs start anew, so that no embedding is needed any more."""
    connection.execute(update(run).where(run.c.state == UNFINISHED).values(state=PURGED))


def _find_site(connection: Connection, description: RunDescription) -> int:
    known = connection.execute(select(site).where(site.c.name == description.site)).one_or_none()
    if known is None:
        wanted = description.publication
        first = {} if wanted is None else {"min_count": wanted.min_count, "interval": wanted.interval}
        created = insert(site).values(name=description.site, timezone=description.timezone, **first)
        return int(connection.execute(created.returning(site.c.site_id)).scalar_one())
    return int(known.site_id)


def remember_publication(connection: Connection, site_id: int, wanted: Publication | None) -> bool:
    """Take over what was asked for; a default never replaces what a site has asked for before.

    Returns:
        Whether something changed.
    """
    if wanted is None:
        return False
    this = site.c.site_id == site_id
    stored = connection.execute(select(site.c.min_count, site.c.interval).where(this)).one()._mapping
    asked = {name: getattr(wanted, name) for name in wanted.chosen}
    if all(stored[name] == value for name, value in asked.items()):
        return False
    connection.execute(update(site).where(this).values(asked))
    return True


def _runs_over_the_same_footage(
    connection: Connection, site_id: int, description: RunDescription
) -> set[str]:
    found: set[str] = set()
    for described in description.cameras:
        digests = [one.digest for one in described.footage if one.start is None]
        found |= set(
            connection.execute(
                select(footage.c.run_id)
                .join(camera, camera.c.camera_id == footage.c.camera_id)
                .where(camera.c.site_id == site_id, camera.c.name == described.camera)
                .where(footage.c.digest.in_(digests))
            ).scalars()
        )
    return found


def _conflict(connection: Connection, runs: set[str], description: RunDescription, name: str) -> str:
    digests = {one.digest for described in description.cameras for one in described.footage}
    held = connection.execute(
        select(camera.c.name, footage.c.name, footage.c.digest)
        .join(camera, camera.c.camera_id == footage.c.camera_id)
        .where(footage.c.run_id.in_(sorted(runs)))
        .order_by(camera.c.name, footage.c.name)
    )
    camera_name, footage_name = next((c, f) for c, f, digest in held if digest in digests)
    return (
        f"database {name} already holds '{footage_name}' of camera {camera_name}, read with other settings "
        "or beside other footage; give --replace to delete that run first, or name another database"
    )


def _create(connection: Connection, site_id: int, description: RunDescription) -> RunRecord:
    run_id = secrets.token_hex(16)
    connection.execute(update(site).where(site.c.site_id == site_id).values(timezone=description.timezone))
    connection.execute(
        insert(run).values(
            run_id=run_id,
            site_id=site_id,
            fingerprint=description.fingerprint,
            configuration=description.settings,
            state=UNFINISHED,
            live=description.live,
            gallery_ttl=to_microseconds(description.gallery_ttl_s),
            started=to_microseconds(description.started),
            touched=to_microseconds(time.time()),
        )
    )
    for described in description.cameras:
        camera_id = _save_camera(connection, site_id, described)
        note_footage(connection, run_id, camera_id, described.footage)
    return RunRecord(run_id, RunState.NEW)


def _save_camera(connection: Connection, site_id: int, described: CameraDescription) -> int:
    latitude, longitude = described.location or (None, None)
    place = {"latitude": latitude, "longitude": longitude}
    this = and_(camera.c.site_id == site_id, camera.c.name == described.camera)
    camera_id = connection.execute(select(camera.c.camera_id).where(this)).scalar_one_or_none()
    if camera_id is None:
        created = insert(camera).values(site_id=site_id, name=described.camera, **place)
        return int(connection.execute(created.returning(camera.c.camera_id)).scalar_one())
    connection.execute(update(camera).where(this).values(place))
    return int(camera_id)


def camera_id(connection: Connection, run_id: str, name: str, database: str) -> int:
    """Find a camera of a run's site.

    Raises:
        DatabaseError: The site has no such camera.
    """
    query = (
        select(camera.c.camera_id)
        .join(run, run.c.site_id == camera.c.site_id)
        .where(run.c.run_id == run_id, camera.c.name == name)
    )
    found = connection.execute(query).scalar()
    if found is None:
        raise DatabaseError(f"database {database}: run {run_id} has no camera '{name}'")
    return int(found)
