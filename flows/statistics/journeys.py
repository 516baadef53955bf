"""Journeys as the statistics see them: the cameras in order, and when each was reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sqlalchemy import Connection, select

from flows.database.schema import camera, journey_stop, sighting
from flows.statistics.intervals import interval_edges
from flows.statistics.query import Query
from flows.statistics.sites import Period, Site, asked_part, journeys_period


@dataclass(frozen=True, slots=True)
class Trip:
    """A journey without anything that tells one from another of the same route and time.

    Attributes:
        cameras: In order.
        enter_times: When the view of each was entered, microseconds.
    """

    cameras: tuple[str, ...]
    enter_times: tuple[int, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """First and last camera; one camera alone for a cyclist who was seen once."""
        return self.cameras if len(self.cameras) == 1 else (self.cameras[0], self.cameras[-1])


@dataclass(frozen=True, slots=True)
class TripsOfInterval:
    """The journeys that began in one interval.

    Attributes:
        period: The interval.
        trips: At least one.
    """

    period: Period
    trips: tuple[Trip, ...]


def trips_by_interval(connection: Connection, site: Site, query: Query) -> Iterator[TripsOfInterval]:
    """Read the journeys that began in the asked period, interval after interval."""
    period = asked_part(journeys_period(connection, site), query, site.zone)
    if period is None:
        return
    edges = interval_edges(site.interval, period.start, period.end, site.zone)
    trips = sorted(_trips(connection, site, period), key=lambda trip: trip.enter_times)
    starts = np.array([trip.enter_times[0] for trip in trips], np.int64)
    places = np.searchsorted(edges, starts, side="right") - 1
    for place, members in groupby(zip(places.tolist(), trips, strict=True), key=lambda pair: pair[0]):
        whole = Period(int(edges[place]), int(edges[place + 1]))
        yield TripsOfInterval(whole, tuple(trip for _, trip in members))


def _trips(connection: Connection, site: Site, period: Period) -> Iterator[Trip]:
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
    for _, rows in groupby(connection.execute(stops), key=lambda row: row.journey_id):
        members = list(rows)
        yield Trip(tuple(row.name for row in members), tuple(row.enter_time for row in members))
