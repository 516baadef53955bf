"""Route counts corrected for what the program is known to get wrong."""

from flows.database import Database
from flows.statistics.known import Known
from flows.statistics.query import Query
from flows.statistics.reliability import Reliability
from flows.statistics.routes import route_counts
from flows.statistics.rows import CorrectedRouteCount, Statistics


def corrected_routes(
    database: Database, query: Query, reliability: Reliability, known: Known | None = None
) -> Statistics[CorrectedRouteCount]:
    """Count journeys by route, with the number that is expected to be true and a 95 % interval.

    Args:
        database: Where a run has written.
        query: What is asked.
        reliability: Precision and recall of each route, measured on labelled time of the same site.
        known: What earlier questions have found in the same state of the database.

    Raises:
        UsageError: The query names a site or camera that is not there.
        DatabaseError: The database could not be read.
    """
    plain = route_counts(database, query, known)
    rows = []
    for row in plain.rows:
        estimate = reliability.correct(row.route, row.cyclists)
        rows.append(
            CorrectedRouteCount(
                site=row.site,
                route=row.route,
                interval_start=row.interval_start,
                interval_end=row.interval_end,
                cyclists=row.cyclists,
                expected=estimate.expected,
                low=estimate.low,
                high=estimate.high,
                coverage=row.coverage,
            )
        )
    return Statistics(tuple(rows), plain.withheld)
