"""Journeys by route, by first and last camera, and their travel times, by the quarter in which they began."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, Select, delete, func, select
from sqlalchemy.orm import aliased

from flows.database.rollups.begun import Begun
from flows.database.rollups.days import refresh_days
from flows.database.rollups.quarters import Stretch, name_quarters, parts
from flows.database.rollups.routes import add_to_routes, number_routes
from flows.database.rollups.tables import od_count, route_count, travel_time, trips
from flows.database.rows import insert_columns
from flows.database.schema import camera, journey_stop, sighting

_QUARTERS_AT_ONCE = 192
"""Two days: a city's cameras see some 100,000 riders in them."""


def refresh_journeys(connection: Connection, site_id: int, stretches: Sequence[Stretch]) -> None:
    """Count the journeys that began in some time anew.

    Args:
        connection: In a transaction.
        site_id: The site.
        stretches: Whole quarters.
    """
    for start, end in parts(stretches, _QUARTERS_AT_ONCE):
        before = _clear(connection, site_id, start, end)
        begun = Begun.of(connection.execute(_stops(site_id, start, end)).all())
        numbers = number_routes(connection, site_id, set(begun.paths))
        begun = begun.numbered(numbers)
        tables = (
            (trips, begun.packed()),
            (route_count, begun.by_route()),
            (od_count, begun.by_ends()),
            (travel_time, begun.travel_times()),
        )
        for table, columns in tables:
            insert_columns(connection, table, {"site_id": [site_id] * len(columns["bin"]), **columns})
        name_quarters(connection, begun.bins.tolist())
        after = begun.totals()
        add_to_routes(connection, {number: after[number] - before[number] for number in before | after})
    refresh_days(connection, site_id, stretches)


def _clear(connection: Connection, site_id: int, start: int, end: int) -> Counter[int]:
    """Delete what was told of some time; returns the journeys over each route in it."""
    counted = (
        select(route_count.c.route_id, func.sum(route_count.c.cyclists))
        .where(route_count.c.site_id == site_id, route_count.c.bin >= start, route_count.c.bin < end)
        .group_by(route_count.c.route_id)
    )
    before = Counter({number: int(cyclists) for number, cyclists in connection.execute(counted)})
    for table in (route_count, od_count, travel_time, trips):
        here = (table.c.site_id == site_id, table.c.bin >= start, table.c.bin < end)
        connection.execute(delete(table).where(*here))
    return before


def _stops(site_id: int, start: int, end: int) -> Select[tuple[str, int, int]]:
    """Stops of the journeys that began in some time, journey after journey."""
    first, outset = aliased(journey_stop), aliased(sighting)
    return (
        select(journey_stop.c.journey_id, sighting.c.camera_id, sighting.c.enter_time)
        .select_from(camera)
        .join(outset, outset.c.camera_id == camera.c.camera_id)
        .join(first, first.c.sighting_id == outset.c.sighting_id)
        .join(journey_stop, journey_stop.c.journey_id == first.c.journey_id)
        .join(sighting, sighting.c.sighting_id == journey_stop.c.sighting_id)
        .where(camera.c.site_id == site_id, first.c.stop == 0)
        .where(outset.c.enter_time >= start, outset.c.enter_time < end)
        .order_by(journey_stop.c.journey_id, journey_stop.c.stop)
    )
