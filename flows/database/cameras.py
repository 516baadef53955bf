"""Gives a camera another name, or takes it out of the database with all that hangs on it."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, func, select, update

from flows.database.connection import Database
from flows.database.lock import site_lock
from flows.database.mending import mend_journeys
from flows.database.removal import remove_empty_cameras, remove_empty_runs
from flows.database.schema import camera, footage, journey_stop, run, sighting, site
from flows.database.states import UNFINISHED
from flows.database.upgrade import hold_writer_lock
from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class RemovedCamera:
    """What left with a camera.

    Attributes:
        sightings: Passages at this camera.
        journeys: Journeys that went through it.
        recordings: Files that were counted of it.
    """

    sightings: int
    journeys: int
    recordings: int


def find_camera(database: Database, site_name: str, name: str) -> None:
    """Make sure that there is such a camera.

    Raises:
        UsageError: The database has no such site, or the site no such camera.
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        _find(connection, database.name, site_name, name)


def rename_camera(database: Database, site_name: str, old: str, new: str) -> None:
    """Give a camera another name; everything that hangs on it stays with it.

    Args:
        database: Open for writing.
        site_name: Name of the site.
        old: Present name.
        new: The name from now on; a camera of that name of which nothing was counted gives way.

    Raises:
        UsageError: There is no such camera, another one has the new name, or an interrupted run needs the
            old one.
        DatabaseError: Another program writes the site, or the database fails.
    """
    find_camera(database, site_name, old)
    with site_lock(database, site_name), database.transaction() as connection:
        hold_writer_lock(connection)
        site_id, camera_id = _find(connection, database.name, site_name, old)
        if new != old:
            # A run that was told of the new name before has put it down, with nothing counted.
            remove_empty_cameras(connection, site_id, [new])
        if _known_as(connection, site_id, new) is not None:
            raise UsageError(
                f"site {site_name} of database {database.name} has a camera '{new}' already, and two cameras "
                "do not become one; give another name, or first delete the one that is not wanted with: "
                f"pipeline db remove-camera '{site_name}' '{new}'"
            )
        _require_no_interrupted_run(connection, database.name, site_name, site_id)
        connection.execute(update(camera).where(camera.c.camera_id == camera_id).values(name=new))


def remove_camera(database: Database, site_name: str, name: str) -> RemovedCamera:
    """Delete a camera: what was counted of which footage, what it observed, and who passed it.

    Journeys that went through it are cut there, see `mend_journeys`. Its footage may be read again.

    Args:
        database: Open for writing.
        site_name: Name of the site.
        name: Of the camera.

    Raises:
        UsageError: There is no such camera, or an interrupted run needs it.
        DatabaseError: Another program writes the site, or the database fails.
    """
    find_camera(database, site_name, name)
    with site_lock(database, site_name), database.transaction() as connection:
        hold_writer_lock(connection)
        site_id, camera_id = _find(connection, database.name, site_name, name)
        _require_no_interrupted_run(connection, database.name, site_name, site_id)
        through = (
            select(journey_stop.c.journey_id)
            .join(sighting, sighting.c.sighting_id == journey_stop.c.sighting_id)
            .where(sighting.c.camera_id == camera_id)
            .distinct()
            .order_by(journey_stop.c.journey_id)
        )
        broken = connection.execute(through).scalars().all()
        of_camera = [
            select(func.count()).select_from(table).where(table.c.camera_id == camera_id)
            for table in (sighting, footage)
        ]
        sightings, recordings = (connection.execute(one).scalar_one() for one in of_camera)
        # Footage, progress, coverage and sightings leave with it; links and stops leave with the sightings.
        connection.execute(delete(camera).where(camera.c.camera_id == camera_id))
        mend_journeys(connection, broken)
        remove_empty_runs(connection, site_id)
    return RemovedCamera(sightings, len(broken), recordings)


def _find(connection: Connection, database: str, site_name: str, name: str) -> tuple[int, int]:
    """Keys of a site and of a camera of it."""
    sites = connection.execute(select(site.c.name, site.c.site_id).order_by(site.c.name)).all()
    found = [row.site_id for row in sites if row.name == site_name]
    if not found:
        known = ", ".join(row.name for row in sites) or "none"
        raise UsageError(f"database {database} has no site '{site_name}'; its sites are: {known}")
    camera_id = _known_as(connection, found[0], name)
    if camera_id is None:
        names = select(camera.c.name).where(camera.c.site_id == found[0]).order_by(camera.c.name)
        known = ", ".join(connection.execute(names).scalars()) or "none"
        raise UsageError(
            f"site {site_name} of database {database} has no camera '{name}'; its cameras are: {known}"
        )
    return found[0], camera_id


def _known_as(connection: Connection, site_id: int, name: str) -> int | None:
    this = and_(camera.c.site_id == site_id, camera.c.name == name)
    return connection.execute(select(camera.c.camera_id).where(this)).scalar_one_or_none()


def _require_no_interrupted_run(connection: Connection, database: str, site_name: str, site_id: int) -> None:
    open_runs = select(run.c.run_id).where(run.c.site_id == site_id, run.c.state == UNFINISHED)
    for run_id in connection.execute(open_runs).scalars():
        raise UsageError(
            f"database {database}: run {run_id} of site {site_name} was interrupted and needs its cameras as "
            "they are; finish it with the command that began it, or give it up with: pipeline db purge --all"
        )
