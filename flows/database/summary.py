"""What ``pipeline db info`` shows."""

from sqlalchemy import ScalarSelect, Table, func, select

from flows.database.connection import Database
from flows.database.gallery import Gallery
from flows.database.records import DatabaseSummary, RunSummary
from flows.database.schema import REVISIONS, journey, run, sighting, site, unlinkable
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
            _unlinkable(),
        )
        .join(site, site.c.site_id == run.c.site_id)
        .order_by(run.c.started, run.c.run_id)
    )
    with database.transaction() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
        embeddings = Gallery(database).counts(connection)
    runs = tuple(
        RunSummary(
            run_id,
            name,
            state == FINISHED,
            to_seconds(started),
            sightings,
            journeys,
            embeddings.get(run_id, 0),
            too_late,
        )
        for run_id, name, state, started, sightings, journeys, too_late in rows
    )
    return DatabaseSummary(database.name, REVISIONS[-1], runs)


def _rows_of_run(table: Table) -> ScalarSelect[int]:
    counted = select(func.count()).select_from(table).where(table.c.run_id == run.c.run_id)
    return counted.correlate(run).scalar_subquery()


def _unlinkable() -> ScalarSelect[int]:
    counted = (
        select(func.count())
        .select_from(unlinkable)
        .join(sighting, sighting.c.sighting_id == unlinkable.c.sighting_id)
        .where(sighting.c.run_id == run.c.run_id)
    )
    return counted.correlate(run).scalar_subquery()
