"""The next things that a centre has to hear, as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from flows.database.outbox.notes import PROGRESS, SIGHTING, TIME
from flows.database.rows import sighting_of
from flows.database.schema import camera, coverage, outbox, progress, run, sighting, unobserved
from flows.database.states import UNFINISHED
from flows.values import Sighting

NOTES_AT_ONCE = 300
"""Notes that are read together unless less is asked for."""

_PIECE_US = 31 * 86_400_000_000
"""Longer stretches of time are told in pieces."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a box knows of a stretch of a camera's time; all times in microseconds since the epoch.

    Attributes:
        camera: Camera id.
        start: First moment of the stretch.
        end: Behind its last moment.
        observed: (start, end) of what was seen of it, inside the stretch.
        outages: (start, end, reason) of what was not, each as long as it is, also beyond the stretch.
    """

    camera: str
    start: int
    end: int
    observed: tuple[tuple[int, int], ...]
    outages: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """What is told next.

    Attributes:
        stream: Random name of this series of notes.
        after: The last note that the centre has acknowledged.
        last: The last note that this is about; `after` where there is none.
        sightings: Passages that are new or have changed; with embedding where it is still there.
        withdrawn: (camera, sighting id) of those that are none any more.
        watched: Stretches of time.
        progress: Camera id → checkpoint of its unfinished run; None where it has none.
        left: Notes that come behind these.
    """

    stream: str
    after: int
    last: int
    sightings: tuple[Sighting, ...] = ()
    withdrawn: tuple[tuple[str, str], ...] = ()
    watched: tuple[Watched, ...] = ()
    progress: Mapping[str, str | None] = field(default_factory=dict)
    left: int = 0


def read_pending(
    connection: Connection, site_id: int, state: tuple[str, int], limit: int
) -> tuple[Pending, list[str]]:
    """Read what the next notes are about; embeddings are put in by the caller.

    Args:
        connection: In a transaction.
        site_id: The site.
        state: Name of the series of notes, and the last one acknowledged.
        limit: Notes at most.

    Returns:
        What is told, and the sightings it is about.
    """
    mine = outbox.c.site_id == site_id
    notes = connection.execute(select(outbox).where(mine).order_by(outbox.c.seq).limit(limit)).all()
    total = connection.execute(select(func.count()).select_from(outbox).where(mine)).scalar_one()
    last = notes[-1].seq if notes else state[1]
    pending = _told(
        connection, _names(connection, site_id), notes, Pending(*state, last, left=total - len(notes))
    )
    return pending, [note.sighting_id for note in notes if note.kind == SIGHTING]


def _told(
    connection: Connection, names: Mapping[int, str], notes: Sequence[Row[Any]], nothing: Pending
) -> Pending:
    """Put in what the notes are about; of a camera that was removed nothing more is told."""
    known = [(names[note.camera_id], note) for note in notes if note.camera_id in names]
    passages = [(name, note.sighting_id) for name, note in known if note.kind == SIGHTING]
    found = _sightings(connection, [one for _, one in passages])
    return replace(
        nothing,
        sightings=tuple(found[one] for _, one in passages if one in found),
        withdrawn=tuple((name, one) for name, one in passages if one not in found),
        watched=tuple(
            piece for name, note in known if note.kind == TIME for piece in _watched(connection, note, name)
        ),
        progress={
            name: _checkpoint(connection, note.camera_id) for name, note in known if note.kind == PROGRESS
        },
    )


def _names(connection: Connection, site_id: int) -> dict[int, str]:
    query = select(camera.c.camera_id, camera.c.name).where(camera.c.site_id == site_id)
    return {int(row.camera_id): str(row.name) for row in connection.execute(query)}


def _sightings(connection: Connection, ids: Sequence[str]) -> dict[str, Sighting]:
    query = (
        select(sighting, camera.c.name)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(sighting.c.sighting_id.in_(ids))
    )
    return {row.sighting_id: sighting_of(row, {}) for row in connection.execute(query)}


def _watched(connection: Connection, note: Row[Any], name: str) -> list[Watched]:
    pieces = []
    for start in range(note.start_time, note.end_time, _PIECE_US):
        end = min(start + _PIECE_US, note.end_time)
        seen = _overlapping(connection, coverage, note.camera_id, start, end)
        missed = _overlapping(connection, unobserved, note.camera_id, start, end)
        pieces.append(
            Watched(
                name,
                start,
                end,
                tuple((max(row.start_time, start), min(row.end_time, end)) for row in seen),
                tuple((row.start_time, row.end_time, str(row.reason)) for row in missed),
            )
        )
    return pieces


def _overlapping(
    connection: Connection, table: Table, camera_id: int, start: int, end: int
) -> Sequence[Row[Any]]:
    return connection.execute(
        select(table)
        .where(table.c.camera_id == camera_id, table.c.start_time < end, table.c.end_time > start)
        .order_by(table.c.start_time)
    ).all()


def _checkpoint(connection: Connection, camera_id: int) -> str | None:
    query = (
        select(progress.c.checkpoint)
        .join(run, run.c.run_id == progress.c.run_id)
        .where(progress.c.camera_id == camera_id, run.c.state == UNFINISHED)
        .order_by(run.c.started.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()
