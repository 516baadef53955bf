"""Journeys as the statistics see them: the cameras in order, and when each was reached."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from flows.database.schema import camera, journey_stop, sighting
from flows.statistics.sites import Period, Site

Route = tuple[str, ...]
"""Cameras in the order in which they were passed."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey without anything that tells one from another of the same route and time.

    Attributes:
        cameras: In order.
        enter_times: When the view of each was entered, microseconds.
    """

    cameras: Route
    enter_times: tuple[int, ...]

    @property
    def ends(self) -> Route:
        """First and last camera; one camera alone for a cyclist who was seen once."""
        return self.cameras if len(self.cameras) == 1 else (self.cameras[0], self.cameras[-1])


def read_trips(connection: Connection, site: Site, period: Period) -> list[Trip]:
    """Read the journeys that began in a period, in that order."""
    began = (
        select(journey_stop.c.journey_id)
        .join(sighting, sighting.c.sighting_id == journey_stop.c.sighting_id)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(journey_stop.c.stop == 0, camera.c.site_id == site.site_id)
        .where(sighting.c.enter_time >= period.start, sighting.c.enter_time < period.end)
    )
    stops = (
        select(journey_stop.c.journey_id, camera.c.name, sighting.c.enter_time)
        .join(sighting, sighting.c.sighting_id == journey_stop.c.sighting_id)
        .join(camera, camera.c.camera_id == sighting.c.camera_id)
        .where(journey_stop.c.journey_id.in_(began))
        .order_by(journey_stop.c.journey_id, journey_stop.c.stop)
    )
    trips = []
    for _, rows in groupby(connection.execute(stops), key=lambda row: row[0]):
        members = list(rows)
        trips.append(Trip(tuple(row[1] for row in members), tuple(row[2] for row in members)))
    return sorted(trips, key=lambda trip: (trip.enter_times, trip.cameras))
