"""How many embeddings a database keeps just now, and how old the oldest is."""

from dataclasses import dataclass

from sqlalchemy import select

from flows.database.connection import Database
from flows.database.gallery import Gallery
from flows.database.runs import embeddings_may_stay_from
from flows.database.schema import run
from flows.database.times import to_microseconds, to_seconds


@dataclass(frozen=True, slots=True)
class KeptEmbeddings:
    """The galleries of all unfinished runs together.

    Attributes:
        count: Embeddings in the database.
        oldest_s: Age of the oldest: behind the wall clock for a live run, else behind the watermark of its
            run; 0 where there is none.
        limit_s: How old that one may grow before it is deleted.
    """

    count: int = 0
    oldest_s: float = 0.0
    limit_s: float = 0.0


def kept_embeddings(database: Database, now: float) -> KeptEmbeddings:
    """Look at what is kept.

    Args:
        database: Open.
        now: Wall clock, seconds since the epoch.

    Raises:
        DatabaseError: The database could not be read.
    """
    columns = (run.c.run_id, run.c.live, run.c.watermark, run.c.gallery_ttl)
    with database.transaction() as connection:
        found = Gallery(database).oldest(connection)
        runs = connection.execute(select(*columns).where(run.c.run_id.in_(sorted(found)))).all()
    ages = []
    for one in runs:
        clock = to_microseconds(now) if one.live else one.watermark
        if clock is not None:
            ages.append((to_seconds(clock - found[one.run_id][1]), to_seconds(one.gallery_ttl)))
    oldest_s, limit_s = max(ages, key=lambda age: age[0] - age[1], default=(0.0, 0.0))
    return KeptEmbeddings(sum(count for count, _ in found.values()), max(oldest_s, 0.0), limit_s)


def overdue_embeddings(database: Database, now: float) -> dict[str, int]:
    """Count embeddings that are older than they may become, by run; what `purge_expired` would delete.

    Raises:
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        return Gallery(database).outdated(
            connection, lambda run_id: embeddings_may_stay_from(connection, run_id, now)
        )
