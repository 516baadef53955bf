"""Makes journeys of what is left of one where sightings were deleted out of it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from flows.database.schema import journey, journey_stop
from flows.values import journey_id

_AT_ONCE = 500
"""Journeys in one statement: both databases take more, but not any number."""


def mend_journeys(connection: Connection, broken: Sequence[str]) -> None:
    """Cut journeys where stops are missing; a journey without any stop goes.

    Nobody compared what came before a missing stop with what came behind it, so these are journeys of their
    own from now on. The part that begins as the whole did keeps its id.

    Args:
        connection: In a transaction.
        broken: Ids of journeys that lost stops.
    """
    for begin in range(0, len(broken), _AT_ONCE):
        _mend(connection, broken[begin : begin + _AT_ONCE])


def _mend(connection: Connection, broken: Sequence[str]) -> None:
    rows = connection.execute(
        select(journey.c.run_id, journey_stop)
        .join(journey, journey.c.journey_id == journey_stop.c.journey_id)
        .where(journey.c.journey_id.in_(broken))
        .order_by(journey_stop.c.journey_id, journey_stop.c.stop)
    ).all()
    connection.execute(delete(journey).where(journey.c.journey_id.in_(broken)))
    journeys, stops = [], []
    for part in _parts(rows):
        first = part[0]
        own = first.journey_id if first.stop == 0 else journey_id(first.sighting_id)
        journeys.append({"journey_id": own, "run_id": first.run_id})
        stops += [
            {"journey_id": own, "stop": stop, "sighting_id": row.sighting_id} for stop, row in enumerate(part)
        ]
    if journeys:
        connection.execute(insert(journey), journeys)
        connection.execute(insert(journey_stop), stops)


def _parts(rows: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """Stops of one journey that follow each other without a gap."""
    numbered = enumerate(rows)
    for _, part in groupby(numbered, key=lambda item: (item[1].journey_id, item[1].stop - item[0])):
        yield [row for _, row in part]
