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


def keep_distances(
    connection: Connection, run_id: str, model_id: str, days: Mapping[int, DistanceCounts]
) -> None:
    """Store what a run has counted of some days, in the place of what was stored of them.

    Args:
        connection: In a transaction.
        run_id: The run.
        model_id: Encoder.
        days: Day since the epoch → counts.
    """
    rows = [
        {
            **{"run_id": run_id, "model_id": model_id, "day": day, "arrivals": counts.arrivals},
            **{"possible": _listed(counts.possible), "impossible": _listed(counts.impossible)},
        }
        for day, counts in sorted(days.items())
    ]
    upsert(connection, look_distance, rows)


def distance_counts(
    database: Database, run_id: str, model_id: str
) -> tuple[dict[int, DistanceCounts], dict[int, DistanceCounts]]:
    """Read the counts of a run's site.

    Args:
        database: The database.
        run_id: One run of the site.
        model_id: Encoder.

    Returns:
        Day since the epoch → counts: of the other runs together, and of this one.
    """
    table = look_distance.c
    own = select(run.c.site_id).where(run.c.run_id == run_id).scalar_subquery()
    query = (
        select(table.run_id, table.day, table.arrivals, table.possible, table.impossible)
        .join(run, run.c.run_id == table.run_id)
        .where(run.c.site_id == own, table.model_id == model_id)
    )
    others: dict[int, DistanceCounts] = {}
    this: dict[int, DistanceCounts] = {}
    with database.transaction() as connection:
        for row in connection.execute(query):
            days = this if row.run_id == run_id else others
            counts = _counts(row.arrivals, row.possible, row.impossible)
            days[row.day] = days.get(row.day, DistanceCounts.none()) + counts
    return others, this


def _listed(counts: IntArray) -> str:
    return json.dumps(counts.tolist())


def _counts(arrivals: int, possible: str, impossible: str) -> DistanceCounts:
    one, other = (np.array(json.loads(each), np.int64) for each in (possible, impossible))
    return DistanceCounts(one, other, arrivals)
