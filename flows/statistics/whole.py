"""Up to where the numbers of a site are whole: nothing that is at work adds to them any more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from flows.database import Database
from flows.database.schema import run
from flows.database.states import UNFINISHED
from flows.statistics.intervals import to_moment
from flows.statistics.sites import Site, observed_period


@dataclass(frozen=True, slots=True)
class Whole:
    """How far a site is counted.

    Attributes:
        until: Nothing is added any more to what lies before, UTC; footage that comes later still may.
        at_work: Whether a run is at work; where none is, `until` is the end of all footage.
    """

    until: datetime
    at_work: bool

    def holds(self, end: datetime) -> bool:
        """Whether an interval that ends at a moment is whole; the last one of all footage is, too."""
        return not self.at_work or end <= self.until


def whole_until(database: Database, site: Site) -> Whole | None:
    """Say up to where a site is counted: a run at work is done with what lies before its watermark.

    Args:
        database: Open.
        site: One of its sites.

    Returns:
        How far; None where nothing is whole yet.

    Raises:
        DatabaseError: The database could not be read.
    """
    with database.transaction() as connection:
        period = observed_period(connection, site)
        if period is None:
            return None
        runs, least, undecided = _at_work(connection, site)
    if runs == 0:
        return Whole(to_moment(period.end), at_work=False)
    return None if undecided else Whole(to_moment(least), at_work=True)


def _at_work(connection: Connection, site: Site) -> tuple[int, int, int]:
    """How many runs are not finished, their least watermark, and how many have none yet."""
    told = select(func.count(), func.min(run.c.watermark), func.count() - func.count(run.c.watermark)).where(
        run.c.site_id == site.site_id, run.c.state == UNFINISHED
    )
    runs, least, undecided = connection.execute(told).one()
    return runs, least or 0, undecided
