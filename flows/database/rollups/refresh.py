"""Computes anew what a transaction touched, before it ends."""

from sqlalchemy import Connection, select

from flows.database.rollups.cameras import refresh_camera, refresh_watch
from flows.database.rollups.journeys import refresh_journeys
from flows.database.rollups.touched import take_touched
from flows.database.schema import site


def refresh(connection: Connection) -> None:
    """Bring the roll-ups to what the other tables hold; does nothing where nothing was touched.

    Args:
        connection: In the transaction that made the changes.
    """
    touched = take_touched(connection)
    if touched is None:
        return
    # What hung on a site that is gone has left with it.
    known = set(connection.execute(select(site.c.site_id)).scalars())
    for (site_id, camera_id), stretches in touched.cameras.items():
        if site_id in known:
            refresh_camera(connection, camera_id, stretches)
    for site_id, stretches in touched.watches().items():
        if site_id in known:
            refresh_watch(connection, site_id, stretches)
    for site_id, stretches in touched.journeys.items():
        if site_id in known:
            refresh_journeys(connection, site_id, stretches)
