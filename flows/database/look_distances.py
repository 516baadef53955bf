"""How far apart the sightings of a site were, day by day: what its threshold is learnt from.

Counts by class of distance, of no pair who it was; they stay when the embeddings are gone.
"""

import json
from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection, select

from flows.database.connection import Database
from flows.database.rows import upsert
from flows.database.schema import look_distance, run
from flows.values import DistanceCounts
from tracking.arrays import IntArray


def add_distances(
    connection: Connection, run_id: str, model_id: str, days: Mapping[int, DistanceCounts]
) -> None:
    """Add to what is stored of a run.

    Args:
        connection: In a transaction.
        run_id: The run.
        model_id: Encoder.
        days: Day since the epoch → counts.
    """
    if not days:
        return
    table = look_distance.c
    query = select(table.day, table.arrivals, table.possible, table.impossible).where(
        table.run_id == run_id, table.model_id == model_id, table.day.in_(sorted(days))
    )
    stored = connection.execute(query)
    known = {row.day: _counts(row.arrivals, row.possible, row.impossible) for row in stored}
    rows = []
    for day, counts in sorted(days.items()):
        total = known.get(day, DistanceCounts.none()) + counts
        listed = {"possible": _listed(total.possible), "impossible": _listed(total.impossible)}
        key = {"run_id": run_id, "model_id": model_id, "day": day}
        rows.append({**key, "arrivals": total.arrivals, **listed})
    upsert(connection, look_distance, rows)


def distance_counts(database: Database, run_id: str, model_id: str) -> dict[int, DistanceCounts]:
    """Read the counts of all runs of a run's site.

    Args:
        database: The database.
        run_id: One run of the site.
        model_id: Encoder.

    Returns:
        Day since the epoch → counts.
    """
    table = look_distance.c
    own = select(run.c.site_id).where(run.c.run_id == run_id).scalar_subquery()
    query = (
        select(table.day, table.arrivals, table.possible, table.impossible)
        .join(run, run.c.run_id == table.run_id)
        .where(run.c.site_id == own, table.model_id == model_id)
    )
    found: dict[int, DistanceCounts] = {}
    with database.transaction() as connection:
        for row in connection.execute(query):
            counts = _counts(row.arrivals, row.possible, row.impossible)
            found[row.day] = found.get(row.day, DistanceCounts.none()) + counts
    return found


def _listed(counts: IntArray) -> str:
    return json.dumps(counts.tolist())


def _counts(arrivals: int, possible: str, impossible: str) -> DistanceCounts:
    one, other = (np.array(json.loads(each), np.int64) for each in (possible, impossible))
    return DistanceCounts(one, other, arrivals)
