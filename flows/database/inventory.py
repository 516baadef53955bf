"""What ``pipeline db list`` shows: the sites of a database, their cameras and their runs."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from flows.database.connection import Database
from flows.database.schema import camera, coverage, footage, run, sighting, site
from flows.database.times import to_seconds


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A camera, and what was counted of it.

    Attributes:
        camera: Id in the site file.
        first: First moment observed, seconds since the epoch; None where nothing was.
        last: Behind the last moment observed; None where nothing was.
        observed_s: Seconds observed in between.
        recordings: Files that were counted.
        cyclists: Passages.
    """

    camera: str
    first: float | None
    last: float | None
    observed_s: float
    recordings: int
    cyclists: int


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run.

    Attributes:
        run: Random id.
        state: ``finished``, ``unfinished``, or ``purged`` for one that was given up.
        started: Wall clock, seconds since the epoch.
        finished: Wall clock; None before its end.
    """

    run: str
    state: str
    started: float
    finished: float | None


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site.

    Attributes:
        site: Its name.
        timezone: IANA name.
        cameras: By name.
        runs: In order of their start.
    """

    site: str
    timezone: str
    cameras: tuple[ListedCamera, ...]
    runs: tuple[ListedRun, ...]


def list_sites(database: Database) -> tuple[ListedSite, ...]:
    """Read what a database holds, by the names of its sites.

    Raises:
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        rows = connection.execute(select(site)).all()
        found = [
            ListedSite(
                row.name, row.timezone, _cameras(connection, row.site_id), _runs(connection, row.site_id)
            )
            for row in rows
        ]
    return tuple(sorted(found, key=lambda one: one.site))


def _cameras(connection: Connection, site_id: int) -> tuple[ListedCamera, ...]:
    observed = {
        row.camera_id: row
        for row in connection.execute(
            select(
                coverage.c.camera_id,
                func.min(coverage.c.start_time).label("first"),
                func.max(coverage.c.end_time).label("last"),
                func.sum(coverage.c.end_time - coverage.c.start_time).label("observed"),
            ).group_by(coverage.c.camera_id)
        )
    }
    recordings, cyclists = _rows_of_cameras(connection, footage), _rows_of_cameras(connection, sighting)
    found = []
    for row in connection.execute(select(camera).where(camera.c.site_id == site_id)):
        seen = observed.get(row.camera_id)
        found.append(
            ListedCamera(
                row.name,
                None if seen is None else to_seconds(seen.first),
                None if seen is None else to_seconds(seen.last),
                0.0 if seen is None else to_seconds(int(seen.observed)),
                recordings.get(row.camera_id, 0),
                cyclists.get(row.camera_id, 0),
            )
        )
    return tuple(sorted(found, key=lambda one: one.camera))


def _rows_of_cameras(connection: Connection, table: Table) -> dict[int, int]:
    counted = select(table.c.camera_id, func.count().label("rows")).group_by(table.c.camera_id)
    return {row.camera_id: row.rows for row in connection.execute(counted)}


def _runs(connection: Connection, site_id: int) -> tuple[ListedRun, ...]:
    rows = connection.execute(
        select(run).where(run.c.site_id == site_id).order_by(run.c.started, run.c.run_id)
    )
    return tuple(
        ListedRun(
            row.run_id,
            row.state,
            to_seconds(row.started),
            None if row.finished is None else to_seconds(row.finished),
        )
        for row in rows
    )
