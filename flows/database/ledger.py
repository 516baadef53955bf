"""The ledger: which time of which camera was counted, over all runs of a site, and from which source."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from flows.database.counted import Account, CountedSource, Ledger, OpenRun, SourceProgress, Unobserved
from flows.database.coverage import JOIN_GAP_US, union
from flows.database.records import Footage
from flows.database.removal import remove_sightings, update_sightings
from flows.database.rows import Parameters, upsert
from flows.database.schema import camera, coverage, footage, run, site, unobserved
from flows.database.states import FINISHED, PURGED
from flows.database.times import to_microseconds, to_seconds

_COPY = "#"
"""Parts the digest of the bytes from a name, where two sources have the same bytes."""


def read_ledger(connection: Connection, site_name: str) -> Ledger:
    """Read what was counted of a site.

    Args:
        connection: In a transaction.
        site_name: Name of the site; one that is not known has an empty ledger.
    """
    rows = connection.execute(
        select(run.c.configuration, run.c.state, camera.c.name.label("camera"), footage)
        .join(run, run.c.run_id == footage.c.run_id)
        .join(camera, camera.c.camera_id == footage.c.camera_id)
        .join(site, site.c.site_id == run.c.site_id)
        .where(site.c.name == site_name)
    ).all()
    found = [_counted(row) for row in rows] + _known_by_coverage(connection, site_name, rows)
    found.sort(key=lambda one: (one.camera, one.start or 0.0, one.name))
    names = select(camera.c.name).join(site, site.c.site_id == camera.c.site_id)
    cameras = connection.execute(names.where(site.c.name == site_name).order_by(camera.c.name)).scalars()
    recorded, live = (_open_runs(connection, site_name, live) for live in (False, True))
    return Ledger(tuple(found), recorded, tuple(cameras), live)


def note_account(connection: Connection, run_id: str, camera_id: int, account: Account) -> None:
    """Write what a camera accounts for beside its new sightings."""
    note_sources(connection, run_id, camera_id, account.sources)
    note_unobserved(connection, run_id, camera_id, account.unobserved)
    update_sightings(connection, account.carried)
    remove_sightings(connection, account.retracted)


def note_sources(
    connection: Connection, run_id: str, camera_id: int, sources: Sequence[SourceProgress]
) -> None:
    """Write how far sources were counted; never takes back what an earlier call said."""
    for one in sources:
        this = and_(
            footage.c.run_id == run_id,
            footage.c.camera_id == camera_id,
            footage.c.name == one.name,
        )
        known = connection.execute(select(footage).where(this)).one_or_none()
        if known is None:
            note_footage(connection, run_id, camera_id, [Footage(one.name, one.digest)])
            known = connection.execute(select(footage).where(this)).one()
        elif _bytes_of(known.digest) != one.digest:  # It grew since the run began.
            digest = _own_digest(connection, run_id, camera_id, Footage(one.name, one.digest))
            connection.execute(update(footage).where(this).values(digest=digest))
        connection.execute(update(footage).where(this).values(_further(known, one)))


def note_unobserved(
    connection: Connection, run_id: str, camera_id: int, stretches: Sequence[Unobserved]
) -> None:
    """Write stretches of time that were not observed; one that grew replaces its shorter self."""
    rows = [
        {
            "run_id": run_id,
            "camera_id": camera_id,
            "start_time": to_microseconds(one.start),
            "end_time": to_microseconds(one.end),
            "reason": one.reason,
        }
        for one in stretches
        if one.start < one.end
    ]
    upsert(connection, unobserved, rows)


def note_footage(connection: Connection, run_id: str, camera_id: int, sources: Sequence[Footage]) -> None:
    """Write which sources a run is about to read; of none of them was anything counted yet."""
    for one in sources:
        row = {
            "run_id": run_id,
            "camera_id": camera_id,
            "digest": _own_digest(connection, run_id, camera_id, one),
            "name": one.name,
            "start_time": None,
            "end_time": None,
            "frames": 0,
            "complete": False,
        }
        upsert(connection, footage, [row])


def note_grown(connection: Connection, run_id: str, camera_id: int, source: Footage) -> bool:
    """Write that a source of a run goes on behind the end that was reached; false where the run has none."""
    this = and_(footage.c.run_id == run_id, footage.c.camera_id == camera_id, footage.c.name == source.name)
    if connection.execute(select(footage.c.name).where(this)).first() is None:
        return False
    digest = _own_digest(connection, run_id, camera_id, source)
    connection.execute(update(footage).where(this).values(digest=digest, complete=False))
    return True


def _own_digest(connection: Connection, run_id: str, camera_id: int, source: Footage) -> str:
    """A digest that no other source of the run has: the same bytes may stand for two times."""
    others = select(footage.c.name).where(
        footage.c.run_id == run_id,
        footage.c.camera_id == camera_id,
        footage.c.digest == source.digest,
        footage.c.name != source.name,
    )
    taken = connection.execute(others).first() is not None
    return f"{source.digest}{_COPY}{source.name}" if taken else source.digest


def _bytes_of(digest: str) -> str:
    return digest.partition(_COPY)[0]


def _further(known: Row[Any], progress: SourceProgress) -> Parameters:
    """What a row says after some progress."""
    if progress.start is None or progress.end is None:
        return {"complete": bool(known.complete or progress.complete)}
    start, end = to_microseconds(progress.start), to_microseconds(progress.end)
    return {
        "start_time": start if known.start_time is None else min(start, known.start_time),
        "end_time": end if known.end_time is None else max(end, known.end_time),
        "frames": max(progress.frames, known.frames or 0),
        "complete": bool(known.complete or progress.complete),
    }


def _counted(row: Row[Any]) -> CountedSource:
    timed = row.start_time is not None and row.end_time is not None
    return CountedSource(
        run_id=row.run_id,
        camera=row.camera,
        name=row.name,
        digest=_bytes_of(row.digest),
        start=to_seconds(row.start_time) if timed else None,
        end=to_seconds(row.end_time) if timed else None,
        complete=bool(row.complete) or (not timed and row.state == FINISHED),
        settings=row.configuration,
    )


def _known_by_coverage(
    connection: Connection, site_name: str, rows: Sequence[Row[Any]]
) -> list[CountedSource]:
    """Counted time that no source accounts for: of live streams, and of runs of older versions."""
    timed: dict[str, list[tuple[int, int]]] = {}
    untimed: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        if row.start_time is None or row.end_time is None:
            untimed.setdefault((row.run_id, row.camera), []).append(row)
        else:
            timed.setdefault(row.camera, []).append((row.start_time, row.end_time))
    spans = {name: union(some) for name, some in timed.items()}
    observed = (
        select(
            run.c.run_id,
            run.c.configuration,
            camera.c.name.label("camera"),
            coverage.c.start_time,
            coverage.c.end_time,
        )
        .join(run, run.c.run_id == coverage.c.run_id)
        .join(camera, camera.c.camera_id == coverage.c.camera_id)
        .join(site, site.c.site_id == camera.c.site_id)
        .where(site.c.name == site_name)
    )
    found = []
    for seen in connection.execute(observed):
        if _inside(seen.start_time, seen.end_time, spans.get(seen.camera, [])):
            continue
        held = untimed.get((seen.run_id, seen.camera), [])
        name, digest = (held[0].name, _bytes_of(held[0].digest)) if len(held) == 1 else ("", "")
        start, end = to_seconds(seen.start_time), to_seconds(seen.end_time)
        found.append(
            CountedSource(seen.run_id, seen.camera, name, digest, start, end, True, seen.configuration)
        )
    return found


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(spans, (start + JOIN_GAP_US, end)) - 1
    return place >= 0 and spans[place][0] <= start + JOIN_GAP_US and end <= spans[place][1] + JOIN_GAP_US


def _open_runs(connection: Connection, site_name: str, live: bool) -> tuple[OpenRun, ...]:
    query = (
        select(run.c.run_id, run.c.fingerprint, run.c.configuration, run.c.state)
        .join(site, site.c.site_id == run.c.site_id)
        .where(site.c.name == site_name, run.c.state != FINISHED, run.c.live.is_(live))
        .order_by(run.c.started, run.c.run_id)
    )
    return tuple(
        OpenRun(row.run_id, row.fingerprint, row.configuration, row.state == PURGED)
        for row in connection.execute(query)
    )
