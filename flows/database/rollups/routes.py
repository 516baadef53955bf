"""Numbers for routes, so that a count of one is a small row."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from flows.database.rollups.tables import route, route_stop
from flows.database.schema import camera

_AT_ONCE = 500
"""Values in one statement: both databases take more, but not any number."""

Value = TypeVar("Value")

Path = tuple[int, ...]
"""Cameras in the order in which they were passed."""


def number_routes(connection: Connection, site_id: int, paths: Collection[Path]) -> dict[Path, int]:
    """Find the number of each route of a site, and give one to those that have none."""
    wanted = {">".join(map(str, path)): path for path in paths}
    numbers = _known(connection, wanted)
    missing = sorted(wanted.keys() - numbers.keys())
    if missing:
        names = dict(
            tuple(row)
            for row in connection.execute(
                select(camera.c.camera_id, camera.c.name).where(camera.c.site_id == site_id)
            )
        )
        rows = [
            {
                "site_id": site_id,
                "path": text,
                "name": ">".join(names[each] for each in wanted[text]),
                "stops": len(wanted[text]),
                "cyclists": 0,
            }
            for text in missing
        ]
        connection.execute(insert(route), rows)
        added = _known(connection, missing)
        stops = [
            {"route_id": number, "stop": stop, "camera_id": each}
            for text, number in added.items()
            for stop, each in enumerate(wanted[text])
        ]
        connection.execute(insert(route_stop), stops)
        numbers |= added
    return {wanted[text]: number for text, number in numbers.items()}


def add_to_routes(connection: Connection, changes: Mapping[int, int]) -> None:
    """Change how many journeys routes have, and forget those that nobody took.

    Args:
        connection: In a transaction.
        changes: Number of the route → more journeys, or fewer.
    """
    rows = [{"number": number, "more": more} for number, more in sorted(changes.items()) if more]
    if rows:
        connection.execute(_ADD, rows)
    for some in _portions([row["number"] for row in rows if row["more"] < 0]):
        connection.execute(delete(route).where(route.c.route_id.in_(some), route.c.cyclists == 0))


_ADD = (
    update(route)
    .where(route.c.route_id == bindparam("number"))
    .values(cyclists=route.c.cyclists + bindparam("more"))
)


def _known(connection: Connection, paths: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _portions(sorted(paths)):
        query = select(route.c.path, route.c.route_id).where(route.c.path.in_(some))
        found |= {row.path: row.route_id for row in connection.execute(query)}
    return found


def _portions(values: Sequence[Value]) -> list[Sequence[Value]]:
    return [values[begin : begin + _AT_ONCE] for begin in range(0, len(values), _AT_ONCE)]
