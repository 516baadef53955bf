"""What ``pipeline db info`` shows."""

from sqlalchemy import ScalarSelect, Table, func, select

from flows.database.connection import Database
from flows.database.records import DatabaseSummary, RunSummary
from flows.database.schema import REVISIONS, gallery, journey, run, sighting, site
from flows.database.states import FINISHED
from flows.database.times import to_seconds


def summarize(database: Database) -> DatabaseSummary:
    """Count what each run left.

    Raises:
        DatabaseError: The database could not be read.
    """
    query = (
        select(
            run.c.run_id,
            site.c.name,
            run.c.state,
            run.c.started,
            _rows_of_run(sighting),
            _rows_of_run(journey),
            _rows_of_run(gallery),
        )
        .join(site, site.c.site_id == run.c.site_id)
        .order_by(run.c.started, run.c.run_id)
    )
    with database.transaction() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    runs = tuple(
        RunSummary(run_id, name, state == FINISHED, to_seconds(started), *counts)
        for run_id, name, state, started, *counts in rows
    )
    return DatabaseSummary(database.name, REVISIONS[-1], runs)


def _rows_of_run(table: Table) -> ScalarSelect[int]:
    counted = select(func.count()).select_from(table).where(table.c.run_id == run.c.run_id)
    return counted.correlate(run).scalar_subquery()
