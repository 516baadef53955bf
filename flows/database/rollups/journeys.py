"""Journeys by route, by first and last camera, and their travel times, by the quarter in which they began."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, groupby

from sqlalchemy import Connection, Select, delete, func, select
from sqlalchemy.orm import aliased

from flows.database.rollups.days import refresh_days
from flows.database.rollups.packed import PackedTrips
from flows.database.rollups.percentiles import percentile_hundredths
from flows.database.rollups.quarters import Stretch, bin_of, name_quarters, parts
from flows.database.rollups.routes import add_to_routes, number_routes
from flows.database.rollups.tables import od_count, route_count, travel_time, trips
from flows.database.rows import Parameters, insert_rows
from flows.database.schema import camera, journey_stop, sighting

_QUARTERS_AT_ONCE = 192
"""Two days: a city's cameras see some 100,000 riders in them."""

Stop = tuple[int, int]
"""Camera and the moment at which its view was entered."""
Journey = tuple[Stop, ...]


def refresh_journeys(connection: Connection, site_id: int, stretches: Sequence[Stretch]) -> None:
    """Count the journeys that began in some time anew.

    Args:
        connection: In a transaction.
        site_id: The site.
        stretches: Whole quarters.
    """
    for start, end in parts(stretches, _QUARTERS_AT_ONCE):
        before = _clear(connection, site_id, start, end)
        by_quarter: dict[int, list[Journey]] = defaultdict(list)
        for journey in _journeys(connection, site_id, start, end):
            by_quarter[bin_of(journey[0][1])].append(journey)
        paths = {tuple(at for at, _ in journey) for some in by_quarter.values() for journey in some}
        numbers = number_routes(connection, site_id, paths)
        _write(connection, site_id, by_quarter, numbers)
        after = Counter(
            numbers[tuple(at for at, _ in journey)] for some in by_quarter.values() for journey in some
        )
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


def _journeys(connection: Connection, site_id: int, start: int, end: int) -> list[Journey]:
    stops = connection.execute(_stops(site_id, start, end))
    whole = groupby(stops, key=lambda row: row.journey_id)
    return [tuple((row.camera_id, row.enter_time) for row in rows) for _, rows in whole]


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


def _write(
    connection: Connection,
    site_id: int,
    by_quarter: Mapping[int, Sequence[Journey]],
    numbers: Mapping[tuple[int, ...], int],
) -> None:
    if not by_quarter:
        return
    rows: dict[str, list[Parameters]] = defaultdict(list)
    for one, journeys in sorted(by_quarter.items()):
        key = {"site_id": site_id, "bin": one}
        routed = [
            (numbers[tuple(at for at, _ in stops)], [moment for _, moment in stops]) for stops in journeys
        ]
        rows["trips"].append({**key, **PackedTrips.of(routed).columns()})
        for number, cyclists in Counter(number for number, _ in routed).items():
            counted = {"route_id": number, "cyclists": cyclists, "journeys": len(journeys)}
            rows["route_count"].append({**key, **counted})
        ends = Counter((stops[0][0], stops[-1][0]) for stops in journeys if len(stops) > 1)
        for (origin, destination), cyclists in ends.items():
            cell = {"origin_id": origin, "destination_id": destination, "cyclists": cyclists}
            rows["od_count"].append({**key, **cell})
        rows["travel_time"] += [{**key, **cell} for cell in _travel_times(journeys)]
    for table in (trips, route_count, od_count, travel_time):
        insert_rows(connection, table, rows[table.name])
    name_quarters(connection, sorted(by_quarter))


def _travel_times(journeys: Sequence[Journey]) -> list[Parameters]:
    """Travel times between every two cameras of a journey."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for stops in journeys:
        for (origin, left), (destination, reached) in combinations(stops, 2):
            found[origin, destination].append(reached - left)
    cells: list[Parameters] = []
    for (origin, destination), times in found.items():
        times.sort()
        cells.append(
            {
                "origin_id": origin,
                "destination_id": destination,
                "trips": len(times),
                **{f"p{percent}": percentile_hundredths(times, percent) for percent in (15, 50, 85)},
                "total": sum(times),
            }
        )
    return cells
