"""Triggers that note where something changed, whoever changes it and by which way.

As with the roll-ups, rows leave by many ways: with their run, with a stretch of time that is read again, when
a rider turns out to be none. A new way needs no line here.
"""

import secrets
from collections.abc import Iterator

from sqlalchemy import Connection, select, text

from flows.database.rows import insert_rows
from flows.database.schema import outbox_state, site
from flows.database.times import MICROSECONDS

SIGHTING, TIME, PROGRESS = "sighting", "time", "progress"
"""Kinds of notes: a passage, a stretch of a camera's time, how far a camera was worked off."""

LONGEST_US = 7 * 86_400 * MICROSECONDS
"""Stretches of time that follow each other become one note up to this length, in microseconds."""

_INTO = "INSERT INTO outbox (site_id, camera_id, kind, sighting_id, start_time, end_time)"
_VALUES = ("exit_time", "enter_time", "camera_id", "direction", "frames", "stationary_s", "quality")


def noted_sites(connection: Connection) -> dict[str, int]:
    """Sites whose changes are noted: name → number."""
    query = select(site.c.name, site.c.site_id).join(outbox_state, outbox_state.c.site_id == site.c.site_id)
    return {row.name: row.site_id for row in connection.execute(query)}


def note_site(connection: Connection, site_id: int) -> None:
    """Note what changes of a site from now on, and all that is there already; once is enough."""
    known = select(outbox_state.c.site_id).where(outbox_state.c.site_id == site_id)
    if connection.execute(known).first() is not None:
        return
    insert_rows(connection, outbox_state, [{"site_id": site_id, "stream": secrets.token_hex(16), "sent": 0}])
    create_notes(connection)
    note_everything(connection, site_id)


def note_everything(connection: Connection, site_id: int) -> None:
    """Note all that a site has, as if it had changed just now; earlier notes are part of that."""
    here = "(SELECT camera_id FROM camera WHERE site_id = :site)"
    for statement in (
        "DELETE FROM outbox WHERE site_id = :site",
        f"{_INTO} SELECT :site, camera_id, '{SIGHTING}', sighting_id, 0, 0 FROM sighting "
        f"WHERE camera_id IN {here} ORDER BY enter_time, sighting_id",
        *(
            f"{_INTO} SELECT :site, camera_id, '{TIME}', '', start_time, end_time FROM {table} "
            f"WHERE camera_id IN {here} ORDER BY start_time"
            for table in ("coverage", "unobserved")
        ),
        f"{_INTO} SELECT DISTINCT :site, camera_id, '{PROGRESS}', '', 0, 0 FROM progress "
        f"WHERE camera_id IN {here}",
    ):
        connection.execute(text(statement), {"site": site_id})


def create_notes(connection: Connection) -> None:
    """Write the triggers where they are not there."""
    for name, event, statements in _triggers():
        body = " ".join(f"{one};" for one in statements)
        statement = f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} BEGIN {body} END"
        connection.exec_driver_sql(statement)


def drop_notes(connection: Connection) -> None:
    """Take the triggers away where they are there."""
    for name, _, _ in _triggers():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def _triggers() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, event and statements of each."""
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _VALUES)
    yield "outbox_sighting_insert", "INSERT ON sighting", _sighting("NEW")
    yield "outbox_sighting_update", f"UPDATE ON sighting WHEN {changed}", _sighting("NEW")
    yield "outbox_sighting_delete", "DELETE ON sighting", _sighting("OLD")
    for table in ("coverage", "unobserved"):
        grown = "NEW.start_time = OLD.start_time AND NEW.camera_id = OLD.camera_id"
        yield (
            f"outbox_{table}_insert",
            f"INSERT ON {table}",
            _stretch("NEW", "NEW.start_time", "NEW.end_time"),
        )
        yield (
            f"outbox_{table}_grow",
            f"UPDATE ON {table} WHEN {grown} AND NEW.end_time <> OLD.end_time",
            _stretch("NEW", "MIN(OLD.end_time, NEW.end_time)", "MAX(OLD.end_time, NEW.end_time)"),
        )
        both = _stretch("OLD", "OLD.start_time", "OLD.end_time") + _stretch(
            "NEW", "NEW.start_time", "NEW.end_time"
        )
        yield f"outbox_{table}_move", f"UPDATE ON {table} WHEN NOT ({grown})", both
        yield (
            f"outbox_{table}_delete",
            f"DELETE ON {table}",
            _stretch("OLD", "OLD.start_time", "OLD.end_time"),
        )
    yield "outbox_progress_insert", "INSERT ON progress", _progress("NEW")
    yield "outbox_progress_update", "UPDATE ON progress", _progress("NEW")
    yield "outbox_progress_delete", "DELETE ON progress", _progress("OLD")
    yield "outbox_run_state", "UPDATE OF state ON run", _of_run()


def _noted(row: str) -> str:
    """Where a change is of a site that is noted; what hangs on a camera that is gone is of its run's."""
    return (
        f"outbox_state AS noted WHERE noted.site_id = COALESCE("
        f"(SELECT site_id FROM camera WHERE camera_id = {row}.camera_id), "
        f"(SELECT site_id FROM run WHERE run_id = {row}.run_id))"
    )


def _sighting(row: str) -> tuple[str, ...]:
    return (
        f"DELETE FROM outbox WHERE sighting_id = {row}.sighting_id",
        f"{_INTO} SELECT noted.site_id, {row}.camera_id, '{SIGHTING}', {row}.sighting_id, 0, 0 "
        f"FROM {_noted(row)}",
    )


def _stretch(row: str, start: str, end: str) -> tuple[str, ...]:
    """One note for stretches that follow each other, at the place of the last."""
    before = (
        f"camera_id = {row}.camera_id AND kind = '{TIME}' AND end_time = {start} "
        f"AND start_time > {start} - {LONGEST_US}"
    )
    covered = (
        "EXISTS (SELECT 1 FROM outbox AS later WHERE later.seq > outbox.seq AND later.kind = outbox.kind "
        "AND later.camera_id = outbox.camera_id AND later.start_time <= outbox.start_time "
        f"AND later.end_time = {end})"
    )
    return (
        f"{_INTO} SELECT noted.site_id, {row}.camera_id, '{TIME}', '', "
        f"COALESCE((SELECT MIN(start_time) FROM outbox WHERE {before}), {start}), {end} FROM {_noted(row)}",
        f"DELETE FROM outbox WHERE {before} AND {covered}",
    )


def _progress(row: str) -> tuple[str, ...]:
    return (
        f"DELETE FROM outbox WHERE camera_id = {row}.camera_id AND kind = '{PROGRESS}'",
        f"{_INTO} SELECT noted.site_id, {row}.camera_id, '{PROGRESS}', '', 0, 0 FROM {_noted(row)}",
    )


def _of_run() -> tuple[str, ...]:
    cameras = "SELECT camera_id FROM progress WHERE run_id = NEW.run_id"
    return (
        f"DELETE FROM outbox WHERE kind = '{PROGRESS}' AND camera_id IN ({cameras})",
        f"{_INTO} SELECT noted.site_id, held.camera_id, '{PROGRESS}', '', 0, 0 FROM outbox_state AS noted "
        "JOIN progress AS held ON held.run_id = NEW.run_id WHERE noted.site_id = NEW.site_id",
    )
