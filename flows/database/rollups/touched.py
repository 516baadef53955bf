"""Which time changed in a transaction: written by triggers, taken by `refresh`."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, delete, text

from flows.database.rollups.quarters import Stretch, whole_quarters
from flows.database.rollups.tables import touched_journeys, touched_time


@dataclass(frozen=True, slots=True)
class Touched:
    """Whole quarters that are to be computed anew.

    Attributes:
        cameras: Site and camera → stretches in which passages or coverage changed; the camera may be gone.
        journeys: Site → stretches in which journeys begin that changed.
    """

    cameras: dict[tuple[int, int], list[Stretch]]
    journeys: dict[int, list[Stretch]]

    def watches(self) -> dict[int, list[Stretch]]:
        """Site → stretches in which something changed at any of its cameras."""
        by_site: dict[int, list[Stretch]] = defaultdict(list)
        for (site_id, _), stretches in self.cameras.items():
            by_site[site_id] += stretches
        return {site_id: whole_quarters(stretches) for site_id, stretches in by_site.items()}


def take_touched(connection: Connection) -> Touched | None:
    """Read what was touched and forget it; None where nothing was."""
    times, begun = (
        connection.execute(delete(table).returning(*table.columns)).all()
        for table in (touched_time, touched_journeys)
    )
    if not times and not begun:
        return None
    cameras: dict[tuple[int, int], list[Stretch]] = defaultdict(list)
    for row in times:
        cameras[row.site_id, row.camera_id].append((row.start_time, row.end_time))
    journeys: dict[int, list[Stretch]] = defaultdict(list)
    for row in begun:
        journeys[row.site_id].append((row.start_time, row.end_time))
    return Touched(
        {key: whole_quarters(stretches) for key, stretches in cameras.items()},
        {key: whole_quarters(stretches) for key, stretches in journeys.items()},
    )


def touch_everything(connection: Connection) -> None:
    """Let the next `refresh` compute everything anew, for a database that has no roll-ups yet."""
    for table in (touched_time, touched_journeys):
        connection.execute(delete(table))
    for statement in (_ALL_TIME, _ALL_JOURNEYS):
        connection.execute(text(statement))


_ALL_TIME = """
INSERT INTO touched_time
SELECT camera.site_id, camera.camera_id, MIN(start_time), MAX(end_time)
FROM (SELECT camera_id, enter_time AS start_time, enter_time + 1 AS end_time FROM sighting
      UNION ALL SELECT camera_id, start_time, end_time FROM coverage
      UNION ALL SELECT camera_id, start_time, end_time FROM unobserved) AS known
JOIN camera ON camera.camera_id = known.camera_id
GROUP BY camera.site_id, camera.camera_id"""

_ALL_JOURNEYS = """
INSERT INTO touched_journeys
SELECT camera.site_id, MIN(enter_time), MAX(enter_time) + 1
FROM sighting JOIN camera ON camera.camera_id = sighting.camera_id
GROUP BY camera.site_id"""
